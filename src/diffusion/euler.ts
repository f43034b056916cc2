// Euler's method on the probability-flow ODE (arXiv 2206.00364, algorithm 2 without churn).
// Source: diffusers schedulers/scheduling_euler_discrete.py.

import { alphasCumprod, sigmasOf } from './noise-schedule.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { checkSteps, flagOr, readCommonConfig, refuseFlags, wordOr } from './scheduler-config.js'
import { karrasSigmas, sigmaAt, timestepOfSigma } from './sigmas.js'
import { leadingTimesteps, linspace, trailingTimesteps } from './timesteps.js'

const f = Math.fround

/** Stands for ᾱ = 0 at the last timestep of a zero-SNR schedule, so that its σ is finite. */
export const SMALLEST_ALPHA = 2 ** -24

export function createEuler(config: SchedulerConfig, steps: number): Scheduler {
  refuseFlags(config, ['use_exponential_sigmas', 'use_beta_sigmas'])
  wordOr(config, 'interpolation_type', 'linear', ['linear'])
  wordOr(config, 'timestep_type', 'discrete', ['discrete'])
  // An older spelling that this class still takes.
  const spelled =
    config.prediction_type === 'original_sample' ? { ...config, prediction_type: 'sample' } : config
  const common = readCommonConfig(spelled, 'linspace')
  const train = common.trainTimesteps
  checkSteps(steps, train)
  const alphas = alphasCumprod(common)
  if (common.rescaleBetasZeroSnr) alphas[alphas.length - 1] = SMALLEST_ALPHA
  const table = sigmasOf(alphas)
  const endsAtZero = wordOr(config, 'final_sigmas_type', 'zero', ['zero', 'sigma_min']) === 'zero'

  let timesteps = spacedTimesteps(common.spacing, train, steps, common.stepsOffset)
  let levels = timesteps.map((timestep) => sigmaAt(table, timestep))
  if (flagOr(config, 'use_karras_sigmas', false)) {
    const low = config.sigma_min
    const high = config.sigma_max
    levels = karrasSigmas(
      typeof high === 'number' ? high : levels[0]!,
      typeof low === 'number' ? low : levels.at(-1)!,
      steps,
    )
    timesteps = levels.map((level) => f(timestepOfSigma(table, level)))
  }
  const sigmas = Float32Array.from([...levels, endsAtZero ? 0 : table[0]!])
  const largest = sigmas.reduce((a, b) => Math.max(a, b))

  return {
    timesteps,
    initNoiseSigma: common.spacing === 'leading' ? f(Math.sqrt(f(f(largest * largest) + 1))) : largest,
    scaleModelInput(x, stepIndex) {
      const sigma = sigmas[stepIndex]!
      const scale = f(Math.sqrt(f(f(sigma * sigma) + 1)))
      return x.map((value) => value / scale)
    },
    step(modelOutput, stepIndex, x) {
      const sigma = sigmas[stepIndex]!
      const dt = f(sigmas[stepIndex + 1]! - sigma)
      const variance = f(f(sigma * sigma) + 1)
      const outputScale = f(-sigma / f(Math.sqrt(variance)))
      const result = new Float32Array(x.length)
      for (let i = 0; i < x.length; i++) {
        const output = modelOutput[i]!
        let x0: number
        if (common.predictionType === 'epsilon') x0 = f(x[i]! - f(sigma * output))
        else if (common.predictionType === 'v_prediction')
          x0 = f(f(output * outputScale) + f(x[i]! / variance))
        else x0 = output
        const derivative = f(f(x[i]! - x0) / sigma)
        result[i] = x[i]! + f(derivative * dt)
      }
      return result
    },
  }
}

/** Unlike DDIM's, not rounded to whole timesteps when spaced evenly. */
function spacedTimesteps(spacing: string, train: number, steps: number, offset: number): number[] {
  if (spacing === 'leading') return leadingTimesteps(Math.floor(train / steps), steps, offset)
  if (spacing === 'trailing') return trailingTimesteps(train, steps)
  return linspace(0, train - 1, steps)
    .map(f)
    .reverse()
}
