// Transitions between two frames. They mix the stored, gamma-coded values, as film editors do by default: in linear
// light the brighter picture wins at once, and a fade to black hangs and then drops.

/** Mixes from `a` (t = 0, exactly) to `b` (t = 1, exactly), rounded. `out` may be `a` or `b`. */
export function dissolve(a: Uint8Array, b: Uint8Array, t: number, out: Uint8Array): void {
  if (a.length !== b.length || a.length !== out.length) throw new RangeError('frames of different sizes')
  const toB = weight(t)
  const toA = 65536 - toB
  for (let i = 0; i < out.length; i++) {
    out[i] = (Math.imul(a[i]!, toA) + Math.imul(b[i]!, toB) + 32768) >>> 16
  }
}

/** Mixes a frame (t = 0, exactly) with one colour, 0xRRGGBB (t = 1, exactly), rounded. `out` may be the frame. */
export function fade(frame: Uint8Array, color: number, t: number, out: Uint8Array): void {
  if (frame.length !== out.length) throw new RangeError('frames of different sizes')
  const toColor = weight(t)
  const toFrame = 65536 - toColor
  const red = ((color >> 16) & 0xff) * toColor + 32768
  const green = ((color >> 8) & 0xff) * toColor + 32768
  const blue = (color & 0xff) * toColor + 32768
  for (let i = 0; i + 2 < out.length; i += 3) {
    out[i] = (Math.imul(frame[i]!, toFrame) + red) >>> 16
    out[i + 1] = (Math.imul(frame[i + 1]!, toFrame) + green) >>> 16
    out[i + 2] = (Math.imul(frame[i + 2]!, toFrame) + blue) >>> 16
  }
}

/** 16-bit fixed point. */
const weight = (t: number) => Math.round(Math.min(1, Math.max(0, t)) * 65536)
