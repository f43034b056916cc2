// Turns a window of a source picture into a film frame. Two passes, rows then columns, in fixed point: windows
// at fractions of a pixel are exact, so a slow push never jitters.

import type { Picture } from '../image/picture.js'
import type { Size, Window } from './move.js'
import { computeTaps, createTaps, type Taps, WEIGHT_BITS } from './taps.js'

/** Extra bits of the samples between the passes; 8 + 6 + 14 bits and Lanczos's overshoot stay inside 32. */
const EXTRA_BITS = 6

export type Resampler = {
  /** Writes the RGB frame (height x width x 3 bytes) of `window` to `out`; allocates nothing after the first frame. */
  render(picture: Picture, window: Window, out: Uint8Array): void
}

/** A resampler for frames of one size. Lanczos3; its buffers are reused, so one serves one frame at a time. */
export function createResampler(film: Size): Resampler {
  const columns = createTaps(film.width)
  const rows = createTaps(film.height)
  const rowLength = film.width * 3
  let between = new Int32Array(0)
  return {
    render(picture, window, out) {
      if (out.length !== rowLength * film.height) throw new RangeError('the frame buffer has another size')
      computeTaps(columns, window.x, window.width, picture.width)
      computeTaps(rows, window.y, window.height, picture.height)
      const top = rows.first[0]!
      const bottom = rows.first[film.height - 1]! + rows.count
      if (between.length < (bottom - top) * rowLength) between = new Int32Array((bottom - top) * rowLength)
      for (let y = top; y < bottom; y++) {
        resampleRow(picture.data, y * picture.width * 3, columns, between, (y - top) * rowLength)
      }
      // Lanczos overshoots at edges; the clamped view keeps the bytes from wrapping around.
      const clamped = new Uint8ClampedArray(out.buffer, out.byteOffset, out.length)
      for (let y = 0; y < film.height; y++) {
        mixRows(between, (rows.first[y]! - top) * rowLength, rowLength, rows, y, clamped)
      }
    },
  }
}

const ROW_SHIFT = WEIGHT_BITS - EXTRA_BITS
const ROW_HALF = 1 << (ROW_SHIFT - 1)

function resampleRow(
  source: Uint8Array,
  sourceStart: number,
  taps: Taps,
  out: Int32Array,
  outStart: number,
): void {
  const { count, first, weights } = taps
  let to = outStart
  for (let i = 0, w = 0; i < first.length; i++) {
    let red = ROW_HALF
    let green = ROW_HALF
    let blue = ROW_HALF
    let at = sourceStart + first[i]! * 3
    for (const end = w + count; w < end; w++, at += 3) {
      const weight = weights[w]!
      red += Math.imul(source[at]!, weight)
      green += Math.imul(source[at + 1]!, weight)
      blue += Math.imul(source[at + 2]!, weight)
    }
    out[to] = red >> ROW_SHIFT
    out[to + 1] = green >> ROW_SHIFT
    out[to + 2] = blue >> ROW_SHIFT
    to += 3
  }
}

const COLUMN_SHIFT = WEIGHT_BITS + EXTRA_BITS
const COLUMN_HALF = 1 << (COLUMN_SHIFT - 1)

function mixRows(
  between: Int32Array,
  start: number,
  length: number,
  taps: Taps,
  y: number,
  out: Uint8ClampedArray,
): void {
  const { count, weights } = taps
  const w = y * count
  const to = y * length
  if (count !== 6) {
    for (let x = 0; x < length; x++) {
      let sum = COLUMN_HALF
      for (let tap = 0, at = start + x; tap < count; tap++, at += length) {
        sum += Math.imul(between[at]!, weights[w + tap]!)
      }
      out[to + x] = sum >> COLUMN_SHIFT
    }
    return
  }
  // The usual case, enlarging, without an inner loop: half of the time.
  const [w0, w1, w2, w3, w4, w5] = [
    weights[w]!,
    weights[w + 1]!,
    weights[w + 2]!,
    weights[w + 3]!,
    weights[w + 4]!,
    weights[w + 5]!,
  ]
  for (let x = 0, at = start; x < length; x++, at++) {
    out[to + x] =
      (COLUMN_HALF +
        Math.imul(between[at]!, w0) +
        Math.imul(between[at + length]!, w1) +
        Math.imul(between[at + 2 * length]!, w2) +
        Math.imul(between[at + 3 * length]!, w3) +
        Math.imul(between[at + 4 * length]!, w4) +
        Math.imul(between[at + 5 * length]!, w5)) >>
      COLUMN_SHIFT
  }
}
