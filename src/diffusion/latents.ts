// Where painting starts.

import type { NoiseSource } from './noise.js'
import type { Scheduler } from './scheduler.js'

/** Latents of one picture: channels × height × width. */
export type LatentSize = { channels: number; height: number; width: number }

export type Start = {
  latents: Float32Array
  /** The scheduler's model call that takes them. */
  firstCall: number
}

/** Pure noise at the scheduler's first noise level. */
export function startFromNoise(size: LatentSize, scheduler: Scheduler, generator: NoiseSource): Start {
  const noise = generator.randn(size.channels * size.height * size.width)
  const sigma = scheduler.initNoiseSigma
  return { latents: sigma === 1 ? noise : noise.map((value) => value * sigma), firstCall: 0 }
}
