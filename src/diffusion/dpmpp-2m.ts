// DPM-Solver++ (2M): second-order multistep with data prediction and the midpoint rule (arXiv 2211.01095, algorithm 2).
// Source: diffusers schedulers/scheduling_dpmsolver_multistep.py.

import { SMALLEST_ALPHA } from './euler.js'
import { alphasCumprod, sigmasOf } from './noise-schedule.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { checkSteps, flagOr, numberOr, readCommonConfig, refuseFlags, wordOr } from './scheduler-config.js'
import { karrasSigmas, sigmaAt, timestepOfSigma } from './sigmas.js'
import { leadingTimesteps, linspace, roundHalfEven, trailingTimesteps } from './timesteps.js'

const f = Math.fround

/** Signal and noise amplitude at a noise level, and half the log of their squared ratio. */
type Level = { alpha: number; sigma: number; lambda: number }

export function createDpmpp2m(config: SchedulerConfig, steps: number): Scheduler {
  refuseFlags(config, [
    'thresholding',
    'use_exponential_sigmas',
    'use_beta_sigmas',
    'use_lu_lambdas',
    'use_flow_sigmas',
  ])
  wordOr(config, 'algorithm_type', 'dpmsolver++', ['dpmsolver++'])
  wordOr(config, 'solver_type', 'midpoint', ['midpoint'])
  if (numberOr(config, 'solver_order', 2) !== 2)
    throw new RangeError("the scheduler's solver_order must be 2")
  const common = readCommonConfig(config, 'linspace')
  const train = common.trainTimesteps
  checkSteps(steps, train)
  const alphas = alphasCumprod(common)
  if (common.rescaleBetasZeroSnr) alphas[alphas.length - 1] = SMALLEST_ALPHA
  const table = sigmasOf(alphas)
  const endsAtZero = wordOr(config, 'final_sigmas_type', 'zero', ['zero', 'sigma_min']) === 'zero'

  // diffusers forgets timesteps whose log-SNR is below lambda_min_clipped (which JSON writes as a huge negative number).
  const lowest = numberOr(config, 'lambda_min_clipped', Number.NEGATIVE_INFINITY)
  const usable = table.filter((sigma) => -Math.log(sigma) >= lowest).length

  let timesteps = spacedTimesteps(common.spacing, train, usable, steps, common.stepsOffset)
  if (timesteps[0]! >= train)
    throw new RangeError(`${steps} steps with an offset reach past the last timestep`)
  let levels = timesteps.map((timestep) => sigmaAt(table, timestep))
  if (flagOr(config, 'use_karras_sigmas', false)) {
    levels = karrasSigmas(table.at(-1)!, table[0]!, steps)
    const exact = levels.map((level) => timestepOfSigma(table, level))
    timesteps = exact.map(common.betaSchedule === 'squaredcos_cap_v2' ? Math.trunc : roundHalfEven)
  }
  const nodes = Array.from([...levels, endsAtZero ? 0 : table[0]!], (sigma) => levelOf(f(sigma)))

  const last = timesteps.length - 1
  const lastIsFirstOrder =
    endsAtZero ||
    flagOr(config, 'euler_at_final', false) ||
    (flagOr(config, 'lower_order_final', true) && timesteps.length < 15)
  let earlier: Float32Array | null = null

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleModelInput: (x) => x,
    step(modelOutput, stepIndex, x) {
      const from = nodes[stepIndex]!
      const to = nodes[stepIndex + 1]!
      const x0 = predictOriginal(common.predictionType, modelOutput, x, from)
      const h = f(to.lambda - from.lambda)
      const keep = f(to.sigma / from.sigma)
      const pull = f(to.alpha * f(f(Math.exp(-h)) - 1))
      const result = new Float32Array(x.length)
      if (earlier === null || (stepIndex === last && lastIsFirstOrder)) {
        for (let i = 0; i < x.length; i++) result[i] = f(keep * x[i]!) - f(pull * x0[i]!)
      } else {
        const h0 = f(from.lambda - nodes[stepIndex - 1]!.lambda)
        const slope = f(1 / f(h0 / h))
        const half = f(0.5 * pull)
        for (let i = 0; i < x.length; i++) {
          const d1 = f(slope * f(x0[i]! - earlier[i]!))
          result[i] = f(f(keep * x[i]!) - f(pull * x0[i]!)) - f(half * d1)
        }
      }
      earlier = x0
      return result
    },
  }
}

function spacedTimesteps(
  spacing: string,
  train: number,
  usable: number,
  steps: number,
  offset: number,
): number[] {
  if (spacing === 'trailing') return trailingTimesteps(train, steps, usable)
  if (spacing === 'leading')
    return leadingTimesteps(Math.floor(usable / (steps + 1)), steps + 1, offset).slice(0, -1)
  return linspace(0, usable - 1, steps + 1)
    .map(roundHalfEven)
    .reverse()
    .slice(0, -1)
}

/** At σ = 0, λ is infinite, which the step formulas want. */
function levelOf(sigma: number): Level {
  const alpha = f(1 / f(Math.sqrt(f(f(sigma * sigma) + 1))))
  const scaled = f(sigma * alpha)
  return { alpha, sigma: scaled, lambda: f(f(Math.log(alpha)) - f(Math.log(scaled))) }
}

function predictOriginal(type: string, output: Float32Array, x: Float32Array, at: Level): Float32Array {
  if (type === 'sample') return output.slice()
  if (type === 'v_prediction') return x.map((value, i) => f(at.alpha * value) - f(at.sigma * output[i]!))
  return x.map((value, i) => f(value - f(at.sigma * output[i]!)) / at.alpha)
}
