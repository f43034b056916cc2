// A picture to paint from, made to fit, and the part of it to paint.

import type { PictureSource } from '../diffusion/from-picture.js'
import { rgbToPlanes } from '../diffusion/pixels.js'
import type { LatentChoice } from '../diffusion/posterior.js'
import type { Picture } from '../image/picture.js'
import { greyOf, resizeAsPillow } from '../image/pillow.js'
import { inpaintingChannels } from '../models/check-parts.js'
import type { Model } from '../models/model.js'

/** Picture and mask may be of any size: each is stretched to the one that is painted. */
export type SourceRequest = {
  picture: Picture
  /** Light where to paint, dark where the picture stays; null to paint all of it. */
  mask: Picture | null
  /** 0…1: how far from the picture, as the share of the steps that is taken. At least one must be left. */
  strength: number
  /** A draw from what the VAE's encoder gives, as in diffusers (the default), or its mean. */
  latents?: LatentChoice
}

/** Of grey: from here on a mask is light. */
const LIGHT = 128

/** What is wrong with a request, and what helps. */
export type SourceProblem = { message: string; hint: string }

/** Whether the UNet is shown a mask, and so can only paint a part of a picture. */
export const isInpaintingModel = ({
  unet,
  latentChannels,
}: Pick<Model, 'unet' | 'latentChannels'>): boolean => unet.channels === inpaintingChannels(latentChannels)

/** The part of a request that says whether it can be painted. */
export type Asked = {
  source?: { strength: number; mask: unknown } | null | undefined
  scheduler: string
  steps: number
}

/** Null when the model can paint so. */
export function sourceProblem(model: Model, request: Asked): SourceProblem | null {
  const { source = null, steps } = request
  if (isInpaintingModel(model) && !source?.mask) {
    return {
      message: `the model ${model.name} only paints a part of a picture`,
      hint: 'give it a picture and a mask, or choose another model',
    }
  }
  if (source === null) return null
  if (model.graphs.vaeEncoder === null) {
    return {
      message: `the model ${model.name} can't paint from a picture: it has no vae_encoder/model.onnx`,
      hint: 'export the model with its VAE encoder, or choose another model',
    }
  }
  const { strength } = source
  if (!(strength >= 0 && strength <= 1))
    return { message: `strength must be from 0 to 1, not ${strength}`, hint: '0.8 is usual' }
  const taken = spacesAllSteps(model, request) ? steps : Math.trunc(steps * strength)
  if (strength > 0 && taken >= 1) return null
  return {
    message: `with ${steps} ${steps === 1 ? 'step' : 'steps'}, a strength of ${strength} leaves none to take`,
    hint:
      strength === 0
        ? 'at strength 0 the picture would stay as it is'
        : `take ${Math.ceil(1 / strength)} steps or more, or more strength`,
  }
}

/**
 * Whether all steps are taken, spaced over the noise levels that strength leaves, instead of the last ones of all: what diffusers'
 * LatentConsistencyModelImg2ImgPipeline does.
 */
export const spacesAllSteps = (model: Model, { source, scheduler }: Asked): boolean =>
  model.pipeline === 'LatentConsistencyModel' &&
  /^lcm(?:scheduler)?$/i.test(scheduler) &&
  source?.mask === null

/** Fits picture and mask to the size that is painted. */
export function prepareSource(
  { picture, mask, latents = 'sample' }: SourceRequest,
  { width, height, steps, strength }: { width: number; height: number; steps: number; strength: number },
): PictureSource {
  const fitted = resizeAsPillow(picture, width, height)
  const grey = mask && greyOf(resizeAsPillow(mask, width, height))
  return {
    pixels: { data: rgbToPlanes(fitted.data), dims: [1, 3, height, width] },
    mask: grey?.map((value) => (value >= LIGHT ? 1 : 0)) ?? null,
    strength,
    steps,
    latents,
  }
}
