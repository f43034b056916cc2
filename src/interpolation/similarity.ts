// How alike two pictures are, things having moved or the light having changed. Compared are small copies of them: what
// is lost there, no eye takes for movement.

import type { Frame } from './interpolator.js'

/** A picture reduced by averaging; `data` holds rows of R, G, B in 8-bit levels and fractions of them. */
export type SmallPicture = { width: number; height: number; data: Float32Array }

/** Reduces a frame such that its longest side is at most `side`; each pixel is the mean of the area it stands for. */
export function reduceFrame({ width, height, data }: Frame, side: number): SmallPicture {
  const scale = Math.min(1, side / Math.max(width, height))
  const w = Math.max(1, Math.round(width * scale))
  const h = Math.max(1, Math.round(height * scale))
  const small = new Float32Array(w * h * 3)
  for (let y = 0; y < h; y++) {
    const top = Math.floor((y * height) / h)
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * height) / h))
    for (let x = 0; x < w; x++) {
      const left = Math.floor((x * width) / w)
      const right = Math.max(left + 1, Math.floor(((x + 1) * width) / w))
      let r = 0
      let g = 0
      let b = 0
      for (let row = top; row < bottom; row++) {
        for (let i = (row * width + left) * 3; i < (row * width + right) * 3; i += 3) {
          r += data[i]!
          g += data[i + 1]!
          b += data[i + 2]!
        }
      }
      const area = (bottom - top) * (right - left)
      small.set([r / area, g / area, b / area], (y * w + x) * 3)
    }
  }
  return { width: w, height: h, data: small }
}

const MOTION_SIDE = 80
/** Side of the blocks that are looked for, in small pixels. */
const BLOCK = 4
/** How far a block may have moved, as a part of the longest side. */
const REACH = 0.2
/** Root-mean-square difference, in 8-bit levels, up to which a block counts as found. */
const FOUND_RMS = 22

/**
 * The part of two pictures of one size, 0 to 1, that is found again in the other one: blocks for which somewhere within
 * reach there is a block that looks nearly the same. The lesser of the two directions counts.
 */
export function movedLikeness(a: Frame, b: Frame): number {
  const [from, to] = [reduceFrame(a, MOTION_SIDE), reduceFrame(b, MOTION_SIDE)]
  const offsets = offsetsWithin(Math.round(Math.max(from.width, from.height) * REACH))
  return Math.min(foundPart(from, to, offsets), foundPart(to, from, offsets))
}

type Offset = readonly [dx: number, dy: number]

/** The nearest first: most blocks have not moved far. */
function offsetsWithin(reach: number): Offset[] {
  const side = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach)
  return side
    .flatMap((dy) => side.map((dx): Offset => [dx, dy]))
    .sort(([ax, ay], [bx, by]) => ax * ax + ay * ay - (bx * bx + by * by))
}

function foundPart(from: SmallPicture, to: SmallPicture, offsets: readonly Offset[]): number {
  let found = 0
  let blocks = 0
  for (let y = 0; y < from.height; y += BLOCK) {
    for (let x = 0; x < from.width; x += BLOCK) {
      blocks++
      if (isFound(from, to, x, y, offsets)) found++
    }
  }
  return found / blocks
}

function isFound(
  from: SmallPicture,
  to: SmallPicture,
  x: number,
  y: number,
  offsets: readonly Offset[],
): boolean {
  const width = Math.min(BLOCK, from.width - x)
  const height = Math.min(BLOCK, from.height - y)
  const limit = FOUND_RMS * FOUND_RMS * width * height * 3
  const row = from.width * 3
  for (const [dx, dy] of offsets) {
    const [left, top] = [x + dx, y + dy]
    if (left < 0 || top < 0 || left + width > to.width || top + height > to.height) continue
    let sum = 0
    for (let line = 0; line < height && sum <= limit; line++) {
      const f = (y + line) * row + x * 3
      const t = (top + line) * row + left * 3
      for (let i = 0; i < width * 3; i++) {
        const difference = from.data[f + i]! - to.data[t + i]!
        sum += difference * difference
      }
    }
    if (sum <= limit) return true
  }
  return false
}

const LIGHT_SIDE = 24
/** Variance, in squared 8-bit levels, below which a picture has nothing to explain. */
const FLAT = 1

/**
 * How much of either picture, 0 to 1, follows from the colours of the other at the same places, as when the light of a
 * scene changes: the part of its variance that the best quadratic map of R, G and B explains (R²), the lesser of the two
 * directions.
 */
export function relitLikeness(a: Frame, b: Frame): number {
  const [from, to] = [reduceFrame(a, LIGHT_SIDE), reduceFrame(b, LIGHT_SIDE)]
  return Math.max(0, Math.min(explainedPart(from.data, to.data), explainedPart(to.data, from.data)))
}

/** Least squares over the normal equations; a little is added to their diagonal, so that flat pictures can be solved. */
function explainedPart(from: Float32Array, to: Float32Array): number {
  const pixels = from.length / 3
  const terms = Array.from({ length: pixels }, (_, i) => quadratic(from, i * 3))
  const size = terms[0]!.length
  const left = Array.from({ length: size }, (_, r) =>
    Array.from(
      { length: size },
      (_, c) => sumOver(terms, (t) => t[r]! * t[c]!) + (r === c ? 1e-6 * pixels : 0),
    ),
  )
  let variance = 0
  let unexplained = 0
  for (let channel = 0; channel < 3; channel++) {
    const value = (i: number) => to[i * 3 + channel]!
    const mean = sumOver(terms, (_, i) => value(i)) / pixels
    const weights = solve(left.map((row, r) => [...row, sumOver(terms, (t, i) => t[r]! * value(i))]))
    variance += sumOver(terms, (_, i) => (value(i) - mean) ** 2)
    unexplained += sumOver(terms, (t, i) => (value(i) - sumOver(t, (x, k) => x * weights[k]!)) ** 2)
  }
  return variance / pixels < FLAT ? 1 : 1 - unexplained / variance
}

function quadratic(data: Float32Array, at: number): number[] {
  const [r, g, b] = [data[at]! / 255, data[at + 1]! / 255, data[at + 2]! / 255]
  return [1, r, g, b, r * r, g * g, b * b, r * g, r * b, g * b]
}

function sumOver<T>(list: readonly T[], value: (item: T, index: number) => number): number {
  let sum = 0
  for (let i = 0; i < list.length; i++) sum += value(list[i]!, i)
  return sum
}

/** Gauss-Jordan elimination with pivots of an n × (n + 1) system, which is used up. */
function solve(rows: number[][]): number[] {
  const size = rows.length
  for (let c = 0; c < size; c++) {
    let pivot = c
    for (let r = c + 1; r < size; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r
    ;[rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!]
    for (let r = 0; r < size; r++) {
      if (r === c) continue
      const factor = rows[r]![c]! / rows[c]![c]!
      for (let k = c; k <= size; k++) rows[r]![k]! -= factor * rows[c]![k]!
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!)
}

const DETAIL = 8

/** The greatest mean absolute difference, in 8-bit levels, of any block of 8 × 8 pixels: small only if nothing differs. */
export function greatestDifference(a: Frame, b: Frame): number {
  let greatest = 0
  for (let y = 0; y < a.height; y += DETAIL) {
    for (let x = 0; x < a.width; x += DETAIL) greatest = Math.max(greatest, blockDifference(a, b, x, y))
  }
  return greatest
}

function blockDifference(a: Frame, b: Frame, x: number, y: number): number {
  const right = Math.min(a.width, x + DETAIL)
  const bottom = Math.min(a.height, y + DETAIL)
  let sum = 0
  for (let row = y; row < bottom; row++) {
    const end = (row * a.width + right) * 3
    for (let i = (row * a.width + x) * 3; i < end; i++) sum += Math.abs(a.data[i]! - b.data[i]!)
  }
  return sum / ((bottom - y) * (right - x) * 3)
}
