// Where painting starts.

import type { Hold } from './inpainting.js'
import type { Scheduler } from './scheduler.js'

/** Latents of one picture: channels × height × width. */
export type LatentSize = { channels: number; height: number; width: number }

export type Start = {
  latents: Float32Array
  /** The scheduler's model call that takes them. */
  firstCall: number
  /** What ties them to a picture; null for nothing. */
  hold: Hold | null
}

export const latentCount = ({ channels, height, width }: LatentSize): number => channels * height * width

/** Pure noise at the scheduler's first noise level. */
export function startFromNoise(drawNoise: () => Float32Array, scheduler: Scheduler): Start {
  return { latents: atFirstLevel(drawNoise(), scheduler), firstCall: 0, hold: null }
}

/** Standard normal noise, scaled to the scheduler's first noise level. */
export function atFirstLevel(noise: Float32Array, { initNoiseSigma }: Scheduler): Float32Array {
  return initNoiseSigma === 1 ? noise : noise.map((value) => value * initNoiseSigma)
}
