// How far two pictures are apart, and how far they may be: the limits of equality with diffusers.

/** Of 255. */
export const LIMITS = { largest: 2, mean: 0.05 }

/** Largest and mean difference of two pictures of the same size, of 255. */
export function difference(actual: Uint8Array, expected: Uint8Array): { largest: number; mean: number } {
  if (actual.length !== expected.length) return { largest: Number.NaN, mean: Number.NaN }
  let largest = 0
  let sum = 0
  for (let i = 0; i < actual.length; i++) {
    const each = Math.abs(actual[i]! - expected[i]!)
    largest = Math.max(largest, each)
    sum += each
  }
  return { largest, mean: sum / actual.length }
}
