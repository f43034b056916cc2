// From the decoder's tensor to bytes, rounding as diffusers' VaeImageProcessor does.

import { roundHalfEven } from './timesteps.js'

const f = Math.fround

/** Planar float RGB in −1…1 (3 × height × width) to interleaved bytes (height × width × 3). */
export function planesToRgb(planes: Float32Array, width: number, height: number): Uint8Array {
  const area = width * height
  const rgb = new Uint8Array(3 * area)
  for (let channel = 0; channel < 3; channel++) {
    const offset = channel * area
    for (let i = 0; i < area; i++) {
      const level = f(f(planes[offset + i]! * 0.5) + 0.5)
      rgb[3 * i + channel] = roundHalfEven(f(255 * Math.min(Math.max(level, 0), 1)))
    }
  }
  return rgb
}
