// From the decoder's tensor to bytes, rounding as diffusers' VaeImageProcessor does.

const f = Math.fround

/** Planar float RGB in −1…1 (3 × height × width) to interleaved bytes (height × width × 3). */
export function planesToRgb(planes: Float32Array, width: number, height: number): Uint8Array {
  const area = width * height
  // Clamps, and rounds halves to even, as numpy does.
  const rgb = new Uint8ClampedArray(3 * area)
  for (let channel = 0; channel < 3; channel++) {
    const offset = channel * area
    for (let i = 0; i < area; i++) rgb[3 * i + channel] = f(255 * f(f(planes[offset + i]! * 0.5) + 0.5))
  }
  return new Uint8Array(rgb.buffer)
}
