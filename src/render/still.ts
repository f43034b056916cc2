// One picture, outside any film.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileFailure, usageFailure } from '../diagnostic/failure.js'
import { draftSteps } from '../graph/draft.js'
import type { Host } from '../host/host.js'
import { nodeHost } from '../host/node-host.js'
import { programVersion } from '../host/program-version.js'
import { encodePng, type Picture } from '../image/picture.js'
import { findModel } from '../models/find-model.js'
import { type Model, readModel } from '../models/read-model.js'
import { cacheCapBytes, cacheFolder } from '../store/location.js'
import { openStore } from '../store/store.js'
import { readEmbeddingChoice, unsaidWords, withEmbeddings } from './embeddings.js'
import { FLAGGED_ADVICE } from './flagged.js'
import { readLoraChoice, withLoras } from './loras.js'
import { openPainter, type PaintTimings } from './painter.js'
import { readRequest } from './painter-request.js'
import { MACHINE_ENHANCED, MACHINE_MADE, PNG_XMP, type Provenance, xmpPacket } from './provenance.js'
import { checkSource, type NamedFile, readSource, type SourceFlags, sizeOfSource } from './still-source.js'
import { openUpscaler } from './upscaler.js'

export type StillRequest = SourceFlags & {
  prompt: string
  negative: string
  output: string
  model: string
  seed: number
  steps?: number
  guidance?: number
  scheduler?: string
  /** Fewer steps, and the model's preview decoder where it has one. */
  draft?: boolean
  /** Enlarged by the model's upscaler. */
  upscale?: boolean
  size?: { width: number; height: number }
  /** `FILE` or `FILE:WEIGHT` each. */
  lora?: readonly string[]
  /** `FILE` or `WORD=FILE` each, of textual inversion. */
  embedding?: readonly string[]
  /** Where graphs with LoRAs and learned words in them are kept; default: the usual cache. */
  cacheDir?: string
  /** Whether it goes through the model's safety checker, where it has one; default: true. */
  safety?: boolean
  device: string
}

export type Still = {
  output: string
  width: number
  height: number
  seed: number
  model: string
  device: string
  /** The picture that it was painted from, and which part of it. */
  source: { image: NamedFile; mask: NamedFile | null; strength: number } | null
  /** What the model's own safety checker said; it was left out, or there is none. A flagged picture is black. */
  safety: 'passed' | 'flagged' | 'off' | 'none'
  /** What the user should know. */
  warnings: readonly string[]
  /** Milliseconds; `total` is from the prompt to the painted pixels, models loaded. */
  timings: PaintTimings
}

/**
 * @throws Failure: exit 2 for what the model can't do, such as to enlarge without an upscaler, 3 for a missing model or file, a LoRA
 * or embedding that can't be used or an unwritable output, 4 when painting fails, 130 on abort.
 */
export async function paintStill(request: StillRequest, signal: AbortSignal): Promise<Still> {
  const host = nodeHost()
  const model = await readModel(await findModel(request.model, host), host)
  if (request.upscale && model.upscaler === null) {
    throw usageFailure(`--upscale: the model ${request.model} has no upscaler`, 'leave out --upscale')
  }
  const source = await readSource(request, host)
  const asked = {
    prompt: [{ prompt: request.prompt, weight: 1 }],
    negative: request.negative,
    seed: request.seed,
    steps: request.steps ?? (request.draft ? draftSteps(model.defaults.steps) : model.defaults.steps),
    guidance: request.guidance ?? model.defaults.guidance,
    scheduler: request.scheduler ?? model.defaults.scheduler,
    source,
    ...(request.size ?? (source ? sizeOfSource(source.picture, model) : model.sizes[0]!)),
  }
  checkSource(model, asked)
  readRequest(model, asked)
  const using = { device: request.device, threads: availableParallelism(), signal }
  const decoder = request.draft ? 'preview' : 'full'
  const isChecked = request.safety ?? true
  const adapted = await adapt(model, request, { host, ...using })
  const painter = await openPainter(adapted, { ...using, decoder, isChecked, takesPictures: source !== null })
  try {
    const painted = await painter.paint(asked, { signal })
    const small = { width: painted.width, height: painted.height, data: painted.rgb }
    const picture = request.upscale ? await enlarge(small, model.upscaler!, using) : small
    const png = await encodePng(picture, { [PNG_XMP]: xmpPacket(provenanceOfStill(request)) })
    const output = resolve(request.output)
    await host.writeFileAtomic(output, png).catch((error) => {
      throw fileFailure(error, `can't write ${request.output}`)
    })
    return {
      output: request.output,
      width: picture.width,
      height: picture.height,
      seed: request.seed,
      model: request.model,
      device: painter.device,
      source: source && { image: source.image, mask: source.maskFile, strength: source.strength },
      safety:
        model.safetyChecker === null ? 'none' : !isChecked ? 'off' : painted.isFlagged ? 'flagged' : 'passed',
      warnings: [...painter.warnings, ...(painted.isFlagged ? [flaggedWarning(request)] : [])],
      timings: painted.timings,
    }
  } finally {
    await painter.close()
  }
}

const flaggedWarning = ({ output, prompt, seed, model }: StillRequest): string =>
  `${output} is black: the safety checker of ${model} flagged ${JSON.stringify(prompt)} with seed ${seed}; ${FLAGGED_ADVICE}`

/** The model with the LoRAs and learned words that are asked for. */
async function adapt(
  model: Model,
  { prompt, negative, lora = [], embedding = [], cacheDir }: StillRequest,
  using: { host: Host; threads: number; signal: AbortSignal },
): Promise<Model> {
  if (lora.length === 0 && embedding.length === 0) return model
  const { host } = using
  const loras = await Promise.all(lora.map((text) => readLoraChoice(text, host)))
  const embeddings = await Promise.all(embedding.map((text) => readEmbeddingChoice(text, host)))
  const store = openStore(cacheFolder(cacheDir, host), host, cacheCapBytes(host))
  const merged = await withLoras(model, loras, { ...using, store })
  const adapted = await withEmbeddings(merged, embeddings, { ...using, store })
  await store.evict()
  const unsaid = unsaidWords(adapted, [prompt, negative])
  const warnings = unsaid.map((word) => `neither prompt says '${word}', so its embedding changes nothing`)
  return { ...adapted, warnings: [...adapted.warnings, ...warnings] }
}

const provenanceOfStill = ({ model, prompt, image }: StillRequest): Provenance => ({
  sourceType: image === undefined ? MACHINE_MADE : MACHINE_ENHANCED,
  program: programVersion,
  models: [{ name: model, digest: null }],
  prompt,
  script: null,
})

async function enlarge(
  picture: Picture,
  upscalerPath: string,
  using: { device: string; threads: number; signal: AbortSignal },
): Promise<Picture> {
  const upscaler = await openUpscaler(upscalerPath, using)
  try {
    return await upscaler.upscale(picture, using.signal)
  } finally {
    await upscaler.close()
  }
}
