// Puts a frame together from overlapping windows, row by row: only as many rows are held as one window is high.

import type { FloatPicture } from './planes.js'
import type { AxisTile, Tiling } from './tiles.js'

export type Mosaic = {
  /** Adds one window's picture. False when a value in it is no finite number. */
  add(picture: FloatPicture, column: AxisTile, row: AxisTile): boolean
  /** A row of windows is complete: writes out the lines that no later one adds to. */
  finishRow(): void
}

/** Rows come from the top. `out` is the frame: 3 × width × height bytes. */
export function createMosaic({ rows }: Tiling, width: number, out: Uint8Array): Mosaic {
  const bytes = new Uint8ClampedArray(out.buffer, out.byteOffset, out.length)
  const highest = Math.max(...rows.map(({ from, to }) => to - from))
  const band = new Float32Array(highest * width * 3)
  let top = 0
  let finished = 0
  return {
    add(picture, column, row) {
      let sum = 0
      for (let y = row.from; y < row.to; y++) {
        const weight = row.weights[y - row.from]!
        sum += addLine(band, (y - top) * width * 3, picture, column, y - row.start, weight)
      }
      return Number.isFinite(sum)
    },
    finishRow() {
      const end = rows[finished + 1]?.from ?? rows[finished]!.to
      const done = (end - top) * width * 3
      const at = top * width * 3
      for (let i = 0; i < done; i++) bytes[at + i] = band[i]! * 255
      band.copyWithin(0, done)
      band.fill(0, band.length - done)
      top = end
      finished++
    },
  }
}

/** The sum of what was added tells whether all of it was numbers. */
function addLine(
  band: Float32Array,
  at: number,
  { data, width, height, channels }: FloatPicture,
  { start, from, to, weights }: AxisTile,
  line: number,
  weight: number,
): number {
  const [pixelStep, channelStep] = channels === 'first' ? [1, width * height] : [3, 1]
  let sum = 0
  for (let c = 0; c < 3; c++) {
    let source = (line * width + from - start) * pixelStep! + c * channelStep!
    let target = at + from * 3 + c
    for (let k = 0; k < to - from; k++) {
      const value = data[source]! * weights[k]! * weight
      sum += value
      band[target]! += value
      source += pixelStep!
      target += 3
    }
  }
  return sum
}
