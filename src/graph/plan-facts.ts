// What a plan must know of the world: model digests, versions, digests of files.

import type { Subtitle } from '../story/subtitles.js'
import type { Size } from './node.js'
import type { DepthFacts } from './plan-depth.js'
import type { MixFacts } from './sound.js'

/** Subtitles from the file that the script names. */
export type SubtitleFacts = { subtitles?: Subtitle[] }

/** A model as a plan needs it: its digest, what it makes well, and what it does when the script is silent. */
export type ModelFacts = {
  /** Digest of its decoder for drafts; null for none. */
  preview: string | null
  digest: string
  /** Digest of the upscaler that comes with it; null for none. */
  upscaler: string | null
  /** Digest of its VAE's encoder, where a shot is painted from a picture; null or left out for none. */
  vaeEncoder?: string | null
  /** Digest of what looks at its pictures; `off` where it is left out, null or left out for none. */
  safetyChecker?: { digest: string } | 'off' | null
  /** Sizes that it paints natively, the preferred one first. */
  sizes: Size[]
  /** Whether it knows open mouths from closed ones; not when left out. */
  talks?: boolean
  steps: number
  guidance: number
  scheduler: string
}

export type PlanFacts = SubtitleFacts &
  MixFacts & {
    models: ReadonlyMap<string, ModelFacts>
    /** Digests of the files that the storyboard names (pictures, masks, LoRAs, learned words), by those names. */
    files?: ReadonlyMap<string, string>
    /** Name and version of this program: what a film says that it was made with. */
    program: string
    /** Such as `onnxruntime-node 1.30.0`. */
    runtime: string
    /** Device class that diffuses, such as `cpu`: another one makes slightly other pixels. */
    device: string
    /** The film's interpolation model; null for `blend`, which is no model. */
    interpolation: { digest: string } | null
    /** The film's depth model; null or left out for `layout`, which is no model. */
    depth?: DepthFacts
    /** Version line of ffmpeg and the identity of our encoding arguments. */
    encoder: string
    /** Identity of the type that cards are set in. */
    font: string
  }

/** Raised when the code that makes a kind of node changes its pixels. */
export const FORMAT = {
  spacing: 2,
  keyframe: 2,
  image: 1,
  card: 1,
  frame: 1,
  inbetween: 3,
  segment: 1,
  movie: 1,
} as const

/** @throws Error when `facts.files` lacks a file that the storyboard names: a bug of the caller. */
export function digestOf(file: string, { files }: PlanFacts): string {
  const digest = files?.get(file)
  if (digest === undefined) throw new Error(`no digest of the file ${file}`)
  return digest
}
