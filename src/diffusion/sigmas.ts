// Noise levels for samplers that work in σ: look-up in the training table and spacings of their own.
// Source: diffusers schedulers/scheduling_euler_discrete.py and scheduling_dpmsolver_multistep.py (_convert_to_karras,
// _convert_to_exponential, _convert_to_beta, _convert_to_lu, _sigma_to_t).

import { betaQuantile } from './beta-distribution.js'
import type { SchedulerConfig } from './scheduler.js'
import { flagOr } from './scheduler-config.js'
import { linspace } from './timesteps.js'

/** How noise levels are spread when they aren't those of spaced timesteps. */
export type SigmaSpacing = 'karras' | 'exponential' | 'beta' | 'lu'

const SPACING_FLAGS: readonly (readonly [flag: string, spacing: SigmaSpacing])[] = [
  ['use_karras_sigmas', 'karras'],
  ['use_lu_lambdas', 'lu'],
  ['use_exponential_sigmas', 'exponential'],
  ['use_beta_sigmas', 'beta'],
]

/** What a config asks for, or null. Throws a RangeError when it asks for two. */
export function readSigmaSpacing(config: SchedulerConfig): SigmaSpacing | null {
  const wanted = SPACING_FLAGS.filter(([flag]) => flagOr(config, flag, false))
  if (wanted.length > 1) {
    throw new RangeError(
      `the scheduler asks for ${wanted.map(([flag]) => flag).join(' and ')}: only one can be`,
    )
  }
  return wanted[0]?.[1] ?? null
}

/** numpy.interp over table positions: the table's value at a fractional timestep; beyond the ends, the end's. */
export function sigmaAt(table: Float32Array, timestep: number): number {
  const low = Math.min(Math.max(Math.floor(timestep), 0), table.length - 1)
  if (low === table.length - 1 || low === timestep) return table[low]!
  return (table[low + 1]! - table[low]!) * (timestep - low) + table[low]!
}

/** `steps` noise levels from `max` down to `min`; sigma_max and sigma_min of the config take their places. */
export function spaceSigmas(
  spacing: SigmaSpacing,
  config: SchedulerConfig,
  max: number,
  min: number,
  steps: number,
): number[] {
  if (spacing === 'lu') return luSigmas(max, min, steps)
  const high = typeof config.sigma_max === 'number' ? config.sigma_max : max
  const low = typeof config.sigma_min === 'number' ? config.sigma_min : min
  if (spacing === 'karras') return karrasSigmas(high, low, steps)
  if (spacing === 'exponential') return linspace(Math.log(high), Math.log(low), steps).map(Math.exp)
  return betaSigmas(high, low, steps)
}

/** Equation 5 of arXiv 2206.00364 with ρ = 7. */
function karrasSigmas(max: number, min: number, steps: number): number[] {
  const rho = 7
  const from = max ** (1 / rho)
  const to = min ** (1 / rho)
  return linspace(0, 1, steps).map((ramp) => (from + ramp * (to - from)) ** rho)
}

/** Quantiles of Beta(0.6, 0.6), close together at both ends (arXiv 2407.12173). */
const betaSigmas = (max: number, min: number, steps: number): number[] =>
  linspace(0, 1, steps).map((ramp) => min + betaQuantile(1 - ramp, 0.6, 0.6) * (max - min))

/** Even in log SNR (arXiv 2206.00927); from the float32 logs of the table's ends. */
function luSigmas(max: number, min: number, steps: number): number[] {
  const from = Math.fround(Math.log(max))
  const to = Math.fround(Math.log(min))
  return linspace(0, 1, steps).map((ramp) => Math.exp(from + ramp * (to - from)))
}

/** The inverse of `sigmaAt` in log σ: from a σ to its fractional timestep, within 0…length−1. */
export function timestepLookup(table: Float32Array): (sigma: number) => number {
  const logs = table.map(Math.log)
  return (sigma) => {
    const logSigma = Math.log(Math.max(sigma, 1e-10))
    let low = 0
    let end = logs.length - 1
    while (end - low > 1) {
      const middle = (low + end) >> 1
      if (logs[middle]! <= logSigma) low = middle
      else end = middle
    }
    const span = Math.fround(logs[low]! - logs[low + 1]!)
    const weight = Math.min(Math.max((logs[low]! - logSigma) / span, 0), 1)
    return (1 - weight) * low + weight * (low + 1)
  }
}
