// Noise levels for samplers that work in σ (Euler, DPM++): table look-up and the Karras spacing.
// Source: diffusers schedulers/scheduling_euler_discrete.py (_convert_to_karras, _sigma_to_t).

/** numpy.interp over table positions: the table's value at a fractional timestep. */
export function sigmaAt(table: Float32Array, timestep: number): number {
  const low = Math.min(Math.max(Math.floor(timestep), 0), table.length - 1)
  if (low === table.length - 1 || low === timestep) return table[low]!
  return (table[low + 1]! - table[low]!) * (timestep - low) + table[low]!
}

/** Equation 5 of arXiv 2206.00364 with ρ = 7, from `max` down to `min`. */
export function karrasSigmas(max: number, min: number, steps: number): number[] {
  const rho = 7
  const from = max ** (1 / rho)
  const to = min ** (1 / rho)
  return Array.from({ length: steps }, (_, i) => {
    const ramp = steps > 1 ? i / (steps - 1) : 0
    return (from + ramp * (to - from)) ** rho
  })
}

/** The fractional timestep whose σ is `sigma`, interpolated in log σ. */
export function timestepOfSigma(table: Float32Array, sigma: number): number {
  const logSigma = Math.log(Math.max(sigma, 1e-10))
  const logOf = (i: number) => Math.fround(Math.log(table[i]!))
  let low = 0
  while (low < table.length - 2 && logOf(low + 1) <= logSigma) low++
  const span = Math.fround(logOf(low) - logOf(low + 1))
  const weight = Math.min(Math.max((logOf(low) - logSigma) / span, 0), 1)
  return (1 - weight) * low + weight * (low + 1)
}
