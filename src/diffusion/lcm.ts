// Latent consistency models: few steps, each predicting the clean picture and mixing fresh noise in (arXiv 2310.04378,
// algorithm 3). Source: diffusers schedulers/scheduling_lcm.py.

import { createClamp } from './clamp-original.js'
import { alphasCumprod, amplitudesOf } from './noise-schedule.js'
import { mixNoise, predictOriginal } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { checkSteps, numberOr, readCommonConfig } from './scheduler-config.js'

const f = Math.fround

/** σ_data² of the boundary condition. */
const DATA_VARIANCE = 0.25

export function createLcm(config: SchedulerConfig, steps: number, share = 1): Scheduler {
  const common = readCommonConfig(config, {
    spacing: 'leading',
    betaStart: 0.00085,
    betaEnd: 0.012,
    betaSchedule: 'scaled_linear',
    canRescale: true,
    canPredictSample: true,
  })
  const train = common.trainTimesteps
  const distilled = numberOr(config, 'original_inference_steps', 50)
  if (distilled > train) {
    throw new RangeError(
      `the scheduler's original_inference_steps is ${distilled}, more than its ${train} timesteps`,
    )
  }
  const usable = Math.trunc(distilled * share)
  checkSteps(steps, usable)
  const timesteps = distilledTimesteps(Math.floor(train / distilled), usable, steps)
  const alphas = alphasCumprod(common)
  const clamp = createClamp(config)
  const timestepScaling = f(numberOr(config, 'timestep_scaling', 10))
  const amplitudesAt = (callIndex: number) => amplitudesOf(alphas[timesteps[callIndex]!]!)

  return {
    timesteps,
    callsPerStep: 1,
    initNoiseSigma: 1,
    scaleModelInput: (x) => x,
    step(modelOutput, callIndex, x, generator) {
      const original = predictOriginal(common.predictionType, modelOutput, x, amplitudesAt(callIndex))
      clamp(original)
      const { skip, out } = boundaryScalings(f(timesteps[callIndex]! * timestepScaling))
      const denoised = original.map((value, i) => f(out * value) + f(skip * x[i]!))
      if (callIndex === timesteps.length - 1) return denoised
      return mixNoise(denoised, generator.randn(x.length), amplitudesAt(callIndex + 1))
    },
    addNoise: (original, noise, callIndex) => mixNoise(original, noise, amplitudesAt(callIndex)),
  }
}

/** Of the `usable` lowest timesteps that the model was distilled on, `steps` evenly chosen ones, descending. */
function distilledTimesteps(stride: number, usable: number, steps: number): number[] {
  const gap = usable / steps
  return Array.from({ length: steps }, (_, i) => (usable - Math.floor(i * gap)) * stride - 1)
}

/** How much of the latents and of the prediction make the answer: all latents at timestep 0. */
function boundaryScalings(scaledTimestep: number): { skip: number; out: number } {
  const sum = f(f(scaledTimestep * scaledTimestep) + DATA_VARIANCE)
  return { skip: f(DATA_VARIANCE / sum), out: f(scaledTimestep / f(Math.sqrt(sum))) }
}
