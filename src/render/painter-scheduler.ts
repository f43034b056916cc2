// The scheduler of a picture, from its name and the model's config.

import { renderFailure } from '../diagnostic/failure.js'
import {
  createScheduler,
  SCHEDULER_NAMES,
  type Scheduler,
  type SchedulerConfig,
  schedulerNamed,
  schedulerOfConfig,
  stableDiffusionSchedulerConfig,
} from '../diffusion/scheduler.js'
import type { Model } from '../models/model.js'

/** Fails (exit 4) for a name or a number of steps that can't be. */
export function openScheduler(
  model: Model,
  { scheduler, steps }: { scheduler: string; steps: number },
): Scheduler {
  const isOwn = scheduler === model.defaults.scheduler
  const name = isOwn ? schedulerOfConfig(model.schedulerConfig).name : schedulerNamed(scheduler)
  if (name === null) {
    throw renderFailure(`there is no scheduler ${scheduler}`, `use one of: ${SCHEDULER_NAMES.join(', ')}`)
  }
  try {
    return createScheduler(name, schedulerConfigOf(model), steps)
  } catch (error) {
    if (error instanceof RangeError)
      throw renderFailure(`the model ${model.name}: ${error.message}`, null, error)
    throw error
  }
}

/** As the model's pipeline would have it: of diffusers' pipelines, only Stable Diffusion's changes it. */
export const schedulerConfigOf = ({ pipeline, schedulerConfig }: Model): SchedulerConfig =>
  pipeline === 'StableDiffusion' ? stableDiffusionSchedulerConfig(schedulerConfig) : schedulerConfig
