// The words that a small diffusion model knows, and what it makes of any other word.

import { editDistance } from '../diagnostic/suggest.js'
import { type Token, tokensOf } from './words.js'

/** Of each list, an entry is a word or a phrase, in small letters. */
export type Vocabulary = {
  /** Name of the model. */
  model: string
  /** What is drawn: group → value → the words for it. */
  groups: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  /** Clothes, by figure. */
  garments: Readonly<Record<string, readonly string[]>>
  /** Words to pass over. */
  plain: readonly string[]
  /** Words that make no difference: why → the words. */
  undrawn: Readonly<Record<string, readonly string[]>>
  /** What is not drawn: the nearest word that is → the words. */
  nearest: Readonly<Record<string, readonly string[]>>
  /** What is not drawn and has nothing near it. */
  absent: readonly string[]
}

export type Meaning =
  /** `isThing` tells what can be seen from what is said about it, such as a colour. */
  | { kind: 'drawn'; isThing: boolean }
  | { kind: 'plain' }
  | { kind: 'undrawn'; why: string }
  | { kind: 'foreign'; nearest: string | null }

/** A vocabulary made ready for looking up. */
export type Lexicon = {
  model: string
  /** The longest phrase from token `at` on that is listed, and the number of its tokens; null when none is. */
  find(tokens: readonly Token[], at: number): { meaning: Meaning; length: number } | null
  /** The drawn word that a word is a slip of; null when there is none. */
  slipOf(word: string): string | null
}

/** Groups whose words tell about a thing and can stand before it. */
const QUALITIES = new Set(
  'time weather position age color hair skin mouth action expression view style'.split(' '),
)
const REMEMBERED = 1_000

type Entry = { words: readonly string[]; meaning: Meaning }

/** Where a phrase is listed twice, the first of drawn, undrawn, plain and not drawn counts. */
export function createLexicon(vocabulary: Vocabulary): Lexicon {
  const drawn = drawnPhrases(vocabulary)
  const entries: [phrase: string, Meaning][] = [
    ...drawn,
    ...Object.entries(vocabulary.undrawn).flatMap(([why, phrases]) =>
      phrases.map((phrase): [string, Meaning] => [phrase, { kind: 'undrawn', why }]),
    ),
    ...vocabulary.plain.map((phrase): [string, Meaning] => [phrase, { kind: 'plain' }]),
    ...Object.entries(vocabulary.nearest).flatMap(([nearest, phrases]) =>
      phrases.map((phrase): [string, Meaning] => [phrase, { kind: 'foreign', nearest }]),
    ),
    ...vocabulary.absent.map((phrase): [string, Meaning] => [phrase, { kind: 'foreign', nearest: null }]),
  ]
  const listed = indexOf(entries, (word) => [word])
  const inflected = indexOf(drawn, stemsOf)
  const singles = drawn.map(([phrase]) => phrase).filter((phrase) => /^[a-z]{4,}$/.test(phrase))
  const slips = new Map<string, string | null>()
  return {
    model: vocabulary.model,
    find(tokens, at) {
      const { word } = tokens[at]!
      const exact = longest(listed.get(word) ?? [], tokens, at)
      if (exact !== null) return exact
      const stems = stemsOf(word)
      const entriesOf = (index: typeof listed) => stems.flatMap((stem) => index.get(stem) ?? [])
      const drawnForm = longest(entriesOf(inflected), tokens, at)
      if (drawnForm !== null) return drawnForm
      // "steaming" is no steam: of what is not drawn only plurals count.
      const isForm = ({ meaning }: Entry) => meaning.kind !== 'foreign' || !/(?:ing|ed)$/.test(word)
      return longest(entriesOf(listed).filter(isForm), tokens, at)
    },
    slipOf(word) {
      const known = slips.get(word)
      if (known !== undefined || slips.size >= REMEMBERED) return known ?? null
      const slip = nearestSpelling(word, singles)
      slips.set(word, slip)
      return slip
    },
  }
}

function drawnPhrases({ groups, garments }: Vocabulary): [string, Meaning][] {
  const thing: Meaning = { kind: 'drawn', isThing: true }
  return [
    ...Object.entries(groups).flatMap(([group, values]) =>
      Object.values(values)
        .flat()
        .map((phrase): [string, Meaning] => [phrase, { kind: 'drawn', isThing: !QUALITIES.has(group) }]),
    ),
    ...Object.values(garments)
      .flat()
      .map((phrase): [string, Meaning] => [phrase, thing]),
  ]
}

/** By what the first word can look like; entries stay in order. */
function indexOf(
  entries: readonly [string, Meaning][],
  formsOf: (word: string) => readonly string[],
): Map<string, Entry[]> {
  const index = new Map<string, Entry[]>()
  for (const [phrase, meaning] of entries) {
    const words = /[^a-z]/.test(phrase) ? tokensOf(phrase).map(({ word }) => word) : [phrase]
    for (const form of formsOf(words[0]!)) {
      const entry = { words, meaning }
      const known = index.get(form)
      if (known) known.push(entry)
      else index.set(form, [entry])
    }
  }
  return index
}

/** The words behind the first one are compared as they are, the last one also as an inflected form. */
function longest(
  entries: readonly Entry[],
  tokens: readonly Token[],
  at: number,
): { meaning: Meaning; length: number } | null {
  let best: Entry | null = null
  for (const entry of entries) {
    if (best !== null && entry.words.length <= best.words.length) continue
    const isHere = entry.words.every((word, i) => {
      const token = tokens[at + i]
      if (i === 0) return true
      if (token === undefined || token.isApart) return false
      return token.word === word || (i === entry.words.length - 1 && sharesStem(token.word, word))
    })
    if (isHere) best = entry
  }
  return best && { meaning: best.meaning, length: best.words.length }
}

const sharesStem = (a: string, b: string): boolean => {
  const stems = stemsOf(b)
  return stemsOf(a).some((stem) => stems.includes(stem))
}

const IRREGULAR: readonly (readonly [RegExp, string])[] = [
  [/men$/, 'man'],
  [/^children$/, 'child'],
  [/^people$/, 'person'],
  [/^mice$/, 'mouse'],
  [/^geese$/, 'goose'],
  [/^oxen$/, 'ox'],
]

/** Shorter ones are more often chance than a stem. */
const SHORTEST_STEM = 3

/**
 * What a word may be a form of, itself first: plurals, possessives, -ing and -ed. Not all of them are words; a form that is none
 * matches nothing.
 */
export function stemsOf(word: string): string[] {
  const stems = [word]
  const add = (stem: string) => {
    if (stem.length >= SHORTEST_STEM && !stems.includes(stem)) stems.push(stem)
  }
  for (const [plural, singular] of IRREGULAR) if (plural.test(word)) add(word.replace(plural, singular))
  if (/[^su]s$/.test(word)) add(word.slice(0, -1))
  if (/(?:[sxz]|[cs]h|o)es$/.test(word)) add(word.slice(0, -2))
  if (word.endsWith('ies')) add(`${word.slice(0, -3)}y`)
  if (word.endsWith('ves')) {
    add(`${word.slice(0, -3)}f`)
    add(`${word.slice(0, -3)}fe`)
  }
  const base = /^(.+?)(?:ing|ed)$/.exec(word)?.[1]
  if (base !== undefined && /[aeiouy]/.test(base)) {
    add(base)
    add(`${base}e`)
    if (/([b-df-hj-np-tv-z])\1$/.test(base)) add(base.slice(0, -1))
  }
  return stems
}

/** One mistake in a word of 4 to 8 letters, two in a longer one: short English words lie close together. */
function nearestSpelling(word: string, candidates: readonly string[]): string | null {
  const limit = word.length < 4 || word.length > 24 ? 0 : word.length < 9 ? 1 : 2
  let best: string | null = null
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = editDistance(word, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}
