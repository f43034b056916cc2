// What a model's output says about the clean picture x0 and the noise ε in the latents x, in float32 as torch computes it.
// Two parametrizations: x = α·x0 + σ·ε ("variance preserving") and x = x0 + σ·ε ("variance exploding").

export type PredictionType = 'epsilon' | 'v_prediction' | 'sample'

/** Amplitudes of the clean picture and of the noise, float32 each. */
export type Amplitudes = { alpha: number; sigma: number }

const f = Math.fround

/** x0 from x = α·x0 + σ·ε; a new tensor. v = α·ε − σ·x0 (arXiv 2202.00512). */
export function predictOriginal(
  type: PredictionType,
  output: Float32Array,
  x: Float32Array,
  { alpha, sigma }: Amplitudes,
): Float32Array {
  if (type === 'sample') return output.slice()
  if (type === 'v_prediction') return x.map((value, i) => f(alpha * value) - f(sigma * output[i]!))
  return x.map((value, i) => f(value - f(sigma * output[i]!)) / alpha)
}

/** ε from x = α·x0 + σ·ε; for models that predict it, the output itself. */
export function predictNoise(
  type: PredictionType,
  output: Float32Array,
  x: Float32Array,
  { alpha, sigma }: Amplitudes,
): Float32Array {
  if (type === 'epsilon') return output
  if (type === 'v_prediction') return x.map((value, i) => f(alpha * output[i]!) + f(sigma * value))
  return x.map((value, i) => f(value - f(alpha * output[i]!)) / sigma)
}

/** x0 from x = x0 + σ·ε, where the model was shown x/√(σ² + 1); a new tensor. */
export function predictOriginalOfSigma(
  type: PredictionType,
  output: Float32Array,
  x: Float32Array,
  sigma: number,
): Float32Array {
  if (type === 'sample') return output.slice()
  if (type === 'epsilon') return x.map((value, i) => value - f(sigma * output[i]!))
  const variance = f(f(sigma * sigma) + 1)
  const outputScale = f(-sigma / f(Math.sqrt(variance)))
  return x.map((value, i) => f(output[i]! * outputScale) + f(value / variance))
}

/** What a model is shown of x = x0 + σ·ε: variance 1 at every σ. */
export function scaleToUnitVariance(x: Float32Array, sigma: number): Float32Array {
  const scale = f(Math.sqrt(f(f(sigma * sigma) + 1)))
  return x.map((value) => value / scale)
}

/** α·original + σ·noise: latents at a noise level. */
export const mixNoise = (
  original: Float32Array,
  noise: Float32Array,
  { alpha, sigma }: Amplitudes,
): Float32Array => original.map((value, i) => f(alpha * value) + f(sigma * noise[i]!))
