// Between pixels as bytes and as a tensor, rounding as diffusers' VaeImageProcessor does.

/** Planar float RGB in −1…1 (3 × height × width) to interleaved bytes (height × width × 3). */
export function planesToRgb(planes: Float32Array, width: number, height: number): Uint8Array {
  const area = width * height
  // Clamps, and rounds halves to even, as numpy does.
  const rgb = new Uint8ClampedArray(3 * area)
  for (let i = 0, to = 0; i < area; i++, to += 3) {
    rgb[to] = planes[i]! * 127.5 + 127.5
    rgb[to + 1] = planes[area + i]! * 127.5 + 127.5
    rgb[to + 2] = planes[2 * area + i]! * 127.5 + 127.5
  }
  return new Uint8Array(rgb.buffer)
}

/** Interleaved bytes (height × width × 3) to planar float RGB in −1…1 (3 × height × width). */
export function rgbToPlanes(rgb: Uint8Array): Float32Array {
  const area = rgb.length / 3
  const planes = new Float32Array(rgb.length)
  for (let i = 0, from = 0; i < area; i++, from += 3) {
    planes[i] = rgb[from]! / 127.5 - 1
    planes[area + i] = rgb[from + 1]! / 127.5 - 1
    planes[2 * area + i] = rgb[from + 2]! / 127.5 - 1
  }
  return planes
}
