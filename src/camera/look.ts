// Looks: the colours of a flashback or a dream. Pure functions of a frame's stored, gamma-coded values, as film editors grade.

import type { FilmLook } from '../story/types.js'
import type { Size } from './move.js'

/** A 3 x 3 matrix by rows, then the colours of black and white with a curve between, then what the corners go to. */
type Grade = {
  matrix: readonly number[]
  black: readonly [number, number, number]
  white: readonly [number, number, number]
  /** Exponents: below 1 the middle of the channel is lighter. */
  gamma: readonly [number, number, number]
  /** 0 is a straight line, 1 an S that is twice as steep in the middle. */
  contrast: number
  vignette: { color: number; amount: number }
  /** How much of a soft glow lies over the picture, 0 to 1. */
  glow: number
}

/** Rec. 709. */
const LUMA = [0.2126, 0.7152, 0.0722] as const

/** Less colour: 0 is grey, 1 is all of it. */
const saturation = (s: number): number[] =>
  [0, 1, 2].flatMap((row) => LUMA.map((weight, column) => weight * (1 - s) + (row === column ? s : 0)))

const GRADES: Readonly<Record<Exclude<FilmLook, 'none'>, Grade>> = {
  sepia: {
    matrix: saturation(0),
    black: [28, 16, 8],
    white: [255, 240, 212],
    gamma: [0.85, 1, 1.2],
    contrast: 0.15,
    vignette: { color: 0, amount: 0.5 },
    glow: 0,
  },
  'black-and-white': {
    matrix: saturation(0),
    black: [4, 4, 4],
    white: [252, 252, 252],
    gamma: [1, 1, 1],
    contrast: 0.4,
    vignette: { color: 0, amount: 0.4 },
    glow: 0,
  },
  faded: {
    matrix: saturation(0.45),
    black: [52, 46, 44],
    white: [246, 236, 220],
    gamma: [1, 1, 1],
    contrast: 0,
    vignette: { color: 0, amount: 0.2 },
    glow: 0,
  },
  dream: {
    matrix: saturation(0.8),
    black: [26, 20, 34],
    white: [255, 252, 250],
    gamma: [1, 1, 1],
    contrast: 0,
    vignette: { color: 255, amount: 0.6 },
    glow: 0.55,
  },
}

/** Where the corners' colour begins, and all of it is reached; the frame's corners are at 1. */
const VIGNETTE = { from: 0.25, to: 1.05 }
const VIGNETTE_STEPS = 512

/** The glow is made on a copy this many times smaller. */
const GLOW_REDUCTION = 4
/** Radius of its blur, as a part of the frame's width. */
const GLOW_RADIUS = 0.018

/** Changes an RGB frame in place; null for no look. Holds a copy of the frame's size / 16. */
export function createLook(look: FilmLook, size: Size): ((frame: Uint8Array) => void) | null {
  if (look === 'none') return null
  const grade = GRADES[look]
  const colors = colorsOf(grade)
  const corners = cornersOf(grade, size)
  const glow = grade.glow > 0 ? createGlow(size, grade.glow) : null
  return (frame) => {
    colors(frame)
    glow?.(frame)
    corners(frame)
  }
}

function colorsOf({ matrix, black, white, gamma, contrast }: Grade) {
  const [a, b, c, d, e, f, g, h, i] = matrix.map((m) => Math.round(m * 65536)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const curves = [0, 1, 2].map((channel) =>
    Uint8Array.from({ length: 256 }, (_, v) => {
      const t = (v / 255) ** gamma[channel]!
      const steep = t + (t * t * (3 - 2 * t) - t) * 2 * contrast
      return Math.round(
        black[channel]! + (white[channel]! - black[channel]!) * Math.min(1, Math.max(0, steep)),
      )
    }),
  )
  const [red, green, blue] = curves as [Uint8Array, Uint8Array, Uint8Array]
  return (frame: Uint8Array): void => {
    for (let at = 0; at + 2 < frame.length; at += 3) {
      const [r, s, t] = [frame[at]!, frame[at + 1]!, frame[at + 2]!]
      frame[at] = red[(a * r + b * s + c * t + 32768) >>> 16]!
      frame[at + 1] = green[(d * r + e * s + f * t + 32768) >>> 16]!
      frame[at + 2] = blue[(g * r + h * s + i * t + 32768) >>> 16]!
    }
  }
}

/** Towards the corners the picture goes over into one grey. A fixed threshold pattern keeps the slow change from showing bands. */
function cornersOf({ vignette: { color, amount } }: Grade, { width, height }: Size) {
  const weights = Int32Array.from({ length: VIGNETTE_STEPS + 1 }, (_, i) => {
    const t = (i / VIGNETTE_STEPS - VIGNETTE.from) / (VIGNETTE.to - VIGNETTE.from)
    const along = Math.min(1, Math.max(0, t))
    return Math.round(along * along * (3 - 2 * along) * amount * 65536)
  })
  /** Half of the square of the distance from the middle, which is 1 in corners. */
  const outward = (length: number) =>
    Float32Array.from({ length }, (_, i) => (((2 * (i + 0.5)) / length - 1) ** 2 / 2) * VIGNETTE_STEPS)
  const [across, down] = [outward(width), outward(height)]
  return (frame: Uint8Array): void => {
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const toColor = weights[(across[x]! + down[y]!) | 0]!
        const ofFrame = 65536 - toColor
        const rounding = 2048 + 4096 * BAYER[(y & 3) * 4 + (x & 3)]!
        for (const end = at + 3; at < end; at++)
          frame[at] = (ofFrame * frame[at]! + toColor * color + rounding) >>> 16
      }
    }
  }
}

const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

/** Light that spreads: the frame, and over it, as a second light ("screen"), a blurred copy. */
function createGlow({ width, height }: Size, amount: number) {
  const small = { width: Math.ceil(width / GLOW_REDUCTION), height: Math.ceil(height / GLOW_REDUCTION) }
  const radius = Math.max(1, Math.round((width * GLOW_RADIUS) / GLOW_REDUCTION))
  const [light, spare] = [0, 1].map(() => new Float32Array(small.width * small.height * 3)) as [
    Float32Array,
    Float32Array,
  ]
  return (frame: Uint8Array): void => {
    shrink(frame, { width, height }, light, small)
    for (let pass = 0; pass < 2; pass++) {
      blur(light, spare, small.width, small.height, 3, small.width * 3, radius)
      blur(spare, light, small.height, small.width, small.width * 3, 3, radius)
    }
    for (let y = 0, at = 0; y < height; y++) {
      const [top, bottom, down] = between(y, small.height)
      for (let x = 0; x < width; x++) {
        const [left, right, across] = between(x, small.width)
        for (let c = 0; c < 3; c++, at++) {
          const sample = (row: number, column: number) => light[(row * small.width + column) * 3 + c]!
          const upper = sample(top, left) + (sample(top, right) - sample(top, left)) * across
          const lower = sample(bottom, left) + (sample(bottom, right) - sample(bottom, left)) * across
          const glow = upper + (lower - upper) * down
          // Only what is light glows: squared, the dark parts stay dark.
          const added = (glow * glow * amount) / 255
          frame[at] = 255 - ((255 - frame[at]!) * (255 - added)) / 255 + 0.5
        }
      }
    }
  }
}

/** Neighbours in the small copy, and where between them. */
function between(at: number, length: number): [number, number, number] {
  const place = Math.min(length - 1, Math.max(0, (at + 0.5) / GLOW_REDUCTION - 0.5))
  const low = Math.floor(place)
  return [low, Math.min(length - 1, low + 1), place - low]
}

/** Means of blocks of pixels. */
function shrink(frame: Uint8Array, from: Size, out: Float32Array, to: Size): void {
  for (let y = 0; y < to.height; y++) {
    const bottom = Math.min(from.height, (y + 1) * GLOW_REDUCTION)
    for (let x = 0; x < to.width; x++) {
      const right = Math.min(from.width, (x + 1) * GLOW_REDUCTION)
      for (let c = 0; c < 3; c++) {
        let sum = 0
        for (let v = y * GLOW_REDUCTION; v < bottom; v++)
          for (let u = x * GLOW_REDUCTION; u < right; u++) sum += frame[(v * from.width + u) * 3 + c]!
        const count = (bottom - y * GLOW_REDUCTION) * (right - x * GLOW_REDUCTION)
        out[(y * to.width + x) * 3 + c] = sum / count
      }
    }
  }
}

/** Running means along lines of `length` samples; beyond the ends the last sample goes on. */
function blur(
  from: Float32Array,
  to: Float32Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
  radius: number,
): void {
  for (let line = 0; line < lines; line++) {
    for (let c = 0; c < 3; c++) {
      const start = line * lineStep + c
      const sampleAt = (i: number) => from[start + Math.min(length - 1, Math.max(0, i)) * step]!
      let sum = 0
      for (let i = -radius; i < radius; i++) sum += sampleAt(i)
      for (let i = 0; i < length; i++) {
        sum += sampleAt(i + radius)
        to[start + i * step] = sum / (2 * radius + 1)
        sum -= sampleAt(i - radius)
      }
    }
  }
}
