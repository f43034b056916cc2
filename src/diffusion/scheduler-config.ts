// Reads the keys of scheduler_config.json that schedulers share.

import type { BetaSchedule, NoiseScheduleConfig } from './noise-schedule.js'
import type { PredictionType } from './prediction.js'
import type { SchedulerConfig } from './scheduler.js'
import type { TimestepSpacing } from './timesteps.js'

export type CommonConfig = NoiseScheduleConfig & {
  predictionType: PredictionType
  spacing: TimestepSpacing
  stepsOffset: number
}

/** What a class of diffusers does about keys that its config lacks, and which of them it has at all. */
export type ClassDefaults = {
  spacing: TimestepSpacing
  betaStart?: number
  betaEnd?: number
  betaSchedule?: BetaSchedule
  /** Whether it knows `rescale_betas_zero_snr`; the others ignore it. */
  canRescale: boolean
  /** Whether models that predict the picture itself can run with it. */
  canPredictSample: boolean
}

/** Throws a RangeError for unknown words. */
export function readCommonConfig(config: SchedulerConfig, defaults: ClassDefaults): CommonConfig {
  const betas = config.trained_betas
  return {
    trainTimesteps: numberOr(config, 'num_train_timesteps', 1000),
    betaStart: numberOr(config, 'beta_start', defaults.betaStart ?? 0.0001),
    betaEnd: numberOr(config, 'beta_end', defaults.betaEnd ?? 0.02),
    betaSchedule: wordOr<BetaSchedule>(config, 'beta_schedule', defaults.betaSchedule ?? 'linear', [
      'linear',
      'scaled_linear',
      'squaredcos_cap_v2',
      'exp',
    ]),
    trainedBetas: Array.isArray(betas) ? betas.map(Number) : null,
    rescaleBetasZeroSnr: defaults.canRescale && flagOr(config, 'rescale_betas_zero_snr', false),
    predictionType: wordOr<PredictionType>(
      config,
      'prediction_type',
      'epsilon',
      defaults.canPredictSample ? ['epsilon', 'v_prediction', 'sample'] : ['epsilon', 'v_prediction'],
    ),
    spacing: wordOr<TimestepSpacing>(config, 'timestep_spacing', defaults.spacing, [
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
  if (word === undefined) {
    throw new RangeError(
      `the scheduler's ${key} is ${JSON.stringify(value)}, which it can't do: ${known.join(', ')} can be`,
    )
  }
  return word
}

/** Refuses settings whose arithmetic isn't there, instead of sampling with another one. */
export function refuseFlags(config: SchedulerConfig, keys: readonly string[]): void {
  const set = keys.find((key) => config[key] === true)
  if (set !== undefined) throw new RangeError(`the scheduler's ${set} is for models that storyreel can't run`)
}

export function checkSteps(steps: number, most: number): void {
  if (!Number.isInteger(steps) || steps < 1 || steps > most) {
    throw new RangeError(`steps must be a whole number from 1 to ${most}, not ${steps}`)
  }
}

/** Samplers that read ᾱ at whole timesteps have nothing beyond the last one. */
export function checkReach(timesteps: readonly number[], steps: number, train: number): void {
  if (timesteps.some((timestep) => timestep >= train))
    throw new RangeError(`${steps} steps with an offset reach past the last timestep`)
}
