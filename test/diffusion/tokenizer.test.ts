// Against transformers' CLIPTokenizer; the golden files are made by tools/golden/tokenizer.py.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTokenizer, type SpecialTokens } from '../../src/diffusion/tokenizer.js'
import { goldenJson, goldenText } from './golden-file.js'
import { strings } from './strings.js'

type Golden = {
  maxLength: number
  special: SpecialTokens
  cases: [text: string, ids: number[]][]
  /** SHA-256 of the ids of each block of strings. */
  many: string[]
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const { count, block, sha256: digestOfStrings } = goldenJson('tokenizer-strings.json')
const many = strings(count)

const models = {
  small: (file: string) => goldenText(`tokenizer/${file}`),
  storybook: (file: string) =>
    readFileSync(new URL(`../../models/storybook/tokenizer/${file}`, import.meta.url), 'utf8'),
}

test('the strings are those that the golden files are about', () => {
  expect(many).toHaveLength(10_000)
  expect(sha256(many.join('\0'))).toBe(digestOfStrings)
})

describe.each(Object.entries(models))('the %s tokenizer', (name, read) => {
  const golden: Golden = goldenJson(`tokenizer-${name}.json`)
  const vocab: Record<string, number> = JSON.parse(read('vocab.json'))
  const open = (merges: string) =>
    createTokenizer({ vocab, merges, special: golden.special, maxLength: golden.maxLength })
  const tokenizer = open(read('merges.txt'))

  test(`cuts ${golden.cases.length} strings as transformers does`, () => {
    for (const [text, ids] of golden.cases) {
      expect(tokenizer.tokens(text), JSON.stringify(text.slice(0, 80))).toEqual(ids)
    }
  })

  test(`cuts ${count} strings as transformers does`, () => {
    for (const [i, digest] of golden.many.entries()) {
      const ids = many.slice(i * block, (i + 1) * block).map((text) => tokenizer.tokens(text).join(','))
      expect(sha256(ids.join('\n')), `strings from ${i * block} on`).toBe(digest)
    }
  })

  test('the comparison notices one merge that is gone', () => {
    const lines = read('merges.txt').split('\n')
    const damaged = open([lines[0], ...lines.slice(2)].join('\n'))
    const wrong = golden.cases.filter(([text, ids]) => damaged.tokens(text).join() !== ids.join())
    expect(wrong.length).toBeGreaterThan(5)
  })

  test('knows its special tokens and the comma', () => {
    const { bos, eos, pad, comma } = tokenizer
    const { special } = golden
    expect([bos, eos, pad, comma]).toEqual(
      [special.bos, special.eos, special.pad, ',</w>'].map((token) => vocab[token]),
    )
  })
})

test('one endless word is no trap', () => {
  const { special, maxLength }: Golden = goldenJson('tokenizer-small.json')
  const vocab = JSON.parse(goldenText('tokenizer/vocab.json'))
  const tokenizer = createTokenizer({ vocab, merges: goldenText('tokenizer/merges.txt'), special, maxLength })
  expect(tokenizer.tokens('ab'.repeat(50_000)).length).toBeGreaterThan(1000)
})

test('a special token that the vocabulary lacks is named', () => {
  const special = { bos: '<a>', eos: '<b>', pad: '<b>', unk: '<b>' }
  expect(() => createTokenizer({ vocab: { '<a>': 0 }, merges: '', special, maxLength: 77 })).toThrow('"<b>"')
})
