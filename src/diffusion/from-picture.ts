// Where painting from a picture starts: its latents with noise on top, and the part of it that stays.
// Sources: diffusers StableDiffusionImg2ImgPipeline and StableDiffusionInpaintPipeline (prepare_latents), whose order of draws this
// is: the picture's latents, the noise, the latents of the picture without the part to paint.

import { latentMask, mergeByMask, shownBeside, withoutPart } from './inpainting.js'
import { atFirstLevel, type LatentSize, latentCount, type Start } from './latents.js'
import type { NoiseSource } from './noise.js'
import { isDrawn, type LatentChoice, latentsOf } from './posterior.js'
import type { Scheduler } from './scheduler.js'
import { startCall } from './strength.js'
import type { TensorView, TimedTensor } from './tensor-view.js'

/** The VAE's encoder: 1×3×H×W in −1…1 → what `latentsOf` reads. */
export type EncodePicture = (pixels: TensorView) => Promise<TimedTensor>

export type PictureSource = {
  /** 1 × 3 × H × W in −1…1. */
  pixels: TensorView
  /** 1 for each pixel to paint, 0 for those to keep; null to paint them all. */
  mask: Uint8Array | null
  /** 0…1: how much of the steps is taken. At 1 a masked part starts from noise alone. */
  strength: number
  /** Of all steps; `strength` of them must be one or more. */
  steps: number
  latents: LatentChoice
}

export type PictureContext = {
  scheduler: Scheduler
  size: LatentSize
  /** The VAE's scaling_factor. */
  scalingFactor: number
  generator: NoiseSource
  /** The noise on top of the picture, drawn from the generator. */
  drawNoise: () => Float32Array
  /** Whether the UNet is shown the mask and what lies around it. */
  isShownMask: boolean
}

/** `ms` is what the encoder's calls took. */
export async function startFromPicture(
  encode: EncodePicture,
  { pixels, mask, strength, steps, latents: choice }: PictureSource,
  { scheduler, size, scalingFactor, generator, drawNoise, isShownMask }: PictureContext,
): Promise<Start & { ms: number }> {
  const count = latentCount(size)
  const firstCall = startCall(scheduler, steps, strength)
  let ms = 0
  let draws = true
  async function encodeLatents(planes: Float32Array): Promise<Float32Array> {
    const { data, ms: took } = await encode({ data: planes, dims: pixels.dims })
    ms += took
    draws = isDrawn(data, count, choice)
    return latentsOf(data, count, choice, scalingFactor, generator)
  }

  const isFromNoise = mask !== null && strength === 1
  const original = isFromNoise && isShownMask ? null : await encodeLatents(pixels.data)
  const noise = drawNoise()
  const latents =
    isFromNoise || original === null
      ? atFirstLevel(noise, scheduler)
      : scheduler.addNoise(original, noise, firstCall)
  if (mask === null) return { latents, firstCall, hold: null, ms }

  const part = latentMask(mask, pixels.dims[3]!, size)
  if (isShownMask) {
    const around = await encodeLatents(withoutPart(pixels.data, mask))
    return { latents, firstCall, hold: shownBeside(part, around), ms }
  }
  // diffusers encodes the rest of the picture here too, and has no use for it but that the noise of later steps moves on.
  if (draws) generator.randn(count)
  const restore = (painted: Float32Array, nextCall: number) => {
    const isClean = nextCall === scheduler.timesteps.length
    return mergeByMask(painted, isClean ? original! : scheduler.addNoise(original!, noise, nextCall), part)
  }
  return { latents, firstCall, hold: { kind: 'kept', restore }, ms }
}
