// Do the graphs of a model belong together? Looked at before any is loaded.

import { environmentFailure } from '../diagnostic/failure.js'
import type { TextEncoder, UnetFacts } from './model.js'
import { fixed } from './unet.js'

/** By what their channels have over the latents' four. */
const OTHER_CHANNELS: Readonly<Record<number, string>> = {
  5: 'paints by depth',
  7: 'is an upscaler',
  8: 'edits pictures by instruction',
}

/** A mask and the masked picture's latents, beside those of the picture. */
export const inpaintingChannels = (latentChannels: number): number => 2 * latentChannels + 1

/** Fails (exit 3) for a UNet that is shown something else than latents, or than those and a mask. */
export function checkChannels(name: string, channels: number, latentChannels: number): void {
  if (channels === latentChannels || channels === inpaintingChannels(latentChannels)) return
  const kind = latentChannels === 4 ? OTHER_CHANNELS[channels] : undefined
  throw environmentFailure(
    kind === undefined
      ? `the model ${name} has parts of two models: its UNet takes ${channels} channels, its VAE has latents of ${latentChannels}`
      : `the model ${name} ${kind}, which isn't supported`,
    'models that paint from words are',
  )
}

/** Fails (exit 3) when the text encoders give embeddings of another width than the UNet takes. */
export function checkWidths(name: string, encoders: readonly TextEncoder[], unet: UnetFacts): void {
  const compare = (given: number | null, taken: number | null, unit: string) => {
    if (given === null || taken === null || given === taken) return
    throw environmentFailure(
      `the model ${name} has parts of two models: its text encoder gives ${given} numbers a ${unit}, its UNet takes ${taken}`,
      'get the model again',
    )
  }
  const hidden = encoders.map(({ graph, outputs }) => widthOf(graph, outputs.hidden))
  const sum = hidden.reduce((total, width) => total && width && total + width)
  compare(sum!, unet.contextWidth, 'token')
  const { graph, outputs } = encoders.at(-1)!
  if (outputs.pooled !== null) compare(widthOf(graph, outputs.pooled), unet.textEmbedsWidth, 'prompt')
}

const widthOf = ({ outputs }: TextEncoder['graph'], output: string): number | null =>
  fixed(outputs.find(({ name }) => name === output)?.dims.at(-1))
