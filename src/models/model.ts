// A diffusion model as it lies on disk: a folder in the diffusers layout, read but not loaded.

import type { GraphFile } from './graph-file.js'

/** A found folder: `name` is what people call it. */
export type ModelFolder = { name: string; path: string }

/** Texts of a tokenizer's files and its settings, the way src/diffusion wants them. */
export type TokenizerText = {
  vocab: Record<string, number>
  merges: string
  special: { bos: string; eos: string; pad: string; unk: string }
  maxLength: number
  /** Words with vectors of their own in the encoder's graph: ids beyond the vocabulary. */
  learned?: readonly { word: string; ids: readonly number[] }[]
}

/** In pixels. */
export type Size = { width: number; height: number }

/** What a model says about how it is best used; steps and guidance are for when nobody chooses. */
export type ModelDefaults = {
  steps: number
  guidance: number
  /** Its own scheduler's class name in diffusers. */
  scheduler: string
  /** 0…1, 0 for none: how far guided predictions get back the spread of unguided ones (arXiv 2305.08891). */
  guidanceRescale: number
}

/** What a model is, as people call it. */
export type Family = 'sd1' | 'sd2' | 'sd-turbo' | 'lcm' | 'sdxl' | 'sdxl-turbo'

/** Which of diffusers' pipelines it is for. */
export type PipelineKind = 'StableDiffusion' | 'StableDiffusionXL' | 'LatentConsistencyModel'

/** A graph as its file declares it. */
export type Graph = GraphFile & {
  /** Full path. */
  path: string
}

/** Names of a text encoder's outputs: embeddings of the tokens, and the whole prompt's where the model hears it. */
export type TextOutputs = { hidden: string; pooled: string | null }

/** A graph from ids to embeddings, and the tokenizer that makes the ids. */
export type TextEncoder = { graph: Graph; outputs: TextOutputs; tokenizer: TokenizerText }

/** What the UNet's inputs say. */
export type UnetFacts = {
  /** Of `sample`: those of the latents; for inpainting also the mask's and those of the masked picture. */
  channels: number
  /** Numbers a token of `encoder_hidden_states`; null where the graph leaves it open. */
  contextWidth: number | null
  /** Whether it takes `text_embeds` and `time_ids`, as the XL kind does. */
  takesSize: boolean
  /** Numbers of `text_embeds`; null where the graph leaves it open, or has none. */
  textEmbedsWidth: number | null
  /** Width of `timestep_cond`, in which it hears the guidance scale; null for none. */
  timestepCondWidth: number | null
}

export type Preview = {
  graph: Graph
  /** `files` in it are what its pictures depend on; some may not be there. */
  folder: string
  files: readonly string[]
  /** What latents are divided by. */
  scalingFactor: number
  /** Whether it gives 0…1 instead of −1…1. */
  isUnsigned: boolean
}

/** How CLIP wants a picture of 8 bits a channel. */
export type PicturePreparation = {
  /** To a short side of so many pixels, or to exactly this size; null to leave it. */
  resize: { shortestEdge: number } | Size | null
  kernel: 'bilinear' | 'bicubic' | 'lanczos'
  /** Around the middle; null to leave it. */
  crop: Size | null
  /** What bytes are multiplied by, before `mean` and `std` of each channel. */
  factor: number
  mean: readonly number[]
  std: readonly number[]
}

export type SafetyChecker = {
  graph: Graph
  /** What its verdicts depend on, by their names in the model's folder; some may not be there. */
  files: readonly string[]
  preparation: PicturePreparation
  /** Name of the input that the prepared picture goes into (1 × 3 × H × W). */
  picture: string
  /** The input with pictures to black out (1 × H × W × 3), as declared; null where the graph has none. */
  images: { name: string; dims: readonly (number | string)[] } | null
  /** Name of the output that says of each picture whether it is flagged. */
  verdict: string
}

export type Model = {
  name: string
  path: string
  family: Family
  pipeline: PipelineKind
  /** One, or two whose embeddings stand side by side. */
  textEncoders: readonly TextEncoder[]
  graphs: { unet: Graph; vaeDecoder: Graph; vaeEncoder: Graph | null }
  unet: UnetFacts
  /** What looks at its finished pictures; null for none. */
  safetyChecker: SafetyChecker | null
  /** Full path of the graph that enlarges its pictures; null for none. */
  upscaler: string | null
  /** scheduler_config.json as it stands. */
  schedulerConfig: Record<string, unknown>
  /** The VAE's scaling_factor. */
  scalingFactor: number
  /** Channels of the latents. */
  latentChannels: number
  /** An empty negative prompt is all zeros to it. */
  zerosForEmptyNegative: boolean
  /** The small decoder for drafts; null for none. */
  preview: Preview | null
  /** Pixels per latent, each way. */
  vaeScale: number
  /** Pixels of a side of the tiles that big pictures go through the VAE in: what it was trained on. */
  vaeTile: number
  defaults: ModelDefaults
  /** Pixels that a side should be a multiple of, for the UNet to halve its latents as often as it does. */
  sideStep: number
  /** Sizes that it draws well, its native one first; never empty. */
  sizes: Size[]
  /** What the reader should know, such as a missing optional file. */
  warnings: string[]
}
