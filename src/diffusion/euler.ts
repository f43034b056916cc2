// Euler's method on the probability-flow ODE (arXiv 2206.00364, algorithm 2 without churn).
// Source: diffusers schedulers/scheduling_euler_discrete.py.

import { predictOriginalOfSigma, scaleToUnitVariance } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { wordOr } from './scheduler-config.js'
import { addNoiseOfSigma, createSigmaPath, initNoiseSigmaOf } from './sigma-path.js'

const f = Math.fround

export function createEuler(config: SchedulerConfig, steps: number): Scheduler {
  wordOr(config, 'interpolation_type', 'linear', ['linear'])
  wordOr(config, 'timestep_type', 'discrete', ['discrete'])
  // An older spelling that this class still takes.
  const spelled =
    config.prediction_type === 'original_sample' ? { ...config, prediction_type: 'sample' } : config
  const path = createSigmaPath(spelled, steps, {
    spacing: 'linspace',
    canRescale: true,
    canPredictSample: true,
  })
  const endsAtZero = wordOr(config, 'final_sigmas_type', 'zero', ['zero', 'sigma_min']) === 'zero'
  const sigmas = Float32Array.from([...path.sigmas, endsAtZero ? 0 : path.table[0]!])

  return {
    timesteps: path.timesteps.map(f),
    callsPerStep: 1,
    initNoiseSigma: initNoiseSigmaOf(sigmas, path.common.spacing),
    scaleModelInput: (x, callIndex) => scaleToUnitVariance(x, sigmas[callIndex]!),
    step(modelOutput, callIndex, x) {
      const sigma = sigmas[callIndex]!
      const dt = f(sigmas[callIndex + 1]! - sigma)
      const original = predictOriginalOfSigma(path.common.predictionType, modelOutput, x, sigma)
      return x.map((value, i) => value + f(f(f(value - original[i]!) / sigma) * dt))
    },
    addNoise: (original, noise, callIndex) => addNoiseOfSigma(original, noise, sigmas[callIndex]!),
  }
}
