// Against the web UI's parser as the package diffusion-prompt-embedder has it; the cases are made by tools/golden/prompts.py.

import { expect, test } from 'vitest'
import { parsePrompt } from '../../src/diffusion/prompt-syntax.js'
import { goldenJson } from './golden-file.js'

/** Null where the web UI fails. */
type Case = [text: string, parts: [string, number][] | null]
const { cases } = goldenJson('prompts/syntax.json') as { cases: Case[] }

const parse = (text: string): [string, number][] =>
  parsePrompt(text).map((piece) => (piece === 'break' ? ['BREAK', -1] : [piece.text, piece.weight]))

test(`${cases.length} prompts are read as the web UI reads them, weights to the last bit`, () => {
  for (const [text, parts] of cases) {
    if (parts !== null) expect(parse(text), JSON.stringify(text)).toEqual(parts)
  }
})

test('a weight that is no number is words in brackets', () => {
  expect(cases.some(([, parts]) => parts === null)).toBe(true)
  expect(parse('a (cat:1.2.3) b')).toEqual([
    ['a ', 1],
    ['cat:1.2.3', 1.1],
    [' b', 1],
  ])
  expect(parse('(cat:.)')).toEqual([['cat:.', 1.1]])
  expect(parse(`(cat:${'9'.repeat(400)})`)).toEqual([[`cat:${'9'.repeat(400)}`, 1.1]])
})

test('ten thousand open brackets are no trap', () => {
  expect(parsePrompt('(a'.repeat(10_000)).length).toBeGreaterThan(1000)
})
