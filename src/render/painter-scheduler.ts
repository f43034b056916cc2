// The scheduler of a picture, from its name and the model's config.

import { renderFailure } from '../diagnostic/failure.js'
import {
  createScheduler,
  inpaintingSchedulerConfig,
  SCHEDULER_NAMES,
  type Scheduler,
  type SchedulerConfig,
  schedulerNamed,
  schedulerOfConfig,
  stableDiffusionSchedulerConfig,
} from '../diffusion/scheduler.js'
import type { Model } from '../models/model.js'

/** A share of the noise levels, for samplers that space all their steps over it; whether only a part is painted. */
export type SchedulerUse = { share: number; isInpainting: boolean }

/** Fails (exit 4) for a name or a number of steps that can't be. */
export function openScheduler(
  model: Model,
  { scheduler, steps }: { scheduler: string; steps: number },
  { share, isInpainting }: SchedulerUse = { share: 1, isInpainting: false },
): Scheduler {
  const isOwn = scheduler === model.defaults.scheduler
  const name = isOwn ? schedulerOfConfig(model.schedulerConfig).name : schedulerNamed(scheduler)
  if (name === null) {
    throw renderFailure(`there is no scheduler ${scheduler}`, `use one of: ${SCHEDULER_NAMES.join(', ')}`)
  }
  try {
    return createScheduler(name, schedulerConfigOf(model, isInpainting), steps, share)
  } catch (error) {
    if (error instanceof RangeError)
      throw renderFailure(`the model ${model.name}: ${error.message}`, null, error)
    throw error
  }
}

/** As the model's pipeline would have it: of diffusers' pipelines, only Stable Diffusion's change it. */
export function schedulerConfigOf(
  { pipeline, schedulerConfig }: Model,
  isInpainting = false,
): SchedulerConfig {
  if (pipeline !== 'StableDiffusion') return schedulerConfig
  return isInpainting
    ? inpaintingSchedulerConfig(schedulerConfig)
    : stableDiffusionSchedulerConfig(schedulerConfig)
}
