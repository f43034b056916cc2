// Painting only a part of a picture: by models that are shown the part and what lies around it, and by those that aren't.
// Source: diffusers StableDiffusionInpaintPipeline (prepare_mask_latents, __call__).

import type { LatentSize } from './latents.js'

/** How latents are tied to a picture while they are painted. */
export type Hold =
  /** What the UNet is shown beside the latents: mask (1 × h × w) and latents of the picture without the part (C × h × w). */
  | { kind: 'shown'; channels: number; data: Float32Array }
  /** The latents after a step, with those to keep put back at the noise level of the next model call. */
  | { kind: 'kept'; restore(latents: Float32Array, nextCall: number): Float32Array }

/**
 * Which latents to paint (1) and to keep (0), h × w. `mask` says so for each pixel; the one in the corner of a latent's pixels
 * counts, as in torch's nearest interpolation.
 */
export function latentMask(
  mask: Uint8Array,
  pixelWidth: number,
  { width, height }: LatentSize,
): Float32Array {
  const scale = pixelWidth / width
  const latents = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) latents[y * width + x] = mask[y * scale * pixelWidth + x * scale]!
  }
  return latents
}

/** Planes of a picture in −1…1 (3 × H × W) with middle grey in the part to paint (H × W). */
export const withoutPart = (planes: Float32Array, mask: Uint8Array): Float32Array =>
  planes.map((value, i) => (mask[i % mask.length] === 1 ? 0 : value))

/** `painted` where the mask (h × w, of each channel) is 1, `kept` elsewhere. */
export const mergeByMask = (painted: Float32Array, kept: Float32Array, mask: Float32Array): Float32Array =>
  painted.map((value, i) => (mask[i % mask.length] === 1 ? value : kept[i]!))

/** Mask and latents as the channels that a UNet is shown. */
export function shownBeside(mask: Float32Array, latents: Float32Array): Hold {
  const data = joined(mask, latents)
  return { kind: 'shown', channels: data.length / mask.length, data }
}

/** Channels one after the other. */
export function joined(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
