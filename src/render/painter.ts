// Opens a diffusion model and paints pictures with it: binds models/, onnx/ and diffusion/ together.

import { type EncodePrompts, timeIdsOf } from '../diffusion/conditioning.js'
import { type PaintCalls, type Picture, paint } from '../diffusion/paint.js'
import type { PlacedSeed } from '../diffusion/placed-noise.js'
import { schedulerOfConfig } from '../diffusion/scheduler.js'
import type { Towards } from '../diffusion/slerp.js'
import type { Tokenizer } from '../diffusion/tokenizer.js'
import type { Decoder } from '../graph/node.js'
import { checkDevice } from '../models/check-device.js'
import type { Model, Preview } from '../models/model.js'
import { fixed } from '../models/unet.js'
import { openRuntime, type Runtime } from '../onnx/runtime.js'
import type { Session } from '../onnx/session.js'
import type { PromptBlend } from '../story/types.js'
import { createPromptEncoder } from './painter-prompts.js'
import { rehearse } from './painter-rehearsal.js'
import { readRequest } from './painter-request.js'
import { createCheck } from './painter-safety.js'
import { isInpaintingModel, prepareSource, type SourceRequest } from './painter-source.js'
import { createTextEncoder, openTokenizer } from './painter-text.js'
import { createPredict } from './painter-unet.js'
import { createDecode, createEncode, openVaeEncoder } from './painter-vae.js'

export type { PaintTimings, Picture as Painted } from '../diffusion/paint.js'

export type PainterRequest = {
  prompt: PromptBlend
  negative: string
  seed: number | bigint
  /** Left out or null where the noise is one seed's. */
  towards?: Towards | null
  steps: number
  /** Guidance scale; at 1 or below the negative prompt isn't read. */
  guidance: number
  /** A name of docs/schedulers.md, or a diffusers class name such as the model's own. */
  scheduler: string
  /** Pixels; multiples of the model's `vaeScale`. A preview decoder may draw less of them. */
  width: number
  height: number
  /** Left out where nobody has a seed of their own. */
  placedSeeds?: readonly PlacedSeed[]
  /** A picture to paint from; left out to paint from noise. */
  source?: SourceRequest | null
}

export type PainterOptions = {
  signal?: AbortSignal | undefined
  onStep?: ((done: number, steps: number) => void) | undefined
}

export type Painter = {
  /** What the sessions run on. */
  readonly device: string
  /** Pixels per latent, each way. */
  readonly vaeScale: number
  /** Things to tell the user once. */
  readonly warnings: readonly string[]
  /** One picture at a time is fastest; more queue up. Rejects with the signal's reason at once when it fires. */
  paint(request: PainterRequest, options?: PainterOptions): Promise<Picture>
  /** Resolves when it is busy with nothing, also not with what was aborted. */
  idle(): Promise<void>
  close(): Promise<void>
}

type Sessions = {
  unet: Session
  decoder: Session
  vaeEncoder: () => Promise<Session>
  /** Null where pictures aren't checked. */
  safety: Session | null
}

export type PainterSetup = {
  device?: string
  /** `preview` takes the model's decoder for drafts, where it has one. */
  decoder?: Decoder
  /** How many one model call computes with. */
  threads: number
  /** Whether pictures to paint from will be given: the VAE's encoder then loads with the others, else when it is needed. */
  takesPictures?: boolean
  /** Whether pictures go through the model's safety checker, where it has one; default: true. */
  isChecked?: boolean
  signal?: AbortSignal | undefined
}

/** Loads the model's graphs side by side. Fails (exit 3) when the device isn't there or a graph can't be used. */
export async function openPainter(
  model: Model,
  {
    device = 'auto',
    decoder: wanted = 'full',
    threads,
    takesPictures = false,
    isChecked = true,
    signal,
  }: PainterSetup,
): Promise<Painter> {
  signal?.throwIfAborted()
  const runtime = await openRuntime({ threads, device })
  const output = (wanted === 'preview' ? model.preview : null) ?? {
    graph: model.graphs.vaeDecoder,
    scalingFactor: model.scalingFactor,
    isUnsigned: false,
  }
  const checker = isChecked ? model.safetyChecker : null
  const vaeEncoder = onceOpened(() => openVaeEncoder(model, model.graphs.vaeEncoder!, runtime, signal))
  try {
    const encoders = model.textEncoders.map((encoder) => encoder.graph)
    const graphs = [...encoders, model.graphs.unet, output.graph, ...(checker ? [checker.graph] : [])]
    checkDevice(model.name, graphs, runtime.device)
    const tokenizers = model.textEncoders.map(({ tokenizer }) => openTokenizer(model, tokenizer))
    const opening = Promise.all([
      openEncoder(
        model,
        tokenizers,
        encoders.map(({ path }) => runtime.open(path, { signal })),
      ),
      runtime.open(model.graphs.unet.path, { signal }),
      runtime.open(output.graph.path, { signal }),
      checker && runtime.open(checker.graph.path, { signal }),
      takesPictures && model.graphs.vaeEncoder !== null ? vaeEncoder() : null,
    ])
    // A failure of theirs is waited for below.
    opening.catch(() => {})
    await rehearse(model, tokenizers[0]!)
    const [encode, unet, decoder, safety] = await opening
    const warnings = [...model.warnings, ...(runtime.warning === null ? [] : [runtime.warning])]
    return createPainter(
      { ...model, warnings },
      encode,
      output,
      { unet, decoder, vaeEncoder, safety },
      runtime,
    )
  } catch (error) {
    await runtime.close()
    throw error
  }
}

/** Opens at the first call, and again after a failure. */
function onceOpened(open: () => Promise<Session>): () => Promise<Session> {
  let opening: Promise<Session> | null = null
  return () => {
    opening ??= open().catch((error) => {
      opening = null
      throw error
    })
    return opening
  }
}

/** The text encoder loads first, and has the usual negative prompt ready before the others are there. */
async function openEncoder(
  model: Model,
  tokenizers: readonly Tokenizer[],
  opening: readonly Promise<Session>[],
): Promise<EncodePrompts> {
  const sessions = await Promise.all(opening)
  const encode = createPromptEncoder(
    sessions.map((session, i) => createTextEncoder(tokenizers[i]!, session, model.textEncoders[i]!.outputs)),
    fixed(model.graphs.unet.inputs.find(({ name }) => name === 'encoder_hidden_states')!.dims[1]),
  )
  if (!model.zerosForEmptyNegative) await encode([''])
  return encode
}

function createPainter(
  model: Model,
  encode: EncodePrompts,
  output: Pick<Preview, 'graph' | 'scalingFactor' | 'isUnsigned'>,
  { unet, decoder, vaeEncoder, safety }: Sessions,
  runtime: Runtime,
): Painter {
  const own = schedulerOfConfig(model.schedulerConfig)
  return {
    device: runtime.device,
    vaeScale: model.vaeScale,
    warnings: own.warning === null ? model.warnings : [...model.warnings, own.warning],
    async paint(request, { signal, onStep } = {}) {
      signal?.throwIfAborted()
      const { latents, scheduler, isSpaced } = readRequest(model, request)
      const { source = null } = request
      const calls: PaintCalls = {
        encode,
        predict: createPredict(model.graphs.unet, unet, signal),
        async encodePicture(pixels) {
          const session = await unlessAborted(vaeEncoder(), signal)
          return createEncode(model.graphs.vaeEncoder!, session, model, signal)(pixels)
        },
        decode: createDecode(output, decoder, model, signal),
        check: safety && createCheck(model.safetyChecker!, safety, signal),
      }
      const strength = source === null || isSpaced ? 1 : source.strength
      return paint(
        calls,
        {
          ...request,
          scheduler,
          latents,
          placedSeeds: request.placedSeeds ?? [],
          source: source && prepareSource(source, { ...request, strength }),
          isShownMask: isInpaintingModel(model),
          scalingFactor: model.scalingFactor,
          decoderScalingFactor: output.scalingFactor,
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

/** What others may wait for as well goes on; this caller is let go with the signal's reason. */
function unlessAborted<T>(waiting: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal!.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    waiting.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort))
  })
}
