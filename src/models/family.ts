// Which kind of diffusion pipeline a folder holds.

import { environmentFailure, type Failure } from '../diagnostic/failure.js'
import type { JsonObject } from './json-file.js'
import type { Family, PipelineKind, UnetFacts } from './model.js'

/** Class names as exporters write them: diffusers' own, its older Onnx ones, optimum's. */
const KINDS: readonly [RegExp, PipelineKind][] = [
  [/^(?:ORT|Onnx)?StableDiffusion(?:Img2Img|Inpaint)?Pipeline(?:Legacy)?$/, 'StableDiffusion'],
  [/^(?:ORT|Onnx)?StableDiffusionXL(?:Img2Img|Inpaint)?Pipeline$/, 'StableDiffusionXL'],
  [/^(?:ORT|Onnx)?LatentConsistencyModel(?:Img2Img)?Pipeline$/, 'LatentConsistencyModel'],
]

const OTHER_CLASSES: readonly [RegExp, string][] = [
  [/StableDiffusion3/, 'Stable Diffusion 3'],
  [/ControlNet/, 'made for a ControlNet'],
  [/Upscale/, 'an upscaler'],
  [/Flux/, 'Flux'],
  [/Cascade|Wuerstchen/, 'Stable Cascade'],
  [/PixArt/, 'PixArt'],
  [/Kandinsky/, 'Kandinsky'],
]

/** Of the usual VAE's latents; with a mask and a masked picture. */
const USUAL_CHANNELS = [4, 9]
const WIDTH_SD1 = 768
const WIDTH_SD2 = 1024

/**
 * The pipeline, by the class that model_index.json names. What the UNet takes wins where the two contradict, and decides
 * where nothing is named; `unet` is null while there is no graph to ask. Fails (exit 3) saying what the model is instead.
 */
export function resolvePipeline(name: string, index: JsonObject, unet: UnetFacts | null): PipelineKind {
  const className = typeof index._class_name === 'string' ? index._class_name : ''
  const kind = KINDS.find(([pattern]) => pattern.test(className))?.[1]
  if (kind === undefined && className !== '') {
    const known = OTHER_CLASSES.find(([pattern]) => pattern.test(className))
    throw environmentFailure(
      `the model ${name} is ${known?.[1] ?? `a ${className}`}, which isn't supported`,
      'Stable Diffusion 1.x, 2.x, XL and Latent Consistency Models in the diffusers ONNX layout are',
    )
  }
  if (index.requires_aesthetics_score === true) throw refinerFailure(name)
  if (unet === null) return kind ?? 'StableDiffusion'
  if (unet.takesSize) return 'StableDiffusionXL'
  if (kind === 'StableDiffusionXL') {
    throw environmentFailure(
      `the model ${name} says that it is Stable Diffusion XL, but its UNet takes no text_embeds and time_ids`,
      'its parts are of two models: get it again',
    )
  }
  return kind ?? (unet.timestepCondWidth === null ? 'StableDiffusion' : 'LatentConsistencyModel')
}

export const refinerFailure = (name: string): Failure =>
  environmentFailure(
    `the model ${name} is the refiner of Stable Diffusion XL, which only goes over finished pictures`,
    'use its base model',
  )

/**
 * What the model is called. SD 2.x shares SD 1.x's pipeline, and the width of its text embeddings tells them apart, or that
 * it predicts velocity; Turbo
 * models share their elder sisters', and the schedule that they were distilled for does.
 */
export function resolveFamily(
  name: string,
  index: JsonObject,
  pipeline: PipelineKind,
  unet: UnetFacts,
  schedulerConfig: JsonObject,
): Family {
  if (unet.timestepCondWidth !== null) return 'lcm'
  // With a VAE of its own it is nobody's sister, and uses the oldest pipeline as it is.
  if (pipeline === 'StableDiffusion' && !USUAL_CHANNELS.includes(unet.channels)) return 'sd1'
  const isTurbo =
    [name, index._name_or_path].some((said) => typeof said === 'string' && /turbo/i.test(said)) ||
    (unet.contextWidth !== WIDTH_SD1 && isDistilledSchedule(schedulerConfig))
  if (pipeline === 'StableDiffusionXL') return isTurbo ? 'sdxl-turbo' : 'sdxl'
  if (isTurbo) return 'sd-turbo'
  const isVelocity = schedulerConfig.prediction_type === 'v_prediction' && unet.contextWidth !== WIDTH_SD1
  return isVelocity || unet.contextWidth === WIDTH_SD2 ? 'sd2' : 'sd1'
}

/** That of models made by adversarial distillation (arXiv 2311.17042): the last timesteps, from which noise is told. */
const isDistilledSchedule = (config: JsonObject): boolean =>
  /^Euler(?:Ancestral)?DiscreteScheduler$/.test(String(config._class_name)) &&
  config.timestep_spacing === 'trailing' &&
  (config.prediction_type ?? 'epsilon') === 'epsilon'

export type FamilyDefaults = {
  steps: number
  guidance: number
  /** Latents of a side of the square that it was trained on. */
  sampleSize: number
  /** Of its VAE, when there is no config.json to say. */
  scalingFactor: number
}

/** AutoencoderKL's own default, and what XL's was trained with. */
const SCALING_FACTOR = 0.18215
const XL_SCALING_FACTOR = 0.13025

/** What is usual, for where the model says nothing: as its card or diffusers' pipeline has it. */
export function familyDefaults(family: Family, schedulerConfig: JsonObject): FamilyDefaults {
  const scalingFactor = family.startsWith('sdxl') ? XL_SCALING_FACTOR : SCALING_FACTOR
  switch (family) {
    case 'lcm':
      return { steps: 4, guidance: 8.5, sampleSize: 64, scalingFactor }
    case 'sd-turbo':
    case 'sdxl-turbo':
      return { steps: 1, guidance: 0, sampleSize: 64, scalingFactor }
  }
  // One that LCM's LoRA was merged into.
  const isConsistent = schedulerConfig._class_name === 'LCMScheduler'
  const isLarge = family === 'sd2' && schedulerConfig.prediction_type === 'v_prediction'
  return {
    steps: isConsistent ? 4 : 25,
    guidance: isConsistent ? 1 : family === 'sdxl' ? 5 : 7.5,
    sampleSize: family === 'sdxl' ? 128 : isLarge ? 96 : 64,
    scalingFactor,
  }
}
