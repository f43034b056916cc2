// A diffusion model as it lies on disk: a folder in the diffusers layout, read but not loaded.

/** A found folder: `name` is what people call it. */
export type ModelFolder = { name: string; path: string }

/** Texts of a tokenizer's files and its settings, the way src/diffusion wants them. */
export type TokenizerText = {
  vocab: Record<string, number>
  merges: string
  special: { bos: string; eos: string; pad: string; unk: string }
  maxLength: number
}

/** In pixels. */
export type Size = { width: number; height: number }

/** What a model says about how it is best used; steps and guidance are for when nobody chooses. */
export type ModelDefaults = {
  steps: number
  guidance: number
  /** Its own scheduler's class name in diffusers. */
  scheduler: string
}

export type Model = {
  name: string
  path: string
  family: 'sd1'
  /** Full paths of the graphs. */
  graphs: { textEncoder: string; unet: string; vaeDecoder: string }
  /** Full path of the graph that enlarges its pictures; null for none. */
  upscaler: string | null
  tokenizer: TokenizerText
  /** scheduler_config.json as it stands. */
  schedulerConfig: Record<string, unknown>
  /** The VAE's scaling_factor. */
  scalingFactor: number
  /** Channels of the latents, for graphs that leave it open. */
  latentChannels: number
  /** The small decoder for drafts; null for none. `files` are relative to `path`, and some may not be there. */
  preview: { graph: string; files: readonly string[]; scalingFactor: number } | null
  /** Pixels per latent, each way. */
  vaeScale: number
  defaults: ModelDefaults
  /** Sizes that it draws well, its native one first; never empty. */
  sizes: Size[]
  /** What the reader should know, such as a missing optional file. */
  warnings: string[]
}
