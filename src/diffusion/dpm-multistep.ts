// DPM-Solver and DPM-Solver++, multistep, of order 1 to 3, as ODE and as SDE (arXiv 2206.00927, 2211.01095).
// Source: diffusers schedulers/scheduling_dpmsolver_multistep.py.

import { createThreshold } from './clamp-original.js'
import {
  createLevelPath,
  type NoiseLevel,
  noiseLevelOf,
  roundsTimesteps,
  wholeTimesteps,
} from './noise-levels.js'
import { trainingSigmas } from './noise-schedule.js'
import { mixNoise, predictNoise, predictOriginal } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { flagOr, numberOr, readCommonConfig, refuseFlags, wordOr } from './scheduler-config.js'

const f = Math.fround

/** `++` solves for the clean picture, the others for the noise; `sde` adds fresh noise at each step. */
type Algorithm = 'dpmsolver' | 'dpmsolver++' | 'sde-dpmsolver' | 'sde-dpmsolver++'
type SolverType = 'midpoint' | 'heun'

export function createDpmMultistep(config: SchedulerConfig, steps: number): Scheduler {
  refuseFlags(config, ['use_flow_sigmas'])
  const { algorithm, solverType, order, endsAtZero } = readSolver(config)
  const common = readCommonConfig(config, { spacing: 'linspace', canRescale: true, canPredictSample: true })
  const table = trainingSigmas(common)
  const path = createLevelPath(config, common, table, usableTimesteps(config, table), steps)
  const timesteps = wholeTimesteps(
    path.timesteps,
    roundsTimesteps(path.spacing) && common.betaSchedule !== 'squaredcos_cap_v2',
  )
  const levels = [...path.sigmas, endsAtZero ? 0 : table[0]!].map(noiseLevelOf)
  const threshold = createThreshold(config)

  const last = timesteps.length - 1
  const isShort = flagOr(config, 'lower_order_final', true) && timesteps.length < 15
  const endsAtOrder1 = endsAtZero || isShort || flagOr(config, 'euler_at_final', false)
  let past: Float32Array[] = []

  function convert(output: Float32Array, x: Float32Array, at: NoiseLevel): Float32Array {
    if (algorithm.endsWith('++')) {
      const original = predictOriginal(common.predictionType, output, x, at)
      threshold?.(original)
      return original
    }
    const noise = predictNoise(common.predictionType, output, x, at)
    if (threshold === null) return noise
    const original = predictOriginal('epsilon', noise, x, at)
    threshold(original)
    return predictNoise('sample', original, x, at)
  }

  function orderOf(callIndex: number): number {
    if (callIndex === last && endsAtOrder1) return 1
    const most = callIndex === last - 1 && isShort ? 2 : 3
    return Math.min(order, past.length, most)
  }

  return {
    timesteps,
    callsPerStep: 1,
    initNoiseSigma: 1,
    scaleModelInput: (x) => x,
    step(modelOutput, callIndex, x, generator) {
      const from = levels[callIndex]!
      const to = levels[callIndex + 1]!
      past = [convert(modelOutput, x, from), ...past].slice(0, order)
      const weights = weightsOf(algorithm, from, to)
      const [zeroth, ...slopes] = slopesOf(past.slice(0, orderOf(callIndex)), levels, callIndex)
      const result = x.map((value) => weights.keep * value)
      addScaled(result, weights.zeroth, zeroth!)
      if (slopes.length === 1) addScaled(result, weights[solverType], slopes[0]!)
      if (slopes.length === 2) {
        addScaled(result, weights.heun, slopes[0]!)
        addScaled(result, weights.second, slopes[1]!)
      }
      if (algorithm.startsWith('sde')) addScaled(result, weights.noise, generator.randn(x.length))
      return result
    },
    addNoise: (original, noise, callIndex) => mixNoise(original, noise, levels[callIndex]!),
  }
}

function readSolver(config: SchedulerConfig) {
  // Names of other solvers' variants, which this class takes for its own nearest.
  const named = config.algorithm_type === 'deis' ? 'dpmsolver++' : config.algorithm_type
  const typed = ['logrho', 'bh1', 'bh2'].includes(String(config.solver_type))
    ? 'midpoint'
    : config.solver_type
  const spelled = { ...config, algorithm_type: named, solver_type: typed }
  const algorithm = wordOr<Algorithm>(spelled, 'algorithm_type', 'dpmsolver++', [
    'dpmsolver++',
    'dpmsolver',
    'sde-dpmsolver++',
    'sde-dpmsolver',
  ])
  const solverType = wordOr<SolverType>(spelled, 'solver_type', 'midpoint', ['midpoint', 'heun'])
  const order = numberOr(config, 'solver_order', 2)
  const highest = algorithm === 'sde-dpmsolver' ? 2 : 3
  if (!Number.isInteger(order) || order < 1 || order > highest)
    throw new RangeError(`the scheduler's solver_order must be 1 to ${highest}, not ${order}`)
  const endsAtZero = wordOr(config, 'final_sigmas_type', 'zero', ['zero', 'sigma_min']) === 'zero'
  if (endsAtZero && !algorithm.endsWith('++'))
    throw new RangeError(`the scheduler's final_sigmas_type must be sigma_min for ${algorithm}`)
  return { algorithm, solverType, order, endsAtZero }
}

/** diffusers forgets timesteps whose log SNR is below lambda_min_clipped, which cosine schedules need. */
function usableTimesteps(config: SchedulerConfig, table: Float32Array): number {
  const lowest = numberOr(config, 'lambda_min_clipped', Number.NEGATIVE_INFINITY)
  return table.filter((sigma) => -Math.log(sigma) >= lowest).length
}

/** What the latents and each derivative of the outputs count for in a step; `midpoint` and `heun` are two for the first. */
type Weights = Record<'keep' | 'zeroth' | SolverType | 'second' | 'noise', number>

function weightsOf(algorithm: Algorithm, from: NoiseLevel, to: NoiseLevel): Weights {
  const { alpha, sigma } = to
  const h = f(to.lambda - from.lambda)
  switch (algorithm) {
    case 'dpmsolver++': {
      const e = f(f(Math.exp(-h)) - 1)
      return {
        keep: f(sigma / from.sigma),
        zeroth: -f(alpha * e),
        midpoint: -0.5 * f(alpha * e),
        heun: f(alpha * f(f(e / h) + 1)),
        second: -f(alpha * f(f(f(e + h) / f(h * h)) - 0.5)),
        noise: 0,
      }
    }
    case 'dpmsolver': {
      const e = f(f(Math.exp(h)) - 1)
      return {
        keep: f(alpha / from.alpha),
        zeroth: -f(sigma * e),
        midpoint: -0.5 * f(sigma * e),
        heun: -f(sigma * f(f(e / h) - 1)),
        second: -f(sigma * f(f(f(e - h) / f(h * h)) - 0.5)),
        noise: 0,
      }
    }
    case 'sde-dpmsolver++': {
      const e = f(1 - f(Math.exp(-2 * h)))
      return {
        keep: f(f(sigma / from.sigma) * f(Math.exp(-h))),
        zeroth: f(alpha * e),
        midpoint: 0.5 * f(alpha * e),
        heun: f(alpha * f(f(e / (-2 * h)) + 1)),
        second: f(alpha * f(f(f(e - 2 * h) / f(4 * h * h)) - 0.5)),
        noise: f(sigma * f(Math.sqrt(e))),
      }
    }
    case 'sde-dpmsolver': {
      const e = f(f(Math.exp(h)) - 1)
      return {
        keep: f(alpha / from.alpha),
        zeroth: -2 * f(sigma * e),
        midpoint: -f(sigma * e),
        heun: -2 * f(sigma * f(f(e / h) - 1)),
        second: Number.NaN,
        noise: f(sigma * f(Math.sqrt(f(f(Math.exp(2 * h)) - 1)))),
      }
    }
  }
}

/** The newest output and its divided differences in λ, scaled to the step: as many as there are outputs, newest first. */
function slopesOf(
  [m0, m1, m2]: readonly Float32Array[],
  levels: readonly NoiseLevel[],
  callIndex: number,
): Float32Array[] {
  const stride = (i: number) => f(levels[i + 1]!.lambda - levels[i]!.lambda)
  const slope = (a: Float32Array, b: Float32Array, ratio: number) => {
    const scale = f(1 / ratio)
    return a.map((value, i) => scale * f(value - b[i]!))
  }
  if (m1 === undefined) return [m0!]
  const h = stride(callIndex)
  const r0 = f(stride(callIndex - 1) / h)
  const newer = slope(m0!, m1, r0)
  if (m2 === undefined) return [m0!, newer]
  const r1 = f(stride(callIndex - 2) / h)
  const older = slope(m1, m2, r1)
  const lean = f(r0 / f(r0 + r1))
  return [
    m0!,
    newer.map((value, i) => value + f(lean * f(value - older[i]!))),
    slope(newer, older, f(r0 + r1)),
  ]
}

function addScaled(target: Float32Array, factor: number, tensor: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + f(factor * tensor[i]!)
}
