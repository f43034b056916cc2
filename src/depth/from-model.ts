// What a depth model tells, as nearness from 0 to 1.

import { type DepthMap, MAP_SIDE } from './depth-map.js'

/** Parts of all pixels that may be farther or nearer than the scale: a few strays don't flatten the rest. */
const STRAYS = 0.02

/**
 * Of relative inverse depth (the more, the nearer), or of metres. `width` and `height` are what the model gave; the map has
 * the picture's proportions.
 */
export function depthFromModel(
  data: Float32Array,
  { width, height }: { width: number; height: number },
  isMetric: boolean,
  picture: { width: number; height: number },
): DepthMap {
  const scale = Math.min(1, MAP_SIDE / Math.max(picture.width, picture.height))
  const w = Math.max(2, Math.round(picture.width * scale))
  const h = Math.max(2, Math.round(picture.height * scale))
  const near = new Float32Array(w * h)
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const value = meanOf(data, width, height, x / w, y / h, (x + 1) / w, (y + 1) / h)
      near[y * w + x] = isMetric ? 1 / Math.max(1e-6, value) : value
    }
  const sorted = near.toSorted()
  const [least, most] = [STRAYS, 1 - STRAYS].map((part) => sorted[Math.round(part * (sorted.length - 1))]!)
  const range = most! - least!
  return {
    width: w,
    height: h,
    data: near.map((value) => (range > 0 ? Math.min(1, Math.max(0, (value - least!) / range)) : 0)),
  }
}

function meanOf(
  data: Float32Array,
  width: number,
  height: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  const [x0, y0] = [Math.floor(left * width), Math.floor(top * height)]
  const x1 = Math.min(width, Math.max(x0 + 1, Math.floor(right * width)))
  const y1 = Math.min(height, Math.max(y0 + 1, Math.floor(bottom * height)))
  let sum = 0
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[y * width + x]!
  return sum / ((x1 - x0) * (y1 - y0))
}
