// Against diffusers' schedulers; the golden file is made by tools/golden/schedulers.py.

import { describe, expect, test } from 'vitest'
import { alphasCumprod } from '../../src/diffusion/noise-schedule.js'
import {
  createScheduler,
  type SchedulerConfig,
  type SchedulerName,
  schedulerNamed,
  schedulerOfConfig,
  stableDiffusionSchedulerConfig,
} from '../../src/diffusion/scheduler.js'
import { goldenJson } from './golden-file.js'

type Case = {
  name: SchedulerName
  config: SchedulerConfig
  steps: number
  timesteps: number[]
  initNoiseSigma: number
  trajectory: number[][]
}

const golden = goldenJson('schedulers.json')
const cases: Case[] = golden.cases

/** Largest difference over the largest value of the same step. */
const RELATIVE_TOLERANCE = 1e-5

/**
 * Euler starts at σ = 4096 when the terminal SNR is zero, so that its first step cancels three digits; torch's sqrt for the
 * rescaled table is one unit in the last place off in places.
 */
const ZERO_SNR_EULER_TOLERANCE = 6e-5

const toleranceOf = ({ name, config }: Case) =>
  name === 'euler' && config.rescale_betas_zero_snr ? ZERO_SNR_EULER_TOLERANCE : RELATIVE_TOLERANCE

/** The made-up model of the golden script. */
const model = (x: Float32Array, timestep: number): Float32Array =>
  x.map((value, i) => Math.sin(1.3 * value + 0.7 * i) + 0.1 * Math.cos(0.01 * timestep))

function run(
  { name, config, steps }: Case,
  answer = model,
): { timesteps: readonly number[]; trajectory: Float32Array[] } {
  const scheduler = createScheduler(name, config, steps)
  let x: Float32Array = Float32Array.from(
    golden.noise as number[],
    (value) => value * scheduler.initNoiseSigma,
  )
  const trajectory = [x]
  for (const [i, timestep] of scheduler.timesteps.entries()) {
    x = scheduler.step(answer(scheduler.scaleModelInput(x, i), timestep), i, x)
    trajectory.push(x)
  }
  return { timesteps: scheduler.timesteps, trajectory }
}

/** The golden file keeps the first row and the last three of long trajectories. */
function worstDifference(expected: number[][], trajectory: Float32Array[]): number {
  const kept = expected.length === trajectory.length ? trajectory : [trajectory[0]!, ...trajectory.slice(-3)]
  return Math.max(
    ...expected.map((row, step) => {
      const scale = Math.max(...row.map(Math.abs))
      return Math.max(...row.map((value, i) => Math.abs(value - kept[step]![i]!))) / scale
    }),
  )
}

const title = ({ name, steps, config }: Case) => `${name}, ${steps} steps, ${JSON.stringify(config)}`

describe.each(cases.map((item) => ({ item, title: title(item) })))('$title', ({ item }) => {
  test('goes the way diffusers goes', () => {
    const { timesteps, trajectory } = run(item)
    expect(timesteps.length).toBe(item.timesteps.length)
    for (const [i, timestep] of item.timesteps.entries()) expect(timesteps[i]).toBeCloseTo(timestep, 3)
    expect(worstDifference(item.trajectory, trajectory)).toBeLessThan(toleranceOf(item))
  })

  test('the comparison notices a coefficient that is off by a thousandth, and zeros', () => {
    const off = run(item, (x, timestep) => model(x, timestep).map((value) => value * 1.001))
    expect(worstDifference(item.trajectory, off.trajectory)).toBeGreaterThan(toleranceOf(item))
    const zeros = run(item).trajectory.map((row) => new Float32Array(row.length))
    expect(worstDifference(item.trajectory, zeros)).toBe(1)
  })
})

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

test('names: ours, and diffusers’ classes', () => {
  expect(schedulerNamed('Euler')).toBe('euler')
  expect(schedulerNamed('DPMSolverMultistepScheduler')).toBe('dpmpp-2m')
  expect(schedulerNamed('constructor')).toBeNull()
})

test('a config of a class that is not built falls back to DDIM and says so', () => {
  expect(schedulerOfConfig({ _class_name: 'EulerDiscreteScheduler' })).toEqual({
    name: 'euler',
    warning: null,
  })
  const { name, warning } = schedulerOfConfig({ _class_name: 'PNDMScheduler' })
  expect(name).toBe('ddim')
  expect(warning).toContain('PNDMScheduler')
})

test('settings that would change the arithmetic are refused, not ignored', () => {
  expect(() => createScheduler('ddim', { thresholding: true }, 5)).toThrow('thresholding')
  expect(() => createScheduler('dpmpp-2m', { algorithm_type: 'sde-dpmsolver++' }, 5)).toThrow(
    'algorithm_type',
  )
  expect(() => createScheduler('euler', { beta_schedule: 'odd' }, 5)).toThrow('beta_schedule')
  expect(() => createScheduler('ddim', {}, 0)).toThrow('steps')
  expect(() => createScheduler('ddim', {}, 1001)).toThrow('1000')
})

test('Stable Diffusion’s pipeline never clips and offsets by one', () => {
  const config = stableDiffusionSchedulerConfig({ clip_sample: true, steps_offset: 0, beta_end: 0.012 })
  expect(config).toEqual({ clip_sample: false, steps_offset: 1, beta_end: 0.012 })
})
