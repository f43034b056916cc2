// Decoders for drafts that are installed by themselves (https://github.com/madebyollin/taesd).

import type { Family } from './model.js'

/** For the latents of Stable Diffusion 1.x and 2.x, and of XL. */
const NAMES = ['taesd', 'taesdxl'] as const
export type PreviewName = (typeof NAMES)[number]

export const isPreviewName = (name: string): name is PreviewName =>
  (NAMES as readonly string[]).includes(name)

export const previewNameOf = (family: Family): PreviewName =>
  family.startsWith('sdxl') ? 'taesdxl' : 'taesd'
