// Whether a picture half way is worth more than a cross-fade. A ghost has no edges of its own: what moves well keeps those of
// its two ends, what is torn between them loses more than two pictures laid over one another do.

import { blend } from './blend.js'
import type { Frame } from './interpolator.js'

const BLOCK = 8
/** Mean difference, in 8-bit levels, from which on a block counts as changing. */
const CHANGES = 2

/**
 * The detail of `middle`, as a share of what a cross-fade of `a` and `b` has at 0.5: squared differences of neighbouring
 * pixels, summed over the blocks in which the three differ. 1 where none do. All of one size.
 */
export function keptDetail(a: Frame, b: Frame, middle: Uint8Array): number {
  const { width, height } = a
  const faded = new Uint8Array(middle.length)
  blend(a.data, b.data, 0.5, faded)
  let kept = 0
  let usual = 0
  for (let y = 0; y < height; y += BLOCK) {
    for (let x = 0; x < width; x += BLOCK) {
      const block = { x, y, right: Math.min(width, x + BLOCK), bottom: Math.min(height, y + BLOCK) }
      if (!changes(a.data, b.data, middle, block, width)) continue
      kept += detail(middle, block, width, height)
      usual += detail(faded, block, width, height)
    }
  }
  return usual === 0 ? 1 : kept / usual
}

type Block = { x: number; y: number; right: number; bottom: number }

function changes(
  a: Uint8Array,
  b: Uint8Array,
  middle: Uint8Array,
  { x, y, right, bottom }: Block,
  width: number,
) {
  const limit = CHANGES * 3 * (right - x) * (bottom - y)
  let [ends, first, last] = [0, 0, 0]
  for (let row = y; row < bottom; row++) {
    for (let i = (row * width + x) * 3; i < (row * width + right) * 3; i++) {
      ends += Math.abs(a[i]! - b[i]!)
      first += Math.abs(a[i]! - middle[i]!)
      last += Math.abs(b[i]! - middle[i]!)
    }
  }
  return Math.max(ends, first, last) > limit
}

function detail(data: Uint8Array, { x, y, right, bottom }: Block, width: number, height: number): number {
  const [columns, rows] = [Math.min(right, width - 1), Math.min(bottom, height - 1)]
  let sum = 0
  for (let row = y; row < bottom; row++) {
    for (let i = (row * width + x) * 3; i < (row * width + columns) * 3; i++)
      sum += (data[i + 3]! - data[i]!) ** 2
  }
  for (let row = y; row < rows; row++) {
    for (let i = (row * width + x) * 3; i < (row * width + right) * 3; i++)
      sum += (data[i + width * 3]! - data[i]!) ** 2
  }
  return sum
}
