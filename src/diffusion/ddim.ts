// DDIM with eta 0 (arXiv 2010.02502, equation 12). Source: diffusers schedulers/scheduling_ddim.py.

import { alphasCumprod } from './noise-schedule.js'
import type { Scheduler, SchedulerConfig } from './scheduler.js'
import { checkSteps, flagOr, numberOr, readCommonConfig, refuseFlags } from './scheduler-config.js'
import { leadingTimesteps, linspace, roundHalfEven, trailingTimesteps } from './timesteps.js'

const f = Math.fround

export function createDdim(config: SchedulerConfig, steps: number): Scheduler {
  refuseFlags(config, ['thresholding'])
  const common = readCommonConfig(config, 'leading')
  const train = common.trainTimesteps
  checkSteps(steps, train)
  const alphas = alphasCumprod(common)
  const finalAlpha = flagOr(config, 'set_alpha_to_one', true) ? 1 : alphas[0]!
  const clip = flagOr(config, 'clip_sample', true)
    ? numberOr(config, 'clip_sample_range', 1)
    : Number.POSITIVE_INFINITY
  const stride = Math.floor(train / steps)

  const timesteps =
    common.spacing === 'leading'
      ? leadingTimesteps(stride, steps, common.stepsOffset)
      : common.spacing === 'trailing'
        ? trailingTimesteps(train, steps)
        : linspace(0, train - 1, steps)
            .map(roundHalfEven)
            .reverse()
  if (timesteps[0]! >= train)
    throw new RangeError(`${steps} steps with an offset reach past the last timestep`)

  return {
    timesteps,
    initNoiseSigma: 1,
    scaleModelInput: (x) => x,
    step(modelOutput, stepIndex, x) {
      const timestep = timesteps[stepIndex]!
      const alpha = alphas[timestep]!
      const previous = timestep - stride
      const alphaPrevious = previous >= 0 ? alphas[previous]! : finalAlpha
      const signal = f(Math.sqrt(alpha))
      const noise = f(Math.sqrt(f(1 - alpha)))
      const signalPrevious = f(Math.sqrt(alphaPrevious))
      const noisePrevious = f(Math.sqrt(f(1 - alphaPrevious)))
      const result = new Float32Array(x.length)
      for (let i = 0; i < x.length; i++) {
        const output = modelOutput[i]!
        let x0: number
        let epsilon: number
        if (common.predictionType === 'epsilon') {
          x0 = f(f(x[i]! - f(noise * output)) / signal)
          epsilon = output
        } else if (common.predictionType === 'v_prediction') {
          x0 = f(f(signal * x[i]!) - f(noise * output))
          epsilon = f(f(signal * output) + f(noise * x[i]!))
        } else {
          x0 = output
          epsilon = f(f(x[i]! - f(signal * x0)) / noise)
        }
        if (x0 > clip) x0 = clip
        else if (x0 < -clip) x0 = -clip
        result[i] = f(signalPrevious * x0) + f(noisePrevious * epsilon)
      }
      return result
    },
  }
}
