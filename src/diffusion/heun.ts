// Heun's second-order method on the probability-flow ODE (arXiv 2206.00364, algorithm 1): two model calls a step, the
// second at the step's far end, but one for the last. Source: diffusers schedulers/scheduling_heun_discrete.py.

import { createClamp } from './clamp-original.js'
import { predictOriginalOfSigma, scaleToUnitVariance } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { addNoiseOfSigma, createSigmaPath, initNoiseSigmaOf } from './sigma-path.js'

const f = Math.fround

export function createHeun(config: SchedulerConfig, steps: number): Scheduler {
  const { common, ...path } = createSigmaPath(config, steps, {
    spacing: 'linspace',
    betaStart: 0.00085,
    betaEnd: 0.012,
    canRescale: false,
    canPredictSample: true,
  })
  const clamp = createClamp({ ...config, thresholding: false })
  const sigmas = Float32Array.from([...twiceButFirst(path.sigmas), 0])
  let first: { x: Float32Array; derivative: Float32Array; dt: number } | null = null

  return {
    timesteps: twiceButFirst(path.timesteps).map(f),
    callsPerStep: 2,
    initNoiseSigma: initNoiseSigmaOf(sigmas, common.spacing),
    scaleModelInput: (x, callIndex) => scaleToUnitVariance(x, sigmas[callIndex]!),
    step(modelOutput, callIndex, x) {
      const sigma = sigmas[callIndex]!
      const original = predictOriginalOfSigma(common.predictionType, modelOutput, x, sigma)
      clamp(original)
      const derivative = x.map((value, i) => f(value - original[i]!) / sigma)
      if (first === null) {
        const dt = f(sigmas[callIndex + 1]! - sigma)
        first = { x, derivative, dt }
        return x.map((value, i) => value + f(derivative[i]! * dt))
      }
      const start = first
      first = null
      return start.x.map((value, i) => value + f(f(f(start.derivative[i]! + derivative[i]!) / 2) * start.dt))
    },
    addNoise: (original, noise, callIndex) => addNoiseOfSigma(original, noise, sigmas[callIndex]!),
  }
}

const twiceButFirst = (values: readonly number[]): number[] => [
  ...values.slice(0, 1),
  ...values.slice(1).flatMap((value) => [value, value]),
]
