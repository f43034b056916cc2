// One picture from words and a seed: the order of things in diffusers' pipelines. Model calls come in as functions.

import { conditionOn, type EncodePrompts, embedPrompts, type PromptRequest } from './conditioning.js'
import { type DenoiseOptions, denoise, type Predict } from './denoise.js'
import { type EncodePicture, type PictureSource, startFromPicture } from './from-picture.js'
import { type LatentSize, latentCount, startFromNoise } from './latents.js'
import { TorchGenerator } from './noise.js'
import { planesToRgb } from './pixels.js'
import { type PlacedSeed, placeSeeds } from './placed-noise.js'
import type { Scheduler } from './scheduler.js'
import { betweenSources, type Towards } from './slerp.js'
import type { TensorView, TimedTensor } from './tensor-view.js'

/** Looks at a finished picture (height × width × 3 bytes): whether it must not be shown, and milliseconds in the model. */
export type CheckPicture = (picture: {
  rgb: Uint8Array
  width: number
  height: number
}) => Promise<{ isFlagged: boolean; ms: number }>

export type PaintCalls = {
  encode: EncodePrompts
  predict: Predict
  /** Only called with a picture to paint from. */
  encodePicture: EncodePicture
  /** The VAE's decoder: latents already divided by the scaling factor → 1×3×height×width in −1…1. */
  decode(latents: TensorView): Promise<TimedTensor>
  /** The model's safety checker; null for none. */
  check: CheckPicture | null
}

export type PaintRequest = PromptRequest & {
  seed: number | bigint
  /** Towards another seed's noise, and how far; left out or null for all the way with the one. */
  towards?: Towards | null
  /** Guidance scale; at 1 or below, models that hear it in no other way run without guidance. */
  guidance: number
  /** 0…1, 0 for none: see `DenoiseRequest`. */
  guidanceRescale: number
  scheduler: Scheduler
  latents: LatentSize
  /** Whose noise takes the place of the seed's, and where; empty for nobody's. */
  placedSeeds: readonly PlacedSeed[]
  /** A picture to paint from; null to paint from noise. */
  source: PictureSource | null
  /** Whether the UNet is shown a mask and what lies around it, as those for inpainting are. */
  isShownMask: boolean
  /** The VAE's scaling_factor. */
  scalingFactor: number
  /** What latents are divided by before they are decoded: the same, but for a preview's decoder. */
  decoderScalingFactor: number
  /** What models of the XL kind are told of the picture's size (`timeIdsOf`); null for others. */
  timeIds: readonly number[] | null
  /** Width of the embedding in which a distilled model hears the guidance scale; null for others. */
  timestepCondWidth: number | null
}

export type PaintTimings = {
  /** Milliseconds in the text encoders. */
  text: number
  /** Milliseconds in the VAE's encoder; 0 without a picture to paint from. */
  encoder: number
  /** Milliseconds of each UNet call. */
  unet: number[]
  /** Milliseconds in the decoder. */
  vae: number
  /** Milliseconds in the safety checker; 0 without one. */
  safety: number
  /** Milliseconds of the whole picture. */
  total: number
}

export type Picture = {
  rgb: Uint8Array
  width: number
  height: number
  /** The safety checker did not let it pass: it is black. */
  isFlagged: boolean
  timings: PaintTimings
}

/** Rejects with the signal's reason when it fires. */
export async function paint(
  calls: PaintCalls,
  request: PaintRequest,
  options: DenoiseOptions = {},
): Promise<Picture> {
  const started = performance.now()
  const { scheduler, latents: size, source } = request
  const isGuided = request.guidance > 1 && request.timestepCondWidth === null
  const own = new TorchGenerator(request.seed)
  const { towards = null } = request
  const generator = towards ? betweenSources(own, new TorchGenerator(towards.seed), towards.amount) : own
  const drawNoise = () => placeSeeds(generator.randn(latentCount(size)), size, request.placedSeeds)

  // The noise is drawn, and a picture encoded, while the text encoders are at work.
  const embedding = embedPrompts(calls.encode, request, isGuided)
  const starting =
    source === null
      ? { ...startFromNoise(drawNoise, scheduler), ms: 0 }
      : startFromPicture(calls.encodePicture, source, { ...request, size, generator, drawNoise })
  const [embeddings, start] = await Promise.all([embedding, starting])

  const { latents, unetMs } = await denoise(
    calls.predict,
    start,
    {
      scheduler,
      size,
      conditioning: conditionOn(embeddings, request),
      guidance: isGuided ? request.guidance : null,
      guidanceRescale: request.guidanceRescale,
      generator,
    },
    options,
  )
  const factor = Math.fround(request.decoderScalingFactor)
  const decoded = await calls.decode({
    data: latents.map((value) => value / factor),
    dims: [1, size.channels, size.height, size.width],
  })
  const [, , height, width] = decoded.dims as [number, number, number, number]
  const rgb = planesToRgb(decoded.data, width, height)
  const verdict = (await calls.check?.({ rgb, width, height })) ?? { isFlagged: false, ms: 0 }
  if (verdict.isFlagged) rgb.fill(0)
  const total = performance.now() - started
  const timings = {
    text: embeddings.ms,
    encoder: start.ms,
    unet: unetMs,
    vae: decoded.ms,
    safety: verdict.ms,
    total,
  }
  return { rgb, width, height, isFlagged: verdict.isFlagged, timings }
}
