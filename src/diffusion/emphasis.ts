// Weights of words, as AUTOMATIC1111's web UI applies them (modules/sd_emphasis.py, EmphasisOriginal): the encoder's output
// for each token is multiplied by its weight, then all of it is scaled to the mean that it had.

const f = Math.fround

/** `hidden` is tokens × width of one chunk; there is a weight for each token. */
export function emphasize(hidden: Float32Array, weights: readonly number[]): Float32Array {
  const width = hidden.length / weights.length
  const weighed = new Float32Array(hidden.length)
  for (const [token, weight] of weights.entries()) {
    const factor = f(weight)
    for (let i = token * width; i < (token + 1) * width; i++) weighed[i] = factor * hidden[i]!
  }
  const scale = f(mean(hidden) / mean(weighed))
  // Weights that leave nothing, or whose mean is nothing, have no scale to go back to.
  return Number.isFinite(scale) ? weighed.map((value) => scale * value) : weighed
}

const mean = (values: Float32Array): number => {
  let sum = 0
  for (const value of values) sum += value
  return f(sum / values.length)
}
