// The loop from noise to clean latents: the model's prediction, guidance, the scheduler's step.

import type { Conditioning } from './conditioning.js'
import { applyGuidance, rescaleGuided, twice } from './guidance.js'
import { joined } from './inpainting.js'
import type { LatentSize, Start } from './latents.js'
import type { NoiseSource } from './noise.js'
import type { Scheduler } from './scheduler.js'
import type { TensorView, TimedTensor } from './tensor-view.js'

/** The UNet: latents (B×C×H×W), a timestep, what the picture is of → prediction (B×C×H×W). */
export type Predict = (
  latents: TensorView,
  timestep: number,
  conditioning: Conditioning,
) => Promise<TimedTensor>

export type DenoiseRequest = {
  scheduler: Scheduler
  size: LatentSize
  conditioning: Conditioning
  /** The scale of classifier-free guidance; null for none, where the batch has one side. */
  guidance: number | null
  /** 0…1: how far a guided prediction gets back the spread of the unguided one. */
  guidanceRescale: number
  generator: NoiseSource
}

export type DenoiseOptions = {
  signal?: AbortSignal | undefined
  /** Called after each step with the number of steps done. */
  onStep?: ((done: number, steps: number) => void) | undefined
}

/** `unetMs` has one entry a model call. Rejects with the signal's reason when it fires. */
export async function denoise(
  predict: Predict,
  { latents, firstCall, hold }: Start,
  request: DenoiseRequest,
  { signal, onStep }: DenoiseOptions,
): Promise<{ latents: Float32Array; unetMs: number[] }> {
  const { scheduler, guidance, conditioning, generator } = request
  const { channels, height, width } = request.size
  const beside = hold?.kind === 'shown' ? hold : null
  const dims = [guidance === null ? 1 : 2, channels + (beside?.channels ?? 0), height, width]
  const calls = scheduler.timesteps.length
  const unetMs: number[] = []
  let x = latents
  for (let call = firstCall; call < calls; call++) {
    signal?.throwIfAborted()
    const scaled = scheduler.scaleModelInput(x, call)
    const side = beside === null ? scaled : joined(scaled, beside.data)
    const sample = { data: guidance === null ? side : twice(side), dims }
    const { data, ms } = await predict(sample, scheduler.timesteps[call]!, conditioning)
    unetMs.push(ms)
    const prediction = guidance === null ? data : guide(data, guidance, request.guidanceRescale)
    x = scheduler.step(prediction, call, x, generator)
    if (hold?.kind === 'kept') x = hold.restore(x, call + 1)
    onStep?.(call + 1 - firstCall, calls - firstCall)
  }
  signal?.throwIfAborted()
  return { latents: x, unetMs }
}

function guide(batch: Float32Array, scale: number, rescale: number): Float32Array {
  const guided = applyGuidance(batch, scale)
  return rescale > 0 ? rescaleGuided(guided, batch.subarray(batch.length / 2), rescale) : guided
}
