// What every scheduler offers, and how one is made from a model's scheduler_config.json.

import { createDdim } from './ddim.js'
import { createDpmpp2m } from './dpmpp-2m.js'
import { createEuler } from './euler.js'

/** A sampler set up for a number of steps. Tensors are float32; `x` are the latents. It may keep state: one picture each. */
export type Scheduler = {
  /** The timestep of each model call, in order; fractional for Euler. */
  readonly timesteps: readonly number[]
  /** The first latents are standard normal noise times this. */
  readonly initNoiseSigma: number
  /** What the model is shown at a step; may be `x` itself. */
  scaleModelInput(x: Float32Array, stepIndex: number): Float32Array
  /** The latents after a step, given the model's output for it. Steps are taken in order. */
  step(modelOutput: Float32Array, stepIndex: number, x: Float32Array): Float32Array
}

export type PredictionType = 'epsilon' | 'v_prediction' | 'sample'

/** scheduler_config.json as it stands; absent keys take the defaults of the class in diffusers. */
export type SchedulerConfig = Readonly<Record<string, unknown>>

/** Names that a script or a flag may say. */
export const SCHEDULER_NAMES = ['ddim', 'euler', 'dpmpp-2m'] as const
export type SchedulerName = (typeof SCHEDULER_NAMES)[number]

const DIFFUSERS_CLASSES = new Map<string, SchedulerName>([
  ['DDIMScheduler', 'ddim'],
  ['EulerDiscreteScheduler', 'euler'],
  ['DPMSolverMultistepScheduler', 'dpmpp-2m'],
])

/** The scheduler a name or a diffusers class name means, or null. */
export const schedulerNamed = (name: string): SchedulerName | null =>
  SCHEDULER_NAMES.find((known) => known === name.toLowerCase()) ?? DIFFUSERS_CLASSES.get(name) ?? null

/**
 * Which scheduler a model runs with when nobody chooses one: its own class, or DDIM with a warning when that class isn't
 * built yet.
 */
export function schedulerOfConfig(config: SchedulerConfig): { name: SchedulerName; warning: string | null } {
  const className = typeof config._class_name === 'string' ? config._class_name : 'DDIMScheduler'
  const name = DIFFUSERS_CLASSES.get(className)
  if (name !== undefined) return { name, warning: null }
  return {
    name: 'ddim',
    warning: `the model asks for ${className}, which isn't built yet: using ddim instead`,
  }
}

/** Throws a RangeError with a readable message for settings that the scheduler can't do. */
export function createScheduler(name: SchedulerName, config: SchedulerConfig, steps: number): Scheduler {
  const make = { ddim: createDdim, euler: createEuler, 'dpmpp-2m': createDpmpp2m }[name]
  return make(config, steps)
}

/**
 * What StableDiffusionPipeline does to its scheduler's config when it is built: latents are never clipped and the steps
 * offset is 1 (diffusers pipelines/stable_diffusion/pipeline_stable_diffusion.py).
 */
export const stableDiffusionSchedulerConfig = (config: SchedulerConfig): SchedulerConfig => ({
  ...config,
  steps_offset: 1,
  clip_sample: false,
})
