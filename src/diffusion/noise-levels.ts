// The noise levels that multistep solvers go through (DPM-Solver, UniPC), and where they stand in log SNR.
// Source: diffusers schedulers/scheduling_dpmsolver_multistep.py (set_timesteps, _sigma_to_alpha_sigma_t).

import type { Amplitudes } from './prediction.js'
import type { SchedulerConfig } from './scheduler.js'
import { type CommonConfig, checkSteps } from './scheduler-config.js'
import { readSigmaSpacing, type SigmaSpacing, sigmaAt, spaceSigmas, timestepLookup } from './sigmas.js'
import { roundHalfEven, spacedTimestepsAboveClean } from './timesteps.js'

const f = Math.fround

/** Amplitudes of picture and noise at a level, and half the log of their squared ratio; float32 each. */
export type NoiseLevel = Amplitudes & { lambda: number }

export type LevelPath = {
  timesteps: number[]
  /** σ of each step, descending, without the end; in double precision, as numpy has them. */
  sigmas: number[]
  spacing: SigmaSpacing | null
}

/** `table` is σ by training timestep; `usable` of its timesteps hold enough signal to start from. */
export function createLevelPath(
  config: SchedulerConfig,
  common: CommonConfig,
  table: Float32Array,
  usable: number,
  steps: number,
): LevelPath {
  checkSteps(steps, common.trainTimesteps)
  const spacing = readSigmaSpacing(config)
  if (spacing === null) {
    const timesteps = spacedTimestepsAboveClean(
      common.spacing,
      common.trainTimesteps,
      usable,
      steps,
      common.stepsOffset,
    )
    return { timesteps, sigmas: timesteps.map((timestep) => sigmaAt(table, timestep)), spacing }
  }
  const sigmas = spaceSigmas(spacing, config, table.at(-1)!, table[0]!, steps)
  return { timesteps: sigmas.map(timestepLookup(table)), sigmas, spacing }
}

/** Respaced timesteps become whole: rounded for these two spacings, cut for the others. */
export const roundsTimesteps = (spacing: SigmaSpacing | null): boolean =>
  spacing === 'karras' || spacing === 'lu'

export const wholeTimesteps = (timesteps: readonly number[], isRounded: boolean): number[] =>
  timesteps.map(isRounded ? roundHalfEven : Math.trunc)

/** At σ = 0, λ is infinite, which the step formulas want. */
export function noiseLevelOf(sigma: number): NoiseLevel {
  const level = f(sigma)
  const alpha = f(1 / f(Math.sqrt(f(f(level * level) + 1))))
  const scaled = f(level * alpha)
  return { alpha, sigma: scaled, lambda: f(f(Math.log(alpha)) - f(Math.log(scaled))) }
}
