// Where painting from a picture starts. Source: diffusers StableDiffusionImg2ImgPipeline.get_timesteps.

import type { Scheduler } from './scheduler.js'

/**
 * The first model call when `strength` (0…1) of the steps are taken: 0 for all of them. At strength 1 the picture is still
 * there under the noise. When it is the number of calls, nothing is to be done.
 */
export function startCall(scheduler: Scheduler, steps: number, strength: number): number {
  const taken = Math.min(Math.trunc(steps * strength), steps)
  return (steps - taken) * scheduler.callsPerStep
}
