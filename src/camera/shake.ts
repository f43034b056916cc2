// A camera held by hand: smooth noise from a seed.

/** Hz. A hand sways slowly and trembles a little up to here; what is faster would be a blur on film. */
const BANDS = [0.35, 0.8, 1.5, 2.6, 4.2]
const WEIGHTS = BANDS.map((frequency) => 1 / frequency)
const ALL_WEIGHTS = WEIGHTS.reduce((sum, weight) => sum + weight)

/** At strength 1: parts of the view's width across and up, and degrees. What is seen stays inside of these. */
export const SHAKE_REACH = { across: 0.05, up: 0.04, degrees: 2 } as const

/** -1 to 1 each, never beyond. */
export type Tremor = { across: number; up: number; roll: number }

/** The noise at a time in seconds: the same for the same seed, a whole number of 32 bits. */
export const tremorAt = (seed: number, seconds: number): Tremor => ({
  across: noise(seed, 0, seconds),
  up: noise(seed, 1, seconds),
  roll: noise(seed, 2, seconds),
})

/** A few sines, weaker as they get faster, whose frequencies and phases come from the seed: band-limited and bounded. */
function noise(seed: number, axis: number, seconds: number): number {
  let sum = 0
  for (const [i, band] of BANDS.entries()) {
    const frequency = band * (0.85 + 0.3 * random(seed, axis * 16 + i))
    const phase = random(seed, axis * 16 + i + 8)
    sum += WEIGHTS[i]! * Math.sin(2 * Math.PI * (frequency * seconds + phase))
  }
  return sum / ALL_WEIGHTS
}

/** In [0, 1): the finalizer of MurmurHash3 (A. Appleby) over seed and index. */
function random(seed: number, index: number): number {
  let h = (seed ^ Math.imul(index + 1, 0x9e3779b9)) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}
