import { quote } from '../diagnostic/make.js'
import type { Parsed } from './reader.js'
import type { Size } from './types.js'

const MIN = 16
const MAX = 7680

/** `960x576`: even numbers of pixels, 16 to 7680. */
export function parseSize(text: string): Parsed<Size> {
  const match = /^(\d{1,6}) ?[x×X] ?(\d{1,6})$/.exec(text)
  if (!match)
    return {
      problem: `${quote(text)} is not a size`,
      hints: ['write width x height in pixels, such as 960x576'],
    }
  const width = Number(match[1])
  const height = Number(match[2])
  if (Math.min(width, height) < MIN || Math.max(width, height) > MAX)
    return {
      problem: `a size of ${width}x${height} is out of range`,
      hints: [`width and height can be ${MIN} to ${MAX} pixels`],
    }
  if (width % 2 || height % 2) {
    const replacement = `${width - (width % 2)}x${height - (height % 2)}`
    return {
      problem: 'width and height must be even numbers',
      hints: [`did you mean ${replacement}?`],
      replacement,
    }
  }
  return { value: { width, height } }
}
