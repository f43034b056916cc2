// Against diffusers' schedulers; the golden file is made by tools/golden/schedulers.py.

import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { TorchGenerator } from '../../src/diffusion/noise.js'
import { alphasCumprod } from '../../src/diffusion/noise-schedule.js'
import {
  ALL_SCHEDULER_NAMES,
  createScheduler,
  SCHEDULER_NAMES,
  type Scheduler,
  type SchedulerConfig,
  schedulerNamed,
  schedulerOfConfig,
  stableDiffusionSchedulerConfig,
} from '../../src/diffusion/scheduler.js'
import { startCall } from '../../src/diffusion/strength.js'
import { goldenJson } from './golden-file.js'

type Case = {
  name: string
  config: SchedulerConfig
  steps: number
  timesteps: number[]
  initNoiseSigma: number
  /** Latents after the first call and after the last. */
  rows: number[][]
}

type ImageCase = Omit<Case, 'timesteps' | 'initNoiseSigma'> & {
  strength: number
  start: number
  calls: number
  noisy: number[]
}

type DigestCase = { name: string; config: SchedulerConfig; digest: string }

const golden = goldenJson('schedulers.json')
const fromNoise: Case[] = golden.fromNoise
const fromImage: ImageCase[] = golden.fromImage
const COUNT: number = golden.noise.length

/**
 * Largest difference over the largest value of the same row. Fresh noise agrees with torch's to 4e-7 of its size, and is
 * drawn again and again. Noise levels that begin in the thousands cancel three digits at the first call.
 */
function toleranceOf({ name, config }: Pick<Case, 'name' | 'config'>): number {
  // Times of its Brownian motion are rounded to millionths, where one bit of a log decides the last digit.
  if (name === 'dpmpp-sde') return 1e-3
  const startsHigh = config.rescale_betas_zero_snr || config.beta_schedule === 'squaredcos_cap_v2'
  if (startsHigh && /euler|heun/.test(name)) return 1e-4
  return /sde|ancestral|lcm/.test(name + config.algorithm_type) ? 5e-5 : 2e-5
}

type Model = (x: Float32Array, timestep: number) => Float32Array

/** The made-up model of the golden script. */
const model: Model = (x, timestep) =>
  x.map((value, i) => Math.sin(1.3 * value + 0.7 * i) + 0.1 * Math.cos(0.01 * timestep))

function walk(
  scheduler: Scheduler,
  x: Float32Array,
  start: number,
  generator: TorchGenerator,
  answer: Model,
): Float32Array[] {
  const rows: Float32Array[] = []
  let latents = x
  for (let call = start; call < scheduler.timesteps.length; call++) {
    const output = answer(scheduler.scaleModelInput(latents, call), scheduler.timesteps[call]!)
    latents = scheduler.step(output, call, latents, generator)
    rows.push(latents)
  }
  return [rows[0]!, ...rows.slice(1).slice(-1)]
}

function runFromNoise({ name, config, steps }: Case, answer = model): Float32Array[] {
  const scheduler = createScheduler(name, config, steps)
  const generator = new TorchGenerator(golden.seed)
  const x = generator.randn(COUNT).map((value) => value * scheduler.initNoiseSigma)
  return walk(scheduler, x, 0, generator, answer)
}

function runFromImage({ name, config, steps, strength }: ImageCase): Float32Array[] {
  const scheduler = createScheduler(name, config, steps)
  const generator = new TorchGenerator(golden.seed)
  const start = startCall(scheduler, steps, strength)
  const original = Float32Array.from({ length: COUNT }, (_, i) => -1.5 + (2.7 * i) / (COUNT - 1))
  const noisy = scheduler.addNoise(original, generator.randn(COUNT), start)
  return [noisy, ...walk(scheduler, noisy, start, generator, model)]
}

function worstDifference(expected: number[][], actual: Float32Array[]): number {
  expect(actual.length).toBe(expected.length)
  return Math.max(
    ...expected.map((row, k) => {
      const scale = Math.max(...row.map(Math.abs))
      return Math.max(...row.map((value, i) => Math.abs(value - actual[k]![i]!))) / scale
    }),
  )
}

const titleOf = ({ name, steps, config }: Pick<Case, 'name' | 'steps' | 'config'>) =>
  `${name}, ${steps} steps, ${JSON.stringify(config)}`

/** A model whose answers are off by a little, but more than the tolerance forgives. */
const modelOffFor =
  ({ name }: Case): Model =>
  (x, timestep) =>
    model(x, timestep).map((value) => value * (name === 'dpmpp-sde' ? 1.05 : 1.004))

describe.each(fromNoise.map((item) => [titleOf(item), item] as const))('%s', (_, item) => {
  test('goes the way diffusers goes', () => {
    const scheduler = createScheduler(item.name, item.config, item.steps)
    expect(scheduler.timesteps.length).toBe(item.timesteps.length)
    for (const [i, timestep] of item.timesteps.entries()) {
      expect(Math.abs(scheduler.timesteps[i]! - timestep)).toBeLessThan(2e-3)
    }
    expect(scheduler.initNoiseSigma / item.initNoiseSigma).toBeCloseTo(1, 6)
    expect(worstDifference(item.rows, runFromNoise(item))).toBeLessThan(toleranceOf(item))
  })

  test('a model that answers slightly more would be noticed', () => {
    expect(worstDifference(item.rows, runFromNoise(item, modelOffFor(item)))).toBeGreaterThan(
      toleranceOf(item),
    )
  })
})

describe.each(fromImage.map((item) => [titleOf(item), item] as const))('from a picture: %s', (_, item) => {
  test(`strength ${item.strength} starts where diffusers starts and goes on as it does`, () => {
    const scheduler = createScheduler(item.name, item.config, item.steps)
    expect(startCall(scheduler, item.steps, item.strength)).toBe(item.start)
    expect(scheduler.timesteps.length - item.start).toBe(item.calls)
    expect(worstDifference([item.noisy, ...item.rows], runFromImage(item))).toBeLessThan(toleranceOf(item))
  })
})

test.each<DigestCase>(golden.allTimesteps)(
  '$name has the timesteps of diffusers for every number of steps: $config.timestep_spacing',
  ({ name, config, digest }) => {
    const hash = createHash('sha256')
    for (let steps = 4; steps < (name === 'lcm' ? 51 : 999); steps++) {
      hash.update(new Uint8Array(Float32Array.from(createScheduler(name, config, steps).timesteps).buffer))
    }
    expect(hash.digest('hex')).toBe(digest)
  },
)

test('the noise schedule is torch’s, with and without zero terminal SNR', () => {
  const schedule = {
    trainTimesteps: 1000,
    betaStart: 0.00085,
    betaEnd: 0.012,
    betaSchedule: 'scaled_linear' as const,
    trainedBetas: null,
  }
  const every37th = (table: Float32Array) => [...table].filter((_, i) => i % 37 === 0)
  const plain = alphasCumprod({ ...schedule, rescaleBetasZeroSnr: false })
  expect(every37th(plain)).toEqual(golden.alphasCumprod)
  const rescaled = alphasCumprod({ ...schedule, rescaleBetasZeroSnr: true })
  expect(rescaled.at(-1)).toBe(0)
  const expected: number[] = golden.alphasCumprodZeroSnr.slice(0, -1)
  expect(Math.max(...every37th(rescaled).map((v, i) => Math.abs(v - expected[i]!)))).toBeLessThan(4e-7)
})

describe('names', () => {
  test('ours in any capitals, with spacings, and diffusers’ classes', () => {
    expect(schedulerNamed('Euler')).toBe('euler')
    expect(schedulerNamed('DPMPP-2M-Karras')).toBe('dpmpp-2m-karras')
    expect(schedulerNamed('DPMSolverMultistepScheduler')).toBe('DPMSolverMultistepScheduler')
    for (const none of ['ddim-karras', 'lcm-beta', 'constructor', 'euler-', '']) {
      expect(schedulerNamed(none)).toBeNull()
    }
  })

  test('every name makes a scheduler for a usual model, and another result than every other short name', () => {
    const results = new Map<string, string>()
    for (const name of ALL_SCHEDULER_NAMES) {
      const config = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear', steps_offset: 1 }
      const rows = runFromNoise({ name, config, steps: 6, timesteps: [], initNoiseSigma: 1, rows: [] })
      expect([...rows.at(-1)!].every(Number.isFinite), name).toBe(true)
      if (!name.endsWith('Scheduler')) results.set(String(rows.at(-1)), name)
    }
    const short = ALL_SCHEDULER_NAMES.filter((name) => !name.endsWith('Scheduler'))
    expect([...results.values()].sort()).toEqual([...short].sort())
    expect(SCHEDULER_NAMES.length).toBe(10)
  })

  test('a short name decides what it names; a class leaves it to the config', () => {
    const config = { algorithm_type: 'sde-dpmsolver++', solver_order: 3, use_karras_sigmas: true }
    const last = (name: string, more: SchedulerConfig = {}) =>
      runFromNoise({
        name,
        config: { ...config, ...more },
        steps: 6,
        timesteps: [],
        initNoiseSigma: 1,
        rows: [],
      }).at(-1)
    const plain = { algorithm_type: 'dpmsolver++', solver_order: 2 }
    expect(last('dpmpp-2m')).toEqual(last('DPMSolverMultistepScheduler', plain))
    expect(last('dpmpp-2m-sde')).toEqual(last('DPMSolverMultistepScheduler', { solver_order: 2 }))
    const exponential = { ...plain, use_karras_sigmas: false, use_exponential_sigmas: true }
    expect(last('dpmpp-2m-exponential')).toEqual(last('DPMSolverMultistepScheduler', exponential))
  })

  test('a config of a class that is not there falls back to DDIM and says so', () => {
    expect(schedulerOfConfig({ _class_name: 'PNDMScheduler' })).toEqual({
      name: 'PNDMScheduler',
      warning: null,
    })
    expect(schedulerOfConfig({})).toEqual({ name: 'DDIMScheduler', warning: null })
    for (const unknown of ['TCDScheduler', 'toString']) {
      const { name, warning } = schedulerOfConfig({ _class_name: unknown })
      expect(name).toBe('ddim')
      expect(warning).toContain(unknown)
    }
  })
})

describe('fresh noise', () => {
  const config = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' }
  const run = (name: string, seed: number | bigint, more: SchedulerConfig = {}) => {
    const scheduler = createScheduler(name, { ...config, ...more }, 5)
    const x = new TorchGenerator(1).randn(COUNT)
    return walk(scheduler, x, 0, new TorchGenerator(seed), model).at(-1)
  }

  test.each(['euler-ancestral', 'dpmpp-2m-sde', 'dpmpp-sde', 'lcm'])('%s draws it from the seed', (name) => {
    expect(run(name, 5)).toEqual(run(name, 5))
    expect(run(name, 5)).not.toEqual(run(name, 6))
  })

  test.each(['ddim', 'pndm', 'euler', 'heun', 'dpmpp-2m', 'unipc'])('%s draws none', (name) => {
    expect(run(name, 5)).toEqual(run(name, 6))
  })

  test('the Brownian motion takes all 64 bits of the seed, and a config’s own seed before it', () => {
    expect(run('dpmpp-sde', 5n)).not.toEqual(run('dpmpp-sde', 5n + 2n ** 32n))
    expect(run('dpmpp-sde', 6, { noise_sampler_seed: 5 })).toEqual(run('dpmpp-sde', 5))
  })
})

test.each<[string, SchedulerConfig, number, string]>([
  ['euler', { beta_schedule: 'odd' }, 5, 'beta_schedule'],
  ['euler', { prediction_type: 'flow_prediction' }, 5, 'prediction_type'],
  ['euler', { interpolation_type: 'log_linear' }, 5, 'interpolation_type'],
  ['euler', { use_karras_sigmas: true, use_beta_sigmas: true }, 5, 'use_karras_sigmas and use_beta_sigmas'],
  ['euler-ancestral', { prediction_type: 'sample' }, 5, 'prediction_type'],
  ['dpmpp-2m', { use_flow_sigmas: true }, 5, 'use_flow_sigmas'],
  ['dpmpp-2m', { solver_type: 'odd' }, 5, 'solver_type'],
  ['DPMSolverMultistepScheduler', { algorithm_type: 'dpmsolver' }, 5, 'final_sigmas_type'],
  ['DPMSolverMultistepScheduler', { solver_order: 4 }, 5, 'solver_order'],
  ['unipc', { solver_p: {} }, 5, 'solver_p'],
  ['unipc', { predict_x0: false }, 5, 'final_sigmas_type'],
  ['pndm', {}, 3, 'must be 4 or more'],
  ['lcm', {}, 51, '50'],
  ['lcm', { original_inference_steps: 2000 }, 5, 'original_inference_steps'],
  ['ddim', { steps_offset: 1 }, 1000, 'past the last timestep'],
  ['ddim', {}, 0, 'steps'],
  ['heun', {}, 1.5, 'steps'],
  ['unipc', {}, 1001, '1000'],
  ['toString', {}, 5, 'toString'],
])('%s refuses %j with %i steps', (name, config, steps, message) => {
  expect(() => createScheduler(name, config, steps)).toThrow(message)
})

test('Stable Diffusion’s pipeline never clips and offsets by one', () => {
  const config = stableDiffusionSchedulerConfig({ clip_sample: true, steps_offset: 0, beta_end: 0.012 })
  expect(config).toEqual({ clip_sample: false, steps_offset: 1, beta_end: 0.012 })
})
