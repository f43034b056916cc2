// The noise levels that samplers in σ go through (Euler, Heun, DPM++ SDE), before each adds its own end.
// Source: diffusers schedulers/scheduling_euler_discrete.py (set_timesteps).

import { trainingSigmas } from './noise-schedule.js'
import { mixNoise } from './prediction.js'
import type { SchedulerConfig } from './scheduler.js'
import { type ClassDefaults, type CommonConfig, checkSteps, readCommonConfig } from './scheduler-config.js'
import { readSigmaSpacing, type SigmaSpacing, sigmaAt, spaceSigmas, timestepLookup } from './sigmas.js'
import { spacedTimesteps, type TimestepSpacing } from './timesteps.js'

const f = Math.fround

export type SigmaPath = {
  common: CommonConfig
  /** σ by training timestep, ascending. */
  table: Float32Array
  /** One a step, descending; in double precision, as numpy has them. */
  timesteps: number[]
  sigmas: number[]
  timestepOf: (sigma: number) => number
}

/** `round` is the precision in which evenly spaced timesteps are held. */
export function createSigmaPath(
  config: SchedulerConfig,
  steps: number,
  defaults: ClassDefaults,
  {
    round = f,
    respacing = readSigmaSpacing(withoutLu(config)),
  }: { round?: (timestep: number) => number; respacing?: SigmaSpacing | null } = {},
): SigmaPath {
  const common = readCommonConfig(config, defaults)
  checkSteps(steps, common.trainTimesteps)
  const table = trainingSigmas(common)
  const timestepOf = timestepLookup(table)
  const spaced = spacedTimesteps(common.spacing, common.trainTimesteps, steps, common.stepsOffset).map(round)
  const sigmas = spaced.map((timestep) => sigmaAt(table, timestep))
  if (respacing === null) return { common, table, timesteps: spaced, sigmas, timestepOf }
  const respaced = spaceSigmas(respacing, config, sigmas[0]!, sigmas.at(-1)!, steps)
  return { common, table, timesteps: respaced.map(timestepOf), sigmas: respaced, timestepOf }
}

/** The flag is of another family of solvers, which reads it. */
const withoutLu = (config: SchedulerConfig): SchedulerConfig => ({ ...config, use_lu_lambdas: false })

/** Latents start with the largest σ; spaced from the low end, its variance is taken on top of a picture's. */
export function initNoiseSigmaOf(sigmas: Float32Array, spacing: TimestepSpacing): number {
  const largest = sigmas.reduce((a, b) => Math.max(a, b))
  return spacing === 'leading' ? f(Math.sqrt(f(f(largest * largest) + 1))) : largest
}

/** original + σ·noise. */
export const addNoiseOfSigma = (original: Float32Array, noise: Float32Array, sigma: number): Float32Array =>
  mixNoise(original, noise, { alpha: 1, sigma })
