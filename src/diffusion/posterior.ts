// What a VAE's encoder says of a picture: a normal distribution for each latent.
// Source: diffusers models/autoencoders/vae.py (DiagonalGaussianDistribution), retrieve_latents of the img2img pipelines.

import type { NoiseSource } from './noise.js'

const f = Math.fround

/** Beyond these a variance is no number that float32 can work with. */
const LOWEST_LOG_VARIANCE = -30
const HIGHEST_LOG_VARIANCE = 20

/** A draw from the distribution, as diffusers' pipelines make it, or its mean. */
export type LatentChoice = 'sample' | 'mean'

/**
 * Latents times the VAE's scaling factor. `moments` are what the encoder gave: means and then log variances (twice `count`
 * values), or the latents themselves (`count`), which leaves nothing to draw. A sample takes `count` values of the generator.
 */
export function latentsOf(
  moments: Float32Array,
  count: number,
  choice: LatentChoice,
  scalingFactor: number,
  generator: NoiseSource,
): Float32Array {
  const mean = moments.subarray(0, count)
  const factor = f(scalingFactor)
  if (!isDrawn(moments, count, choice)) return mean.map((value) => factor * value)
  const noise = generator.randn(count)
  return mean.map((value, i) => factor * f(value + f(deviationOf(moments[count + i]!) * noise[i]!)))
}

/** Whether `latentsOf` takes values of the generator. */
export const isDrawn = (moments: Float32Array, count: number, choice: LatentChoice): boolean =>
  choice === 'sample' && moments.length > count

function deviationOf(logVariance: number): number {
  const clamped = Math.min(HIGHEST_LOG_VARIANCE, Math.max(LOWEST_LOG_VARIANCE, logVariance))
  return f(Math.exp(f(0.5 * clamped)))
}
