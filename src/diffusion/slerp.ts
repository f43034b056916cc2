// From one seed's noise to another's.

import type { NoiseSource } from './noise.js'

/** On the way from one seed's noise to that of another: `amount` is 0 at the first and 1 at this one. */
export type Towards = { seed: number | bigint; amount: number }

/** Directions that are nearer to one another are mixed linearly. */
const PARALLEL = 0.9995

/**
 * Spherical linear interpolation (K. Shoemake, "Animating rotation with quaternion curves", 1985) from `a` to `b`, of about one
 * length. What lies between two lots of standard normal noise is standard normal noise again, which their mean is not.
 */
export function slerp(a: Float32Array, b: Float32Array, amount: number): Float32Array {
  let [dot, lengthA, lengthB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    lengthA += a[i]! * a[i]!
    lengthB += b[i]! * b[i]!
  }
  const cosine = dot / Math.sqrt(lengthA * lengthB)
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)))
  const isParallel = !(Math.abs(cosine) < PARALLEL)
  const toA = isParallel ? 1 - amount : Math.sin((1 - amount) * angle) / Math.sin(angle)
  const toB = isParallel ? amount : Math.sin(amount * angle) / Math.sin(angle)
  return a.map((value, i) => toA * value + toB * b[i]!)
}

/** Draws from both, also what samplers draw later. Its `seed`, for samplers that draw by themselves, is the nearer one's. */
export const betweenSources = (a: NoiseSource, b: NoiseSource, amount: number): NoiseSource => ({
  seed: amount < 0.5 ? a.seed : b.seed,
  randn: (count) => slerp(a.randn(count), b.randn(count), amount),
})
