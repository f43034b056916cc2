// How distilled models hear the guidance scale: as a sinusoid in place of a second half of the batch.
// Source: diffusers LatentConsistencyModelPipeline.get_guidance_scale_embedding.

const f = Math.fround

/** Sines, then cosines, of 1000·(scale − 1) at falling frequencies; a last 0 where the width is odd. */
export function guidanceEmbedding(scale: number, width: number): Float32Array {
  const half = Math.floor(width / 2)
  const position = f(f(scale - 1) * 1000)
  const decay = f(f(Math.log(10_000)) / (half - 1))
  const embedding = new Float32Array(width)
  for (let i = 0; i < half; i++) {
    const angle = f(position * f(Math.exp(f(i * -decay))))
    embedding[i] = Math.sin(angle)
    embedding[half + i] = Math.cos(angle)
  }
  return embedding
}
