// Reads the keys of scheduler_config.json that schedulers share.

import type { BetaSchedule, NoiseScheduleConfig } from './noise-schedule.js'
import type { PredictionType, SchedulerConfig } from './scheduler.js'
import type { TimestepSpacing } from './timesteps.js'

export type CommonConfig = NoiseScheduleConfig & {
  predictionType: PredictionType
  spacing: TimestepSpacing
  stepsOffset: number
}

/** `defaultSpacing` is the one thing in which the classes' defaults differ here. Throws a RangeError for unknown words. */
export function readCommonConfig(config: SchedulerConfig, defaultSpacing: TimestepSpacing): CommonConfig {
  const betas = config.trained_betas
  return {
    trainTimesteps: numberOr(config, 'num_train_timesteps', 1000),
    betaStart: numberOr(config, 'beta_start', 0.0001),
    betaEnd: numberOr(config, 'beta_end', 0.02),
    betaSchedule: wordOr<BetaSchedule>(config, 'beta_schedule', 'linear', [
      'linear',
      'scaled_linear',
      'squaredcos_cap_v2',
    ]),
    trainedBetas: Array.isArray(betas) ? betas.map(Number) : null,
    rescaleBetasZeroSnr: flagOr(config, 'rescale_betas_zero_snr', false),
    predictionType: wordOr<PredictionType>(config, 'prediction_type', 'epsilon', [
      'epsilon',
      'v_prediction',
      'sample',
    ]),
    spacing: wordOr<TimestepSpacing>(config, 'timestep_spacing', defaultSpacing, [
      'leading',
      'trailing',
      'linspace',
    ]),
    stepsOffset: numberOr(config, 'steps_offset', 0),
  }
}

export function numberOr(config: SchedulerConfig, key: string, fallback: number): number {
  const value = config[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback
}

export function flagOr(config: SchedulerConfig, key: string, fallback: boolean): boolean {
  const value = config[key]
  return typeof value === 'boolean' ? value : fallback
}

export function wordOr<Word extends string>(
  config: SchedulerConfig,
  key: string,
  fallback: Word,
  known: readonly Word[],
): Word {
  const value = config[key] ?? fallback
  const word = known.find((candidate) => candidate === value)
  if (word === undefined)
    throw new RangeError(`the scheduler's ${key} is ${JSON.stringify(value)}: not built yet`)
  return word
}

/** Refuses settings whose arithmetic isn't built, instead of sampling with another one. */
export function refuseFlags(config: SchedulerConfig, keys: readonly string[]): void {
  const set = keys.find((key) => config[key] === true)
  if (set !== undefined) throw new RangeError(`the scheduler's ${set} isn't built yet`)
}

export function checkSteps(steps: number, trainTimesteps: number): void {
  if (!Number.isInteger(steps) || steps < 1 || steps > trainTimesteps) {
    throw new RangeError(`steps must be a whole number from 1 to ${trainTimesteps}, not ${steps}`)
  }
}
