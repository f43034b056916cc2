// What every scheduler offers, and how one is made from a model's scheduler_config.json.

import { createDdim } from './ddim.js'
import { createDpmMultistep } from './dpm-multistep.js'
import { createDpmppSde } from './dpmpp-sde.js'
import { createEuler } from './euler.js'
import { createEulerAncestral } from './euler-ancestral.js'
import { createHeun } from './heun.js'
import { createLcm } from './lcm.js'
import type { NoiseSource } from './noise.js'
import { createPndm } from './pndm.js'
import { createUnipc } from './unipc.js'

/**
 * A sampler set up for a number of steps. Tensors are float32 of any shape; `x` are the latents. It may keep what earlier
 * calls said: one picture each, with calls in order from wherever the first one is.
 */
export type Scheduler = {
  /** The timestep of each model call, in order; a fraction for some samplers. */
  readonly timesteps: readonly number[]
  /** A step of second-order samplers takes two model calls, but the last takes one. */
  readonly callsPerStep: 1 | 2
  /** The first latents are standard normal noise times this. */
  readonly initNoiseSigma: number
  /** What the model is shown at a call; may be `x` itself. */
  scaleModelInput(x: Float32Array, callIndex: number): Float32Array
  /** The latents after a call, given the model's output for it. Some draw from the generator that drew the first noise. */
  step(modelOutput: Float32Array, callIndex: number, x: Float32Array, generator: NoiseSource): Float32Array
  /** Clean latents with as much noise as those have that a call starts from. */
  addNoise(original: Float32Array, noise: Float32Array, callIndex: number): Float32Array
}

/** scheduler_config.json as it stands; absent keys take the defaults of the class in diffusers. */
export type SchedulerConfig = Readonly<Record<string, unknown>>

type Kind = {
  create: (config: SchedulerConfig, steps: number, share: number) => Scheduler
  /** What the name asks for whatever the config says. */
  implies?: SchedulerConfig
  /** Whether noise levels can be spaced in other ways, by `-karras` and the like behind the name. */
  canRespace?: true
}

const KINDS = {
  ddim: { create: createDdim },
  pndm: { create: createPndm },
  euler: { create: createEuler, canRespace: true },
  'euler-ancestral': { create: createEulerAncestral },
  heun: { create: createHeun, canRespace: true },
  'dpmpp-2m': {
    create: createDpmMultistep,
    implies: { algorithm_type: 'dpmsolver++', solver_order: 2 },
    canRespace: true,
  },
  'dpmpp-2m-sde': {
    create: createDpmMultistep,
    implies: { algorithm_type: 'sde-dpmsolver++', solver_order: 2 },
    canRespace: true,
  },
  'dpmpp-sde': { create: createDpmppSde, canRespace: true },
  unipc: { create: createUnipc, canRespace: true },
  lcm: { create: createLcm },
} satisfies Record<string, Kind>

const SPACINGS = {
  karras: { use_karras_sigmas: true, use_exponential_sigmas: false, use_beta_sigmas: false },
  exponential: { use_karras_sigmas: false, use_exponential_sigmas: true, use_beta_sigmas: false },
  beta: { use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: true },
}

/** In a model's config these mean: this sampler, with all that the config says. */
const CLASSES: Record<string, Kind> = {
  DDIMScheduler: KINDS.ddim,
  PNDMScheduler: KINDS.pndm,
  EulerDiscreteScheduler: KINDS.euler,
  EulerAncestralDiscreteScheduler: KINDS['euler-ancestral'],
  HeunDiscreteScheduler: KINDS.heun,
  DPMSolverMultistepScheduler: { create: createDpmMultistep },
  DPMSolverSDEScheduler: KINDS['dpmpp-sde'],
  UniPCMultistepScheduler: KINDS.unipc,
  LCMScheduler: KINDS.lcm,
}

const BY_NAME = new Map<string, Kind>([
  ...Object.entries(KINDS).flatMap(withSpacings),
  ...Object.entries(CLASSES),
])

function withSpacings([name, kind]: [string, Kind]): [string, Kind][] {
  if (!kind.canRespace) return [[name, kind]]
  const respaced = Object.entries(SPACINGS).map(([spacing, flags]): [string, Kind] => [
    `${name}-${spacing}`,
    { create: kind.create, implies: { ...kind.implies, ...flags, use_lu_lambdas: false } },
  ])
  return [[name, kind], ...respaced]
}

/** Names that a script or a flag may say, without spacings behind them. */
export const SCHEDULER_NAMES: readonly string[] = Object.keys(KINDS)

/** All names that there are: with spacings, and diffusers' classes. */
export const ALL_SCHEDULER_NAMES: readonly string[] = [...BY_NAME.keys()]

/** A name in its own spelling, or null: capitals don't matter. */
export const schedulerNamed = (name: string): string | null =>
  ALL_SCHEDULER_NAMES.find((known) => known.toLowerCase() === name.toLowerCase()) ?? null

/**
 * Which scheduler a model runs with when nobody chooses one: its own class, or DDIM with a warning when that class isn't
 * there.
 */
export function schedulerOfConfig(config: SchedulerConfig): { name: string; warning: string | null } {
  const className = typeof config._class_name === 'string' ? config._class_name : 'DDIMScheduler'
  if (Object.hasOwn(CLASSES, className)) return { name: className, warning: null }
  return {
    name: 'ddim',
    warning: `the model asks for ${className}, which storyreel doesn't have: using ddim instead`,
  }
}

/**
 * `name` is one of ALL_SCHEDULER_NAMES. `share` (0…1) is for LCM alone: the part of the noise levels, from the low end, that all
 * steps are spaced over. Throws a RangeError with a readable message for settings that it can't do.
 */
export function createScheduler(name: string, config: SchedulerConfig, steps: number, share = 1): Scheduler {
  const kind = BY_NAME.get(name)
  if (kind === undefined) throw new RangeError(`there is no scheduler ${name}`)
  return kind.create({ ...config, ...kind.implies }, steps, share)
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

/** The same for StableDiffusionInpaintPipeline: no Runge-Kutta warm-up, and clipping as the config has it. */
export const inpaintingSchedulerConfig = (config: SchedulerConfig): SchedulerConfig => ({
  ...config,
  steps_offset: 1,
  skip_prk_steps: true,
})
