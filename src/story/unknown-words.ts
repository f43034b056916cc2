// Which words of a prompt a small model does not draw. Without a dictionary of English that is a guess for words that no
// list has: what stands where a thing stands is taken for one, and everything in doubt is passed over.

import type { Lexicon } from './vocabulary.js'
import { type Token, tokensOf } from './words.js'

/** Half-open range in the text. */
export type Finding = { start: number; end: number } & (
  | { kind: 'foreign'; nearest: string | null; isSlip: boolean }
  | { kind: 'undrawn'; why: string }
  /** Not in Latin letters. */
  | { kind: 'script' }
)

/** What a token does in its sentence, as far as the lists tell. */
type Role = 'thing' | 'quality' | 'plain' | 'act' | 'unlisted'

const words = (text: string) => new Set(text.split(' '))

const BEFORE_A_THING = words(
  'a an the this that these those my your his her its our their some any every each no another both several many few ' +
    'one two three four five six seven eight nine ten ' +
    'in on at by near beside behind under over above below with without of from to into onto through across along ' +
    'between among around against inside outside toward towards before after like',
)
const BETWEEN = words(
  'and or but while as when where who which that than then is are was were be been has have had do does did not ' +
    'he she it they him them i you we here there',
)
/** Endings of words that say how a thing is or what it does. */
const NO_THING = /.{2}(?:ly|ing|ed|ful|less|ous|ish|able|ible|ive|ic|esque)$/

/** `areThings` is false where a text tells about the manner, such as a style: there only listed words are found. */
export function findUnknownWords(
  text: string,
  blank: readonly { start: number; end: number }[],
  lexicon: Lexicon,
  areThings: boolean,
): Finding[] {
  const tokens = tokensOf(text, blank)
  const findings: Finding[] = []
  const roles: Role[] = []
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]!
    if (token.word === '') {
      roles[at++] = 'thing'
      continue
    }
    if (!/^[a-z'’]+$/.test(token.word)) {
      const end = endOfScript(tokens, at)
      findings.push({ kind: 'script', start: token.start, end: tokens[end - 1]!.end })
      while (at < end) roles[at++] = 'thing'
      continue
    }
    const found = lexicon.find(tokens, at)
    if (found === null) {
      roles[at++] = roleOfUnlisted(token)
      continue
    }
    const { meaning, length } = found
    const range = { start: token.start, end: tokens[at + length - 1]!.end }
    if (meaning.kind === 'undrawn') findings.push({ ...range, ...meaning })
    if (meaning.kind === 'foreign' && token.capital !== 'name')
      findings.push({ ...range, ...meaning, isSlip: false })
    const role = roleOf(meaning)
    for (const end = at + length; at < end; at++) roles[at] = role
  }
  if (areThings) findings.push(...unlistedThings(tokens, roles, lexicon))
  return findings.sort((a, b) => a.start - b.start)
}

function roleOf(meaning: NonNullable<ReturnType<Lexicon['find']>>['meaning']): Role {
  if (meaning.kind === 'plain') return 'plain'
  if (meaning.kind === 'undrawn') return 'act'
  return meaning.kind === 'drawn' && !meaning.isThing ? 'quality' : 'thing'
}

function roleOfUnlisted({ word, capital }: Token): Role {
  if (BEFORE_A_THING.has(word) || BETWEEN.has(word)) return 'plain'
  return capital === 'none' && word.length > 1 ? 'unlisted' : 'thing'
}

/** Words of other scripts that follow each other are one finding. */
function endOfScript(tokens: readonly Token[], from: number): number {
  let end = from + 1
  while (end < tokens.length && !tokens[end]!.isApart && /[^a-z'’]/.test(tokens[end]!.word)) end++
  return end
}

function unlistedThings(tokens: readonly Token[], roles: readonly Role[], lexicon: Lexicon): Finding[] {
  const findings: Finding[] = []
  for (const [at, token] of tokens.entries()) {
    if (roles[at] !== 'unlisted') continue
    const isThing = endsThing(tokens, roles, at) && beginsThing(tokens, roles, at)
    const nearest = isThing || token.word.length > 4 ? lexicon.slipOf(token.word) : null
    const { start, end } = token
    if (nearest !== null) findings.push({ kind: 'foreign', start, end, nearest, isSlip: true })
    else if (isThing && !NO_THING.test(token.word))
      findings.push({ kind: 'foreign', start, end, nearest: null, isSlip: false })
  }
  return findings
}

/** True when nothing that belongs to the thing follows: "catapult" in "an old catapult near a tree". */
function endsThing(tokens: readonly Token[], roles: readonly Role[], at: number): boolean {
  const next = tokens[at + 1]
  if (next === undefined || next.isApart || roles[at + 1] === 'act') return true
  if (BEFORE_A_THING.has(next.word) || BETWEEN.has(next.word)) return true
  if (roles[at + 1] === 'plain') return looksLikeVerb(next.word)
  // "a catapult fires at …": the word behind is a verb when the sentence goes on.
  const afterNext = tokens[at + 2]
  const goesOn = afterNext === undefined || BEFORE_A_THING.has(afterNext.word) || BETWEEN.has(afterNext.word)
  return (
    roles[at + 1] === 'unlisted' && looksLikeVerb(next.word) && !looksLikeVerb(tokens[at]!.word) && goesOn
  )
}

const looksLikeVerb = (word: string): boolean => /(?:[^su]s|ing|ed)$/.test(word)

/** True when what stands before, back to a determiner or the start of the clause, only tells how the thing is. */
function beginsThing(tokens: readonly Token[], roles: readonly Role[], at: number): boolean {
  for (let i = at; !tokens[i]!.isApart; i--) {
    const before = tokens[i - 1]!
    if (BEFORE_A_THING.has(before.word)) return true
    if (BETWEEN.has(before.word)) return before.word === 'and' || before.word === 'or'
    const role = roles[i - 1]
    if (role === 'thing' || role === 'act') return false
    if (role === 'unlisted' && endsThing(tokens, roles, i - 1)) return false
  }
  return true
}
