import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { parseColor } from './color.js'
import { parseDuration } from './duration.js'
import type { Parsed } from './reader.js'
import type { Transition, TransitionKind } from './types.js'

const SIDES = ['left', 'right', 'up', 'down'] as const

/** The words of each transition, and the directions that may follow it, the default first. */
const KINDS: Record<TransitionKind, readonly NonNullable<Transition['direction']>[]> = {
  cut: [],
  dissolve: [],
  fade: [],
  wipe: SIDES,
  slide: SIDES,
  iris: ['in', 'out'],
  'whip pan': ['right', 'left'],
  'match cut': [],
  morph: [],
}

export const TRANSITION_KINDS = Object.keys(KINDS) as readonly TransitionKind[]

/** What people also call them. */
const ALSO: Record<string, string> = {
  crossfade: 'dissolve',
  'cross-fade': 'dissolve',
  push: 'slide',
  whip: 'whip pan',
  swish: 'whip pan',
  match: 'match cut',
}

const HINTS = [
  'it can be `cut`, `dissolve 1s`, `fade black 1s`, `wipe left 1s`, `slide left 1s`, `iris in 1s`, `whip pan right 0.5s`, `match cut 0.5s`, `morph 0.5s`',
]

type Word = { word: string; at: [number, number] }

/** `cut`, `dissolve [1s]`, `fade [colour] [1s]`, `wipe [left] [1s]` and so on: a kind, what it may have, a length. */
export function parseTransition(text: string): Parsed<Transition> {
  const words = [...text.matchAll(/\S+/g)].map(
    (m): Word => ({ word: m[0].toLowerCase(), at: [m.index, m.index + m[0].length] }),
  )
  const { word, at } = takeKind(words)
  if (!Object.hasOwn(KINDS, word)) {
    const near = (Object.hasOwn(ALSO, word) ? ALSO[word]! : null) ?? nearest(word, TRANSITION_KINDS)
    const problem = `${quote(word)} is not a transition`
    if (near === null) return { problem, hints: HINTS, at }
    return { problem, hints: [`did you mean ${quote(near)}?`], replacement: near, at }
  }
  const kind = word as TransitionKind
  const transition: Transition = {
    kind,
    duration: null,
    color: kind === 'fade' ? 0x000000 : null,
    direction: KINDS[kind][0] ?? null,
  }
  const detail = words[0]
  if (detail && !isLength(detail.word)) {
    const problem = readDetail(detail, transition)
    if (problem !== null) return problem
    words.shift()
  }
  const length = kind === 'cut' ? undefined : words.shift()
  if (length) {
    const duration = parseDuration(length.word)
    if ('problem' in duration) return { ...duration, code: 'value/duration', at: length.at }
    transition.duration = duration.value
  }
  const extra = words[0]
  return extra ? tooMuch(extra, kind) : { value: transition }
}

/** Takes the words of the kind off the list; `match-cut` is `match cut`. */
function takeKind(words: Word[]): Word {
  const first = words.shift()!
  const word = first.word.replaceAll('-', ' ')
  const next = words[0]
  const both = next ? `${word} ${next.word}` : ''
  if (!Object.hasOwn(KINDS, both))
    return { word: Object.hasOwn(KINDS, word) ? word : first.word, at: first.at }
  words.shift()
  return { word: both, at: [first.at[0], next!.at[1]] }
}

/** A fade's colour or a direction; what is wrong with it, or null. */
function readDetail({ word, at }: Word, transition: Transition): Parsed<never> | null {
  const { kind } = transition
  if (kind === 'fade') {
    const color = parseColor(word)
    if ('problem' in color) return { ...color, code: 'value/color', at }
    transition.color = color.value
    return null
  }
  const directions = KINDS[kind]
  const direction = directions.find((each) => each === word)
  if (direction !== undefined) {
    transition.direction = direction
    return null
  }
  if (directions.length === 0) return tooMuch({ word, at }, kind)
  const near = nearest(word, directions)
  const problem = `${quote(word)} is not a direction of \`${kind}\``
  if (near !== null) return { problem, hints: [`did you mean ${quote(near)}?`], replacement: near, at }
  return { problem, hints: [`it can be: ${directions.toSorted().join(', ')}`], at }
}

const tooMuch = ({ word, at }: Word, kind: TransitionKind): Parsed<never> => ({
  problem: `${quote(word)} is too much for \`${kind}\``,
  hints: HINTS,
  at,
})

const isLength = (word: string) => /^[\d.]/.test(word)
