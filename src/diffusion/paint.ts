// One picture from words and a seed: the loop of diffusers' StableDiffusionPipeline. Model calls come in as functions.

import { applyGuidance, blendEmbeddings, twice } from './guidance.js'
import { TorchGenerator } from './noise.js'
import { planesToRgb } from './pixels.js'
import type { Scheduler } from './scheduler.js'

/** A float32 tensor with the milliseconds that its model call ran. */
export type TimedTensor = { data: Float32Array; dims: readonly number[]; ms: number }

export type PaintCalls = {
  /** The prompt's embedding, 1 × tokens × width; `ms` is 0 when it was known already. */
  encode(prompt: string): Promise<TimedTensor>
  /** The UNet: latents (N×C×H×W), a timestep, embeddings (N × tokens × width) → prediction (N×C×H×W). */
  predict(latents: TensorView, timestep: number, embeddings: TensorView): Promise<TimedTensor>
  /** The VAE's decoder: latents already divided by the scaling factor → 1×3×height×width in −1…1. */
  decode(latents: TensorView): Promise<TimedTensor>
}

export type TensorView = { data: Float32Array; dims: readonly number[] }

export type PaintRequest = {
  /** Embeddings are added by weight. */
  prompt: readonly { prompt: string; weight: number }[]
  /** Only read when guidance is above 1. */
  negative: string
  seed: number | bigint
  guidance: number
  scheduler: Scheduler
  /** Of the latents: channels × height × width. */
  latents: { channels: number; height: number; width: number }
  /** The VAE's scaling_factor. */
  scalingFactor: number
}

export type PaintTimings = {
  /** Milliseconds in the text encoder. */
  text: number
  /** Milliseconds of each UNet call. */
  unet: number[]
  /** Milliseconds in the decoder. */
  vae: number
  /** Milliseconds of the whole picture. */
  total: number
}

export type Picture = { rgb: Uint8Array; width: number; height: number; timings: PaintTimings }

export type PaintOptions = {
  signal?: AbortSignal | undefined
  /** Called after each step with the number of steps done. */
  onStep?: ((done: number, steps: number) => void) | undefined
}

/** Rejects with the signal's reason when it fires. */
export async function paint(
  calls: PaintCalls,
  request: PaintRequest,
  { signal, onStep }: PaintOptions = {},
): Promise<Picture> {
  const started = performance.now()
  const { scheduler, guidance } = request
  const { channels, height, width } = request.latents
  const isGuided = guidance > 1
  const batch = isGuided ? 2 : 1

  // The noise is drawn while the text encoder is at work.
  const embedding = embed(calls, request, isGuided)
  const generator = new TorchGenerator(request.seed)
  let x = generator.randn(channels * height * width)
  if (scheduler.initNoiseSigma !== 1) x = x.map((value) => value * scheduler.initNoiseSigma)
  const text = await embedding
  const timings: PaintTimings = { text: text.ms, unet: [], vae: 0, total: 0 }

  for (const [callIndex, timestep] of scheduler.timesteps.entries()) {
    signal?.throwIfAborted()
    const scaled = scheduler.scaleModelInput(x, callIndex)
    const sample = isGuided ? twice(scaled) : scaled
    const { data, ms } = await calls.predict(
      { data: sample, dims: [batch, channels, height, width] },
      timestep,
      text,
    )
    timings.unet.push(ms)
    x = scheduler.step(isGuided ? applyGuidance(data, guidance) : data, callIndex, x, generator)
    onStep?.(callIndex + 1, scheduler.timesteps.length)
  }

  signal?.throwIfAborted()
  const factor = Math.fround(request.scalingFactor)
  const decoded = await calls.decode({
    data: x.map((value) => value / factor),
    dims: [1, channels, height, width],
  })
  timings.vae = decoded.ms
  const [, , pixelHeight, pixelWidth] = decoded.dims as [number, number, number, number]
  const rgb = planesToRgb(decoded.data, pixelWidth, pixelHeight)
  timings.total = performance.now() - started
  return { rgb, width: pixelWidth, height: pixelHeight, timings }
}

/** The UNet's context: the negative prompt's embedding before the prompt's when guided. */
async function embed(calls: PaintCalls, request: PaintRequest, isGuided: boolean): Promise<TimedTensor> {
  const wanted = request.prompt.map(({ prompt }) => prompt)
  if (isGuided) wanted.push(request.negative)
  const encoded = await Promise.all(wanted.map((prompt) => calls.encode(prompt)))
  const parts = request.prompt.map(({ weight }, i) => ({ embedding: encoded[i]!.data, weight }))
  const blend = blendEmbeddings(parts)
  const [, tokens, size] = encoded[0]!.dims as [number, number, number]
  const ms = encoded.reduce((sum, tensor) => sum + tensor.ms, 0)
  if (!isGuided) return { data: blend, dims: [1, tokens, size], ms }
  const pair = new Float32Array(2 * blend.length)
  pair.set(encoded.at(-1)!.data)
  pair.set(blend, blend.length)
  return { data: pair, dims: [2, tokens, size], ms }
}
