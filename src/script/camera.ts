// Camera moves in words: parts with commas between them, such as `push in 1.3x, pan left, shake 0.2`.

import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { FRAMINGS, type Framing } from './names.js'
import type { Problem } from './reader.js'
import type { Camera, Range } from './types.js'

/** What a move has that does not say how much. */
export const USUAL = { rate: 1.25, degrees: 5, shake: 0.3, parallax: 0.5 } as const

export const MAX_ZOOM = 4
export const MAX_ROLL = 180

export const STILL: Camera = {
  zoom: [1, 1],
  pan: [0, 0],
  tilt: [0, 0],
  roll: [0, 0],
  ease: 'in-out',
  shake: 0,
  parallax: 0,
  framing: null,
}

type Amount = 'rate' | 'degrees or rate' | 'part' | null

/** What a part sets of the camera, and what may stand behind its words. */
type Move = {
  sets: keyof Camera | 'hold'
  amount: Amount
  towards?: 1 | -1
  ease?: Camera['ease']
  framing?: Framing
}

const MOVES: Readonly<Record<string, Move>> = {
  hold: { sets: 'hold', amount: null },
  'push in': { sets: 'zoom', amount: 'rate', towards: 1 },
  'pull out': { sets: 'zoom', amount: 'rate', towards: -1 },
  'pan left': { sets: 'pan', amount: 'rate', towards: -1 },
  'pan right': { sets: 'pan', amount: 'rate', towards: 1 },
  'tilt up': { sets: 'tilt', amount: 'rate', towards: 1 },
  'tilt down': { sets: 'tilt', amount: 'rate', towards: -1 },
  'roll left': { sets: 'roll', amount: 'degrees or rate', towards: -1 },
  'roll right': { sets: 'roll', amount: 'degrees or rate', towards: 1 },
  shake: { sets: 'shake', amount: 'part' },
  parallax: { sets: 'parallax', amount: 'part' },
  linear: { sets: 'ease', amount: null, ease: 'linear' },
  'ease in': { sets: 'ease', amount: null, ease: 'in' },
  'ease out': { sets: 'ease', amount: null, ease: 'out' },
  'ease in-out': { sets: 'ease', amount: null, ease: 'in-out' },
  ...Object.fromEntries(
    FRAMINGS.map((framing): [string, Move] => [framing, { sets: 'framing', amount: null, framing }]),
  ),
}

export const CAMERA_WORDS: readonly string[] = Object.keys(MOVES)

/** What people also call them. */
const ALSO: Readonly<Record<string, string>> = {
  'zoom in': 'push in',
  'zoom out': 'pull out',
  push: 'push in',
  pull: 'pull out',
  static: 'hold',
  still: 'hold',
  none: 'hold',
  'dolly in': 'push in',
  'dolly out': 'pull out',
  roll: 'roll right',
  handheld: 'shake',
  'hand-held': 'shake',
  'ease-in': 'ease in',
  'ease-out': 'ease out',
  'ease-in-out': 'ease in-out',
  'ease in out': 'ease in-out',
  'close up': 'close-up',
  closeup: 'close-up',
  'medium close-up': 'medium shot',
  'mid shot': 'medium shot',
  'long shot': 'wide shot',
  'full shot': 'wide shot',
}

/** Part of a text, and where it stands in it. */
type Piece = { text: string; at: [number, number] }
/** `amount` is one of `rate`, `degrees` and `part`; all null where nothing is said. */
type Part = { piece: Piece; move: Move; rate: number | null; degrees: number | null; part: number | null }

/**
 * Rates multiply how close the camera is: a push of 1.3x ends 1.3 times closer than it began, a pan of 1.2x is made 1.2 times
 * closer than the widest view, so that there is room to pan in. A pan, tilt or roll beside a push needs no room of its own.
 */
export function parseCamera(text: string): { value: Camera } | Problem {
  const parts: Part[] = []
  for (const piece of piecesOf(text)) {
    const part = readPart(piece)
    if ('problem' in part) return part
    const rival = parts.find(({ move }) => clashes(move, part.move))
    if (rival)
      return {
        problem: `${quote(rival.piece.text)} and ${quote(piece.text)} do not go together`,
        hints: ['keep one of them, or make two shots of it'],
        at: piece.at,
      }
    parts.push(part)
  }
  return { value: combine(parts) }
}

const isMove = ({ sets }: Move): boolean =>
  sets === 'zoom' || sets === 'pan' || sets === 'tilt' || sets === 'roll'

const clashes = (a: Move, b: Move): boolean =>
  a.sets === b.sets || (a.sets === 'hold' && isMove(b)) || (b.sets === 'hold' && isMove(a))

function combine(parts: readonly Part[]): Camera {
  const of = (sets: Move['sets']) => parts.find(({ move }) => move.sets === sets) ?? null
  const [push, pan, tilt, roll] = [of('zoom'), of('pan'), of('tilt'), of('roll')]
  const rates = [pan, tilt, roll].flatMap((part) => part?.rate ?? [])
  const needsRoom = push === null && (pan !== null || tilt !== null)
  const close = rates.length > 0 ? Math.max(...rates) : needsRoom ? USUAL.rate : 1
  const closer = rounded(close * (push?.rate ?? USUAL.rate))
  const degrees = (roll?.degrees ?? USUAL.degrees) * (roll?.move.towards ?? 0)
  return {
    zoom: push === null ? [close, close] : push.move.towards === 1 ? [close, closer] : [closer, close],
    pan: across(pan),
    tilt: across(tilt),
    roll: [0, degrees],
    ease: of('ease')?.move.ease ?? STILL.ease,
    shake: of('shake') ? (of('shake')!.part ?? USUAL.shake) : 0,
    framing: of('framing')?.move.framing ?? null,
    parallax: of('parallax') ? (of('parallax')!.part ?? USUAL.parallax) : 0,
  }
}

/** From one end of the room to the other. */
const across = (part: Part | null): Range => {
  if (part === null) return [0, 0]
  return part.move.towards === 1 ? [-1, 1] : [1, -1]
}

/** 1.2 x 1.3 is 1.56, also where it is told. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

function piecesOf(text: string): Piece[] {
  let start = 0
  return text.split(',').map((part) => {
    const from = start + part.length - part.trimStart().length
    start += part.length + 1
    const trimmed = part.trim()
    return { text: trimmed, at: [from, from + trimmed.length] }
  })
}

/** What is said from the first digit on is how much. */
function readPart(piece: Piece): Part | Problem {
  const [from, to] = piece.at
  const tokens = [...piece.text.matchAll(/\S+(?:(?<=\d)\s+deg(?:rees?)?(?!\S))?/gi)]
  const first = tokens.findIndex(([token]) => /\d/.test(token))
  const amounts = first < 0 ? [] : tokens.splice(first)
  const words = tokens.map(([token]) => token.toLowerCase()).join(' ')
  const last = tokens.at(-1)
  const move = Object.hasOwn(MOVES, words) ? MOVES[words]! : null
  if (move === null) return unknownMove(words, last ? [from, from + last.index + last[0].length] : [from, to])
  let part: Part = { piece, move, rate: null, degrees: null, part: null }
  for (const { 0: text, index } of amounts) {
    const at: [number, number] = [from + index, from + index + text.length]
    const amount = readAmount(words, move, text, at)
    if ('problem' in amount) return amount
    if (Object.keys(amount).some((kind) => part[kind as keyof Part] !== null))
      return { problem: `${quote(text)} is one amount too many`, at }
    part = { ...part, ...amount }
  }
  return part
}

type Read = { rate: number } | { degrees: number } | { part: number }

function readAmount(words: string, { amount }: Move, text: string, at: [number, number]): Read | Problem {
  const number = /^(\d+(?:\.\d+)?|\.\d+)\s*(.*)$/s.exec(text)
  const value = Number(number?.[1])
  const unit = number?.[2]?.toLowerCase()
  if (amount === null) return { problem: `\`${words}\` has no ${words === 'hold' ? 'rate' : 'amount'}`, at }
  if (amount === 'part') {
    if (unit !== '') return { problem: `${quote(text)} is not a strength`, hints: ['write it as 0.3'], at }
    if (value > 1) return outOfRange('a strength', text, 'it can be 0 to 1', at)
    return { part: value }
  }
  if (amount === 'degrees or rate' && unit !== 'x' && unit !== '×') {
    if (unit === undefined || !/^(°|deg|degrees?)?$/.test(unit))
      return { problem: `${quote(text)} is not an angle`, hints: ['write it as 10°'], at }
    if (value > MAX_ROLL) return outOfRange('an angle', text, `it can be 0° to ${MAX_ROLL}°`, at)
    return { degrees: value }
  }
  if (unit === undefined || !/^[x×]?$/.test(unit))
    return { problem: `${quote(text)} is not a camera rate`, hints: ['write it as 1.3x'], at }
  if (value < 1 || value > MAX_ZOOM)
    return outOfRange('a camera rate', text, `it can be 1x to ${MAX_ZOOM}x`, at)
  return { rate: value }
}

const outOfRange = (what: string, text: string, hint: string, at: [number, number]): Problem => ({
  problem: `${what} of ${quote(text)} is out of range`,
  hints: [hint],
  at,
})

function unknownMove(words: string, at: [number, number]): Problem {
  const near = (Object.hasOwn(ALSO, words) ? ALSO[words]! : null) ?? nearest(words, CAMERA_WORDS)
  const problem = words === '' ? 'a camera move is missing here' : `${quote(words)} is not a camera move`
  if (near !== null) return { problem, hints: [`did you mean ${quote(near)}?`], replacement: near, at }
  return { problem, hints: [`it can be: ${CAMERA_WORDS.join(', ')}`], at }
}
