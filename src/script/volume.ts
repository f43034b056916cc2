import { quote } from '../diagnostic/make.js'
import type { Parsed } from './reader.js'

const MIN_DB = -60
const MAX_DB = 12
const MAX = 4

/** How loud, as a factor of the amplitude: `0.5`, `50%` or `-6dB`. */
export function parseVolume(text: string): Parsed<number> {
  const match = /^([+-]?(?:\d+(?:\.\d+)?|\.\d+)) ?(dB|%|)$/i.exec(text)
  const hints = [`it can be 0 to ${MAX}, 0% to ${MAX * 100}%, or ${MIN_DB}dB to ${MAX_DB}dB`]
  if (!match) return { problem: `${quote(text)} is not a volume`, hints }
  const number = Number(match[1])
  const isDecibel = match[2]!.toLowerCase() === 'db'
  const value = match[2] === '%' ? number / 100 : number
  const isInside = isDecibel ? number >= MIN_DB && number <= MAX_DB : value >= 0 && value <= MAX
  if (!isInside) return { problem: `a volume of ${quote(text)} is out of range`, hints }
  return { value: isDecibel ? 10 ** (number / 20) : value }
}
