import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Parsed } from './reader.js'
import type { CameraMove } from './types.js'

const MOVES: Record<string, Pick<CameraMove, 'kind' | 'direction'>> = {
  hold: { kind: 'hold', direction: null },
  'push in': { kind: 'push', direction: null },
  'pull out': { kind: 'pull', direction: null },
  'pan left': { kind: 'pan', direction: 'left' },
  'pan right': { kind: 'pan', direction: 'right' },
  'tilt up': { kind: 'tilt', direction: 'up' },
  'tilt down': { kind: 'tilt', direction: 'down' },
}

/** What people also call them. */
const ALSO: Record<string, string> = {
  'zoom in': 'push in',
  'zoom out': 'pull out',
  push: 'push in',
  pull: 'pull out',
  static: 'hold',
  still: 'hold',
  none: 'hold',
  'dolly in': 'push in',
  'dolly out': 'pull out',
}

const LATER = ['roll', 'shake']
const MAX_RATE = 4

/** `hold`, `push in`, `pull out`, `pan left|right`, `tilt up|down`, with a rate from 1x to 4x: `push in 1.3x`. */
export function parseCamera(text: string): Parsed<CameraMove> {
  const match = /^(.*?)(?: +(\S*\d\S*))?$/s.exec(text)!
  const words = match[1]!.trim().toLowerCase().replace(/\s+/g, ' ')
  const at: [number, number] = [0, match[1]!.length]
  const move = Object.hasOwn(MOVES, words) ? MOVES[words]! : null
  if (move === null) return unknownMove(words, at)
  const rateText = match[2]
  if (rateText === undefined) return { value: { ...move, rate: null } }
  const rateAt: [number, number] = [text.length - rateText.length, text.length]
  const rate = /^(\d+(?:\.\d+)?|\.\d+)[x×]?$/.exec(rateText)
  if (!rate)
    return { problem: `${quote(rateText)} is not a camera rate`, hints: ['write it as 1.3x'], at: rateAt }
  if (move.kind === 'hold') return { problem: '`hold` has no rate', at: rateAt }
  const value = Number(rate[1])
  if (value < 1 || value > MAX_RATE)
    return {
      problem: `a camera rate of ${quote(rateText)} is out of range`,
      hints: [`it can be 1x to ${MAX_RATE}x`],
      at: rateAt,
    }
  return { value: { ...move, rate: value } }
}

function unknownMove(words: string, at: [number, number]): Parsed<CameraMove> {
  if (LATER.includes(words.split(' ')[0]!))
    return {
      problem: `the camera move ${quote(words)} is not rendered yet and is ignored`,
      code: 'script/not-yet',
      at,
    }
  const near = (Object.hasOwn(ALSO, words) ? ALSO[words]! : null) ?? nearest(words, Object.keys(MOVES))
  const problem = `${quote(words)} is not a camera move`
  if (near !== null) return { problem, hints: [`did you mean ${quote(near)}?`], replacement: near, at }
  return { problem, hints: [`it can be: ${Object.keys(MOVES).join(', ')}`], at }
}
