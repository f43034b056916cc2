// Classifier-free guidance (arXiv 2207.12598) and sums of prompt embeddings, in float32.

const f = Math.fround

/** `batch` holds the unconditional half, then the conditional one: u + scale·(c − u). */
export function applyGuidance(batch: Float32Array, scale: number): Float32Array {
  const half = batch.length / 2
  const factor = f(scale)
  const result = new Float32Array(half)
  for (let i = 0; i < half; i++) {
    const unconditional = batch[i]!
    result[i] = unconditional + f(factor * f(batch[half + i]! - unconditional))
  }
  return result
}

/**
 * The guided prediction with the spread of the one for the prompt alone, mixed by `amount` (0…1) with itself: section 3.4 of
 * arXiv 2305.08891. Source: diffusers rescale_noise_cfg.
 */
export function rescaleGuided(guided: Float32Array, text: Float32Array, amount: number): Float32Array {
  const scale = f(f(deviation(text)) / f(deviation(guided)))
  const share = f(amount)
  const rest = f(1 - amount)
  return guided.map((value) => f(share * f(value * scale)) + f(rest * value))
}

/** With n − 1, as torch.std has it. */
function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

/** The same tensor twice, as a batch of two. */
export function twice(values: Float32Array): Float32Array {
  const pair = new Float32Array(2 * values.length)
  pair.set(values)
  pair.set(values, values.length)
  return pair
}

/** Weighted sum of embeddings of equal length. One of weight 1 comes back as it is. */
export function blendEmbeddings(parts: readonly { embedding: Float32Array; weight: number }[]): Float32Array {
  if (parts.length === 1 && parts[0]!.weight === 1) return parts[0]!.embedding
  const sum = new Float32Array(parts[0]!.embedding.length)
  for (const { embedding, weight } of parts) {
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + f(f(weight) * embedding[i]!)
  }
  return sum
}
