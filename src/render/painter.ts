// Opens a diffusion model and paints pictures with it: binds models/, onnx/ and diffusion/ together.

import { environmentFailure, renderFailure } from '../diagnostic/failure.js'
import {
  type PaintCalls,
  type Picture,
  paint,
  type TensorView,
  type TimedTensor,
} from '../diffusion/paint.js'
import {
  createScheduler,
  SCHEDULER_NAMES,
  type Scheduler,
  schedulerNamed,
  schedulerOfConfig,
  stableDiffusionSchedulerConfig,
} from '../diffusion/scheduler.js'
import { createTokenizer, type Tokenizer } from '../diffusion/tokenizer.js'
import type { Decoder } from '../graph/node.js'
import type { Model } from '../models/model.js'
import { openRuntime } from '../onnx/runtime.js'
import type { Session } from '../onnx/session.js'
import type { TensorInfo } from '../onnx/tensor.js'
import type { PromptBlend } from '../story/types.js'
import { createPromptEncoder, type PromptEncoder } from './painter-prompts.js'
import { rehearse } from './painter-rehearsal.js'

export type { PaintTimings } from '../diffusion/paint.js'

export type PainterRequest = {
  prompt: PromptBlend
  negative: string
  seed: number | bigint
  steps: number
  /** Guidance scale; at 1 or below the negative prompt isn't read. */
  guidance: number
  /** A name of docs/schedulers.md, or a diffusers class name such as the model's own. */
  scheduler: string
  /** Pixels; multiples of the model's `vaeScale`. A preview decoder may draw less of them. */
  width: number
  height: number
}

export type PainterOptions = {
  signal?: AbortSignal | undefined
  onStep?: ((done: number, steps: number) => void) | undefined
}

export type Painter = {
  /** What the sessions run on. */
  readonly device: string
  /** Things to tell the user once. */
  readonly warnings: readonly string[]
  /** One picture at a time is fastest; more queue up. Rejects with the signal's reason at once when it fires. */
  paint(request: PainterRequest, options?: PainterOptions): Promise<Picture>
  close(): Promise<void>
}

type Graphs = { unet: Session; decoder: Session }

/**
 * Loads the model's three graphs side by side. `threads` is how many one model call computes with; `decoder: 'preview'`
 * takes the model's decoder for drafts, where it has one. Fails (exit 3) when the device isn't there or a graph can't be
 * used.
 */
export async function openPainter(
  model: Model,
  {
    device = 'auto',
    decoder: wanted = 'full',
    threads,
    signal,
  }: { device?: string; decoder?: Decoder; threads: number; signal?: AbortSignal | undefined },
): Promise<Painter> {
  signal?.throwIfAborted()
  const runtime = openRuntime({ threads, device })
  const { graph, scalingFactor } = (wanted === 'preview' ? model.preview : null) ?? {
    graph: model.graphs.vaeDecoder,
    scalingFactor: model.scalingFactor,
  }
  try {
    const tokenizer = openTokenizer(model)
    const opening = Promise.all([
      openEncoder(runtime.open(model.graphs.textEncoder, { signal }), tokenizer),
      runtime.open(model.graphs.unet, { signal }),
      runtime.open(graph, { signal }),
    ])
    // A failure of theirs is waited for below.
    opening.catch(() => {})
    await rehearse(model, tokenizer)
    const [encode, unet, decoder] = await opening
    return createPainter({ ...model, scalingFactor }, encode, { unet, decoder }, runtime.device, () =>
      runtime.close(),
    )
  } catch (error) {
    await runtime.close()
    throw error
  }
}

/** The text encoder loads first, and has the usual negative prompt ready before the others are there. */
async function openEncoder(opening: Promise<Session>, tokenizer: Tokenizer): Promise<PromptEncoder> {
  const encode = createPromptEncoder(tokenizer, await opening)
  await encode('')
  return encode
}

function createPainter(
  model: Model,
  encode: PromptEncoder,
  graphs: Graphs,
  device: string,
  close: () => Promise<void>,
): Painter {
  const shape = unetShape(model, graphs.unet)
  const own = schedulerOfConfig(model.schedulerConfig)

  return {
    device,
    warnings: own.warning === null ? model.warnings : [...model.warnings, own.warning],
    async paint(request, { signal, onStep } = {}) {
      signal?.throwIfAborted()
      const latents = latentShape(model, shape.channels, request)
      const scheduler = openScheduler(model, request)
      const calls = modelCalls(encode, graphs, shape, signal)
      return paint(
        calls,
        { ...request, scheduler, latents, scalingFactor: model.scalingFactor },
        { signal, onStep },
      )
    },
    close,
  }
}

/** What the UNet's declared inputs and outputs say. */
type UnetShape = { channels: number; timestepDims: readonly number[]; output: string }

function unetShape(model: Model, unet: Session): UnetShape {
  const input = (name: string): TensorInfo => {
    const found = unet.inputs.find((info) => info.name === name)
    if (found !== undefined) return found
    throw environmentFailure(
      `the model ${model.name} is not a Stable Diffusion 1.x export: its UNet has no input ${name}`,
      `its inputs are ${unet.inputs.map((info) => info.name).join(', ')}`,
    )
  }
  const channels = input('sample').dims[1]
  const timestep = input('timestep')
  const more = unet.inputs.find(({ name }) => !['sample', 'timestep', 'encoder_hidden_states'].includes(name))
  input('encoder_hidden_states')
  if (more !== undefined) {
    throw environmentFailure(
      `the model ${model.name} is not a Stable Diffusion 1.x export: its UNet wants ${more.name} too`,
      'Stable Diffusion 1.x models in the diffusers ONNX layout are supported',
    )
  }
  return {
    channels: typeof channels === 'number' ? channels : model.latentChannels,
    timestepDims: timestep.dims.map(() => 1),
    output: unet.outputs[0]!.name,
  }
}

function modelCalls(
  encode: PromptEncoder,
  graphs: Graphs,
  shape: UnetShape,
  signal: AbortSignal | undefined,
): PaintCalls {
  const predict = async (
    latents: TensorView,
    timestep: number,
    context: TensorView,
  ): Promise<TimedTensor> => {
    const { outputs, ms } = await graphs.unet.run(
      {
        sample: latents,
        timestep: { data: Float32Array.of(timestep), dims: shape.timestepDims },
        encoder_hidden_states: context,
      },
      { signal },
    )
    return { ...outputs[shape.output]!, ms }
  }
  const decode = async (latents: TensorView): Promise<TimedTensor> => {
    const { outputs, ms } = await graphs.decoder.run(
      { [graphs.decoder.inputs[0]!.name]: latents },
      { signal },
    )
    return { ...Object.values(outputs)[0]!, ms }
  }
  return { encode, predict, decode }
}

function openTokenizer(model: Model): Tokenizer {
  try {
    return createTokenizer(model.tokenizer)
  } catch (error) {
    throw environmentFailure(
      `the model ${model.name}: ${(error as Error).message}`,
      'get the model again',
      error,
    )
  }
}

function latentShape(model: Model, channels: number, { width, height }: PainterRequest) {
  const scale = model.vaeScale
  if ([width, height].some((side) => !Number.isInteger(side) || side <= 0 || side % scale !== 0)) {
    throw renderFailure(
      `the model ${model.name} can't draw ${width}x${height} pixels`,
      `width and height must be multiples of ${scale}`,
    )
  }
  return { channels, width: width / scale, height: height / scale }
}

function openScheduler(model: Model, { scheduler, steps }: PainterRequest): Scheduler {
  const isOwn = scheduler === model.defaults.scheduler
  const name = isOwn ? schedulerOfConfig(model.schedulerConfig).name : schedulerNamed(scheduler)
  if (name === null) {
    throw renderFailure(`there is no scheduler ${scheduler}`, `use one of: ${SCHEDULER_NAMES.join(', ')}`)
  }
  try {
    return createScheduler(name, stableDiffusionSchedulerConfig(model.schedulerConfig), steps)
  } catch (error) {
    if (error instanceof RangeError)
      throw renderFailure(`the model ${model.name}: ${error.message}`, null, error)
    throw error
  }
}
