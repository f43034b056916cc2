// Chunks as the web UI cuts them; the golden file is made by tools/golden/prompts.py.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chunkPrompt, emptyChunk } from '../../src/diffusion/prompt-chunks.js'
import { parsePrompt } from '../../src/diffusion/prompt-syntax.js'
import { createTokenizer, type LearnedWord } from '../../src/diffusion/tokenizer.js'
import { goldenJson, goldenText } from './golden-file.js'

/** Padding that repeats is left out, and so are weights of 1 at the end. */
type Chunk = [ids: number[], weights: number[] | null]
type Golden = Record<'small' | 'storybook', [text: string, chunks: Chunk[]][]>
const golden: Golden = goldenJson('prompts/chunks.json')

const read = {
  small: (file: string) => goldenText(`tokenizer/${file}`),
  storybook: (file: string) =>
    readFileSync(new URL(`../../models/storybook/tokenizer/${file}`, import.meta.url), 'utf8'),
}

function open(name: keyof Golden, learned: LearnedWord[] = []) {
  const { special, maxLength } = goldenJson(`tokenizer-${name}.json`)
  const vocab = JSON.parse(read[name]('vocab.json'))
  return createTokenizer({ vocab, merges: read[name]('merges.txt'), special, maxLength, learned })
}

describe.each(['small', 'storybook'] as const)('with the %s tokenizer', (name) => {
  const tokenizer = open(name)
  const fill = <Value>(values: Value[], value: Value): Value[] =>
    values.concat(Array(tokenizer.maxLength - values.length).fill(value))

  test.each(golden[name].map(([text, chunks]) => ({ text, chunks, title: text.slice(0, 60) })))(
    '$title',
    ({ text, chunks }) => {
      const expected = chunks.map(([ids, weights]) => ({
        ids: fill(ids, tokenizer.pad),
        weights: weights && fill(weights, 1),
      }))
      expect(chunkPrompt(parsePrompt(text), tokenizer)).toEqual(expected)
    },
  )

  test('what fills up a shorter prompt is what no words are', () => {
    expect([emptyChunk(tokenizer)]).toEqual(chunkPrompt(parsePrompt(''), tokenizer))
  })
})

test('padding is another token than EOS in one of the two', () => {
  expect(open('small').pad).not.toBe(open('small').eos)
  expect(open('storybook').pad).toBe(open('storybook').eos)
})

describe('learned words', () => {
  const tokenizer = open('small', [
    { word: '<cat-toy>', ids: [9000] },
    { word: 'Old Style', ids: [9001, 9002, 9003] },
    { word: 'old', ids: [9004] },
  ])
  const [comma] = tokenizer.tokens(',')
  const [a] = tokenizer.tokens('a')

  test('stand for their vectors, in any letter case, longer ones first', () => {
    expect(tokenizer.tokens('a <cat-toy>, a OLD  style,a Old')).toEqual([
      a,
      [9000],
      comma,
      a,
      [9001, 9002, 9003],
      comma,
      a,
      [9004],
    ])
    expect(tokenizer.tokens('<cat-toy><cat-toy>')).toEqual([[9000], [9000]])
  })

  test('are no parts of longer words', () => {
    const plain = open('small')
    for (const text of ['bold', 'older', 'old1', 'éold', '2old']) {
      expect(tokenizer.tokens(text)).toEqual(plain.tokens(text))
    }
    expect(tokenizer.tokens('old-a')[0]).toEqual([9004])
  })

  test('are weighed as a whole and not torn apart by the end of a chunk', () => {
    const prompt = `${'a '.repeat(74)}(old style:1.5) a`
    const [first, second, ...more] = chunkPrompt(parsePrompt(prompt), tokenizer)
    expect(more).toEqual([])
    expect(first!.ids.slice(-3)).toEqual([a, tokenizer.eos, tokenizer.pad])
    expect(second!.ids.slice(0, 5)).toEqual([tokenizer.bos, 9001, 9002, 9003, a])
    expect(second!.weights!.slice(0, 5)).toEqual([1, 1.5, 1.5, 1.5, 1])
  })

  test('move with what follows a comma', () => {
    const prompt = `${'a '.repeat(70)}, old style a a a`
    const [first, second] = chunkPrompt(parsePrompt(prompt), tokenizer)
    expect(first!.ids[71]).toBe(comma)
    expect(second!.ids.slice(0, 8)).toEqual([tokenizer.bos, 9001, 9002, 9003, a, a, a, tokenizer.eos])
  })
})
