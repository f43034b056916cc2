// Against transformers' CLIPTokenizer; the golden files are made by tools/golden/tokenizer.py.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTokenizer, type SpecialTokens } from '../../src/diffusion/tokenizer.js'
import { goldenJson, goldenText } from './golden-file.js'

type Golden = { maxLength: number; special: SpecialTokens; cases: [string, number[]][] }

const storybook = (file: string) =>
  readFileSync(new URL(`../../models/storybook/tokenizer/${file}`, import.meta.url), 'utf8')

const models = {
  small: (file: string) => goldenText(`tokenizer/${file}`),
  storybook,
}

describe.each(Object.entries(models))('the %s tokenizer', (name, read) => {
  const golden: Golden = goldenJson(`tokenizer-${name}.json`)
  const vocab: Record<string, number> = JSON.parse(read('vocab.json'))
  const open = (merges: string) =>
    createTokenizer({ vocab, merges, special: golden.special, maxLength: golden.maxLength })
  const tokenizer = open(read('merges.txt'))
  const pad = vocab[golden.special.pad]!
  const expected = (ids: number[]) => [...ids, ...Array(golden.maxLength - ids.length).fill(pad)]

  test(`encodes ${golden.cases.length} strings as transformers does`, () => {
    for (const [text, ids] of golden.cases) {
      expect(tokenizer.encode(text), JSON.stringify(text.slice(0, 80))).toEqual(expected(ids))
    }
  })

  test('the comparison notices one merge that is gone', () => {
    const lines = read('merges.txt').split('\n')
    const damaged = open([lines[0], ...lines.slice(2)].join('\n'))
    const wrong = golden.cases.filter(([text, ids]) => damaged.encode(text).join() !== expected(ids).join())
    expect(wrong.length).toBeGreaterThan(5)
  })
})

const small = (text: string, maxLength = 77) => {
  const { special }: Golden = goldenJson('tokenizer-small.json')
  const vocab = JSON.parse(goldenText('tokenizer/vocab.json'))
  return createTokenizer({ vocab, merges: goldenText('tokenizer/merges.txt'), special, maxLength }).count(
    text,
  )
}

test('counts all of a prompt that is cut', () => {
  expect(small('a '.repeat(100))).toBe(100)
})

test('one endless word is no trap', () => {
  expect(small('ab'.repeat(50_000))).toBeGreaterThan(1000)
})

test('a special token that the vocabulary lacks is named', () => {
  const special = { bos: '<a>', eos: '<b>', pad: '<b>', unk: '<b>' }
  expect(() => createTokenizer({ vocab: { '<a>': 0 }, merges: '', special, maxLength: 77 })).toThrow('"<b>"')
})
