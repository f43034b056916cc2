// Opens a diffusion model and paints pictures with it: binds models/, onnx/ and diffusion/ together.

import { renderFailure } from '../diagnostic/failure.js'
import { type EncodePrompts, timeIdsOf } from '../diffusion/conditioning.js'
import { type PaintCalls, type Picture, paint } from '../diffusion/paint.js'
import { schedulerOfConfig } from '../diffusion/scheduler.js'
import type { Tokenizer } from '../diffusion/tokenizer.js'
import type { Decoder } from '../graph/node.js'
import { checkDevice } from '../models/check-device.js'
import type { Model } from '../models/model.js'
import { fixed } from '../models/unet.js'
import { openRuntime, type Runtime } from '../onnx/runtime.js'
import type { Session } from '../onnx/session.js'
import type { PromptBlend } from '../story/types.js'
import { createPromptEncoder } from './painter-prompts.js'
import { rehearse } from './painter-rehearsal.js'
import { openScheduler } from './painter-scheduler.js'
import { createTextEncoder, openTokenizer } from './painter-text.js'
import { createPredict } from './painter-unet.js'

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
  /** Resolves when it is busy with nothing, also not with what was aborted. */
  idle(): Promise<void>
  close(): Promise<void>
}

type Graphs = { unet: Session; decoder: Session }

/**
 * Loads the model's graphs side by side. `threads` is how many one model call computes with; `decoder: 'preview'` takes the
 * model's decoder for drafts, where it has one. Fails (exit 3) when the device isn't there or a graph can't be used.
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
  const runtime = await openRuntime({ threads, device })
  const { graph, scalingFactor } = (wanted === 'preview' ? model.preview : null) ?? {
    graph: model.graphs.vaeDecoder,
    scalingFactor: model.scalingFactor,
  }
  try {
    const encoders = model.textEncoders.map((encoder) => encoder.graph)
    checkDevice(model.name, [...encoders, model.graphs.unet, graph], runtime.device)
    const tokenizers = model.textEncoders.map(({ tokenizer }) => openTokenizer(model, tokenizer))
    const opening = Promise.all([
      openEncoder(
        model,
        tokenizers,
        encoders.map(({ path }) => runtime.open(path, { signal })),
      ),
      runtime.open(model.graphs.unet.path, { signal }),
      runtime.open(graph.path, { signal }),
    ])
    // A failure of theirs is waited for below.
    opening.catch(() => {})
    await rehearse(model, tokenizers[0]!)
    const [encode, unet, decoder] = await opening
    const warnings = [...model.warnings, ...(runtime.warning === null ? [] : [runtime.warning])]
    return createPainter({ ...model, scalingFactor, warnings }, encode, { unet, decoder }, runtime)
  } catch (error) {
    await runtime.close()
    throw error
  }
}

/** The text encoder loads first, and has the usual negative prompt ready before the others are there. */
async function openEncoder(
  model: Model,
  tokenizers: readonly Tokenizer[],
  opening: readonly Promise<Session>[],
): Promise<EncodePrompts> {
  const sessions = await Promise.all(opening)
  const output = model.unet.takesSize ? 'penultimate' : 'last'
  const encode = createPromptEncoder(
    sessions.map((session, i) => createTextEncoder(model, tokenizers[i]!, session, output)),
    fixed(model.graphs.unet.inputs.find(({ name }) => name === 'encoder_hidden_states')!.dims[1]),
  )
  if (!model.zerosForEmptyNegative) await encode([''])
  return encode
}

function createPainter(
  model: Model,
  encode: EncodePrompts,
  { unet, decoder }: Graphs,
  runtime: Runtime,
): Painter {
  const own = schedulerOfConfig(model.schedulerConfig)
  return {
    device: runtime.device,
    warnings: own.warning === null ? model.warnings : [...model.warnings, own.warning],
    async paint(request, { signal, onStep } = {}) {
      signal?.throwIfAborted()
      const latents = latentSize(model, request)
      const calls: PaintCalls = {
        encode,
        predict: createPredict(model.graphs.unet, unet, signal),
        async decode(sample) {
          const { outputs, ms } = await decoder.run({ [decoder.inputs[0]!.name]: sample }, { signal })
          return { ...Object.values(outputs)[0]!, ms }
        },
      }
      return paint(
        calls,
        {
          ...request,
          scheduler: openScheduler(model, request),
          latents,
          scalingFactor: model.scalingFactor,
          guidanceRescale: model.defaults.guidanceRescale,
          zerosForEmptyNegative: model.zerosForEmptyNegative,
          timeIds: model.unet.takesSize ? timeIdsOf(request) : null,
          timestepCondWidth: model.unet.timestepCondWidth,
        },
        { signal, onStep },
      )
    },
    idle: () => runtime.idle(),
    close: () => runtime.close(),
  }
}

function latentSize(model: Model, { width, height }: PainterRequest) {
  const refuse = (hint: string) =>
    renderFailure(`the model ${model.name} can't draw ${width}x${height} pixels`, hint)
  const scale = model.vaeScale
  if ([width, height].some((side) => !Number.isInteger(side) || side <= 0 || side % scale !== 0))
    throw refuse(`width and height must be multiples of ${scale}`)
  const size = { channels: model.latentChannels, width: width / scale, height: height / scale }
  const declared = model.graphs.unet.inputs.find(({ name }) => name === 'sample')!.dims
  if (
    (fixed(declared[2]) ?? size.height) !== size.height ||
    (fixed(declared[3]) ?? size.width) !== size.width
  ) {
    const [native] = model.sizes
    throw refuse(`its graphs are made for ${native!.width}x${native!.height} alone`)
  }
  return size
}
