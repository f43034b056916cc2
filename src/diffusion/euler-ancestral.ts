// Euler's method that goes further down than it should and makes up for it with fresh noise.
// Source: diffusers schedulers/scheduling_euler_ancestral_discrete.py, after k-diffusion's sample_euler_ancestral.

import { predictOriginalOfSigma, scaleToUnitVariance } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { addNoiseOfSigma, createSigmaPath, initNoiseSigmaOf } from './sigma-path.js'

const f = Math.fround

export function createEulerAncestral(config: SchedulerConfig, steps: number): Scheduler {
  const { common, timesteps, ...path } = createSigmaPath(
    config,
    steps,
    { spacing: 'linspace', canRescale: true, canPredictSample: false },
    { respacing: null },
  )
  const sigmas = Float32Array.from([...path.sigmas, 0])

  return {
    timesteps,
    callsPerStep: 1,
    initNoiseSigma: initNoiseSigmaOf(sigmas, common.spacing),
    scaleModelInput: (x, callIndex) => scaleToUnitVariance(x, sigmas[callIndex]!),
    step(modelOutput, callIndex, x, generator) {
      const sigma = sigmas[callIndex]!
      const { down, up } = ancestralSigmas(sigma, sigmas[callIndex + 1]!)
      const dt = f(down - sigma)
      const original = predictOriginalOfSigma(common.predictionType, modelOutput, x, sigma)
      // Drawn at the last step too, where `up` is 0, as diffusers does.
      const noise = generator.randn(x.length)
      return x.map((value, i) => f(value + f(f(f(value - original[i]!) / sigma) * dt)) + f(noise[i]! * up))
    },
    addNoise: (original, noise, callIndex) => addNoiseOfSigma(original, noise, sigmas[callIndex]!),
  }
}

/** Where to go without noise, and how much noise then leads to `to`: down² + up² = to². */
export function ancestralSigmas(from: number, to: number): { down: number; up: number } {
  const from2 = f(from * from)
  const to2 = f(to * to)
  const up = Math.min(to, f(Math.sqrt(f(f(to2 * f(from2 - to2)) / from2))))
  return { up, down: f(Math.sqrt(f(to2 - f(up * up)))) }
}
