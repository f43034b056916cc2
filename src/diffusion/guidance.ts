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
