// Which kind of diffusion pipeline a folder holds.

import { environmentFailure } from '../diagnostic/failure.js'
import { asNumber, type JsonObject } from './json-file.js'

const SD_CLASSES = ['StableDiffusionPipeline', 'OnnxStableDiffusionPipeline', 'ORTStableDiffusionPipeline']

const OTHER_CLASSES: readonly [RegExp, string][] = [
  [/StableDiffusionXL/, 'Stable Diffusion XL'],
  [/StableDiffusion3/, 'Stable Diffusion 3'],
  [/LatentConsistency/, 'a Latent Consistency Model'],
  [/Inpaint/, 'an inpainting model'],
  [/Flux/, 'Flux'],
]

/**
 * The family, or a Failure (exit 3) that says what the model is instead. SD 2.x shares SD 1.x's pipeline class; the width
 * of its text embeddings tells them apart.
 */
export function resolveFamily(name: string, index: JsonObject, unetConfig: JsonObject | null): 'sd1' {
  const className = String(index._class_name ?? '')
  const refuse = (what: string) =>
    environmentFailure(
      `the model ${name} is ${what}, which isn't supported yet`,
      'Stable Diffusion 1.x models in the diffusers ONNX layout are',
    )
  if (!SD_CLASSES.includes(className)) {
    const known = OTHER_CLASSES.find(([pattern]) => pattern.test(className))
    throw refuse(known?.[1] ?? (className === '' ? 'of an unknown kind (no _class_name)' : `a ${className}`))
  }
  if (unetConfig === null) return 'sd1'
  if (asNumber(unetConfig.in_channels) === 9) throw refuse('an inpainting model')
  if (asNumber(unetConfig.time_cond_proj_dim) !== null) throw refuse('a Latent Consistency Model')
  if (unetConfig.addition_embed_type === 'text_time') throw refuse('Stable Diffusion XL')
  const width = asNumber(unetConfig.cross_attention_dim)
  if (width === 1024) throw refuse('Stable Diffusion 2.x')
  if (width === 2048 || width === 1280) throw refuse('Stable Diffusion XL')
  return 'sd1'
}
