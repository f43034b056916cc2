// Filter taps of one axis: for each output sample, which source samples count and how much.
// Lanczos windowed sinc, 3 lobes: Duchon, "Lanczos Filtering in One and Two Dimensions", J. Appl. Meteor. 18 (1979).

export const LOBES = 3

/** Weights are fixed point: the ones of an output sample sum to exactly 1 << WEIGHT_BITS. */
export const WEIGHT_BITS = 14

/** Taps a sample is a count common to the whole axis. Sample `i` starts at source index `first[i]`. */
export type Taps = { count: number; first: Int32Array; weights: Int32Array; capacity: number }

export function createTaps(length: number): Taps {
  return {
    count: 0,
    first: new Int32Array(length),
    weights: new Int32Array(length * 2 * LOBES),
    capacity: 2 * LOBES,
  }
}

/**
 * Computes the taps that map source samples [start, start + extent) to `taps.first.length` output samples. When
 * shrinking, the kernel widens with the ratio, so that fine patterns turn grey instead of aliasing. Beyond the source's
 * ends (0 and `sourceLength`) its last sample goes on. Reuses the arrays; they grow only when a wider kernel needs it.
 */
export function computeTaps(taps: Taps, start: number, extent: number, sourceLength: number): void {
  const length = taps.first.length
  const step = extent / length
  const stretch = Math.max(1, step)
  const reach = LOBES * stretch
  const count = Math.min(sourceLength, stretch === 1 ? 2 * LOBES : Math.ceil(2 * reach) + 1)
  if (count > taps.capacity) {
    taps.capacity = count
    taps.weights = new Int32Array(length * count)
  }
  taps.count = count
  const { first, weights } = taps
  weights.fill(0, 0, length * count)
  for (let i = 0; i < length; i++) {
    const center = start + (i + 0.5) * step - 0.5
    const from = Math.floor(center - reach) + 1
    const to = Math.ceil(center + reach) - 1
    const base = Math.min(Math.max(0, from), sourceLength - count)
    first[i] = base
    let sum = 0
    for (let at = from; at <= to; at++) sum += lanczos((at - center) / stretch)
    // Rounding is carried from tap to tap, so that the fixed-point weights sum exactly and a flat area stays flat.
    const scale = (1 << WEIGHT_BITS) / sum
    let exact = 0
    let given = 0
    for (let at = from; at <= to; at++) {
      exact += lanczos((at - center) / stretch) * scale
      const weight = Math.round(exact) - given
      given += weight
      const inside = Math.min(Math.max(0, at), sourceLength - 1)
      weights[i * count + inside - base]! += weight
    }
  }
}

export function lanczos(x: number): number {
  if (x === 0) return 1
  const p = Math.PI * x
  return (LOBES * Math.sin(p) * Math.sin(p / LOBES)) / (p * p)
}
