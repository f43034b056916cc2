// DDIM with eta 0 (arXiv 2010.02502, equation 12). Source: diffusers schedulers/scheduling_ddim.py.

import { createClamp } from './clamp-original.js'
import { alphasCumprod, amplitudesOf } from './noise-schedule.js'
import { mixNoise, predictNoise, predictOriginal } from './prediction.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { checkReach, checkSteps, flagOr, readCommonConfig } from './scheduler-config.js'
import { roundHalfEven, spacedTimesteps } from './timesteps.js'

export function createDdim(config: SchedulerConfig, steps: number): Scheduler {
  const common = readCommonConfig(config, { spacing: 'leading', canRescale: true, canPredictSample: true })
  const train = common.trainTimesteps
  checkSteps(steps, train)
  const alphas = alphasCumprod(common)
  const finalAlpha = flagOr(config, 'set_alpha_to_one', true) ? 1 : alphas[0]!
  const clamp = createClamp(config, true)
  const stride = Math.floor(train / steps)
  const timesteps = spacedTimesteps(common.spacing, train, steps, common.stepsOffset).map(roundHalfEven)
  checkReach(timesteps, steps, train)
  const amplitudesAt = (callIndex: number) => amplitudesOf(alphas[timesteps[callIndex]!]!)

  return {
    timesteps,
    callsPerStep: 1,
    initNoiseSigma: 1,
    scaleModelInput: (x) => x,
    step(modelOutput, callIndex, x) {
      const here = amplitudesAt(callIndex)
      const previous = timesteps[callIndex]! - stride
      const there = amplitudesOf(previous >= 0 ? alphas[previous]! : finalAlpha)
      const original = predictOriginal(common.predictionType, modelOutput, x, here)
      const noise = predictNoise(common.predictionType, modelOutput, x, here)
      clamp(original)
      return mixNoise(original, noise, there)
    },
    addNoise: (original, noise, callIndex) => mixNoise(original, noise, amplitudesAt(callIndex)),
  }
}
