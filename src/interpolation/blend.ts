// A plain cross-fade of two frames. It calls itself `blend` so that nobody takes it for motion interpolation.

/** A frame between `a` (t = 0) and `b` (t = 1): what every interpolation model is to the rest of storyreel. */
export type Interpolate = (a: Uint8Array, b: Uint8Array, t: number, out: Uint8Array) => void | Promise<void>

/**
 * Mixes two frames of 8-bit samples: `out = (1 - t) * a + t * b`, rounded; exactly `a` at 0 and `b` at 1.
 * Works on the stored (gamma-coded) values. `out` may be one of the inputs.
 */
export function blend(a: Uint8Array, b: Uint8Array, t: number, out: Uint8Array): void {
  if (a.length !== b.length || a.length !== out.length) throw new RangeError('frames of different sizes')
  const wb = Math.round(Math.min(1, Math.max(0, t)) * 65536)
  const wa = 65536 - wb
  for (let i = 0; i < out.length; i++) {
    out[i] = (Math.imul(a[i]!, wa) + Math.imul(b[i]!, wb) + 32768) >>> 16
  }
}
