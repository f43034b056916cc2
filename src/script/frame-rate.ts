import { quote } from '../diagnostic/make.js'
import type { Parsed } from './reader.js'
import type { FrameRate } from './types.js'

const HINTS = ['it can be 1 to 120, such as 24, 25, 29.97 or 24000/1001']

/** A whole number, an NTSC rate (23.976, 29.97, 59.94 …: n·1000/1001), or a fraction `24000/1001`. 1 to 120. */
export function parseFrameRate(text: string): Parsed<FrameRate> {
  const rate = readFrameRate(text)
  if (rate === null) return { problem: `${quote(text)} is not a frame rate`, hints: HINTS }
  const { num, den } = rate
  if (num < den || num > 120 * den)
    return { problem: `a frame rate of ${quote(text)} is out of range`, hints: HINTS }
  return { value: rate }
}

function readFrameRate(text: string): FrameRate | null {
  const fraction = /^(\d{1,6}) ?\/ ?(\d{1,4})$/.exec(text)
  if (fraction) return reduced(Number(fraction[1]), Number(fraction[2]))
  if (!/^\d{1,4}(\.\d{1,6})?$/.test(text)) return null
  const value = Number(text)
  if (Number.isInteger(value)) return { num: value, den: 1 }
  const ntsc = Math.ceil(value)
  if (Math.abs((ntsc * 1000) / 1001 - value) < 0.005) return { num: ntsc * 1000, den: 1001 }
  return reduced(Math.round(value * 1000), 1000)
}

function reduced(num: number, den: number): FrameRate | null {
  if (den === 0) return null
  const divisor = greatestDivisor(num, den)
  return { num: num / divisor, den: den / divisor }
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b))
