// Everything a render needs of the world, opened once: cache, ffmpeg, models. What is slow opens only when it is used.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { typeIdentity } from '../camera/type.js'
import { environmentFailure, Failure } from '../diagnostic/failure.js'
import type { PainterChoice } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import { makePlan } from '../graph/plan.js'
import type { DepthFacts } from '../graph/plan-depth.js'
import type { ModelFacts, PlanFacts } from '../graph/plan-facts.js'
import type { Host } from '../host/host.js'
import { programVersion } from '../host/program-version.js'
import { digestFiles, findChanged, modelDigest, type RememberedDigests } from '../models/digest.js'
import { type DepthModel, findDepth } from '../models/find-depth.js'
import { findInterpolation, type InterpolationModel } from '../models/find-interpolation.js'
import { findModel } from '../models/find-model.js'
import { modelsFolder } from '../models/models-folder.js'
import { type Model, readModel, UPSCALER } from '../models/read-model.js'
import { readVocabulary } from '../models/vocabulary.js'
import { type ChosenDevice, chooseDevice } from '../onnx/choose-device.js'
import { runtimeVersion } from '../onnx/runtime-version.js'
import { SPEECH_ENGINE } from '../sound/speak.js'
import type { Store } from '../store/store.js'
import type { Storyboard } from '../story/types.js'
import { encodeArguments, joinArguments } from '../video/arguments.js'
import { type Ffmpeg, findFfmpeg } from '../video/find-ffmpeg.js'
import { type DepthFinder, openDepthFinder } from './depth-finder.js'
import { withEmbeddings } from './embeddings.js'
import { openFileDigests } from './file-digests.js'
import { atLine, checkUnchanged, choicesOf, filmFiles } from './film-files.js'
import { type InBetweener, openInBetweener } from './in-betweener.js'
import { withLoras } from './loras.js'
import { levelsOf } from './make-speech.js'
import { openPainter, type Painter } from './painter.js'
import { readRequest } from './painter-request.js'
import { mixerIdentity, soundFacts } from './sound-facts.js'
import { subtitleFacts } from './subtitle-files.js'
import { openUpscaler, type Upscaler } from './upscaler.js'

export type Studio = {
  host: Host
  store: Store
  /** What models run on, chosen once. @throws Failure (environment) when the one asked for isn't there. */
  device(): Promise<ChosenDevice>
  ffmpeg(): Promise<Ffmpeg>
  model(name: string): Promise<Model>
  /** Default: with the full decoder, and nothing added. The decoder for drafts is taken where the model has one. */
  openPainter(
    model: string,
    signal: AbortSignal,
    choice?: Partial<Omit<PainterChoice, 'model'>>,
  ): Promise<Painter>
  /** Of a model that has one. */
  openUpscaler(model: string, signal: AbortSignal): Promise<Upscaler>
  openInBetweener(model: string, signal: AbortSignal): Promise<InBetweener>
  openDepthFinder(model: string, signal: AbortSignal): Promise<DepthFinder>
  /** @throws Failure (environment) when ffmpeg or a model is missing. */
  plan(storyboard: Storyboard): Promise<Plan>
}

/** Threads that one diffusion run uses: all cores, since one picture is painted at a time. */
const threads = () => availableParallelism()

/** `isChecked`: whether pictures go through the safety checkers of models that have one. */
export function openStudio(
  host: Host,
  store: Store,
  { device: requestedDevice, isChecked }: { device: string; isChecked: boolean },
): Studio {
  const models = new Map<string, Promise<Model>>()
  let ffmpeg: Promise<Ffmpeg> | null = null
  let device: Promise<ChosenDevice> | null = null
  const digested: RememberedDigests = {}
  /** The keys of a plan name the bytes that it is made from: what is opened must still have them. */
  const unchanged = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const opened = await opening
    const path = await findChanged(digested, host)
    if (path === null) return opened
    await opened.close()
    throw environmentFailure(`${path} has changed since the film was planned`, 'give the command again')
  }
  /** For whatever opens sessions. */
  const using = async (signal: AbortSignal) => ({
    device: (await studio.device()).device,
    threads: threads(),
    signal,
  })

  /** With LoRAs and learned words in it. */
  const adapted = async (
    model: Model,
    choice: Pick<PainterChoice, 'loras' | 'embeddings'>,
    signal: AbortSignal,
  ): Promise<Model> => {
    await checkUnchanged(choice, host, await openFileDigests(host, store))
    const { loras, embeddings } = choicesOf(choice, host)
    const merged = await withLoras(model, loras, { host, store, threads: threads(), signal })
    return withEmbeddings(merged, embeddings, { host, store, signal })
  }

  const studio: Studio = {
    host,
    store,
    device: () => (device ??= chooseDevice(requestedDevice)),
    ffmpeg() {
      ffmpeg ??= findFfmpeg(host)
      // What is not there now may be there when it is asked for again.
      ffmpeg.catch(() => {
        ffmpeg = null
      })
      return ffmpeg
    },
    model(name) {
      const known = models.get(name)
      if (known) return known
      const reading = findModel(name, host).then((folder) => readModel(folder, host))
      models.set(name, reading)
      reading.catch(() => models.delete(name))
      return reading
    },
    async openPainter(name, signal, { decoder = 'full', loras = [], embeddings = [] } = {}) {
      const model = await adapted(await studio.model(name), { loras, embeddings }, signal)
      return unchanged(openPainter(model, { ...(await using(signal)), decoder, isChecked }))
    },
    async openUpscaler(name, signal) {
      const { upscaler } = await studio.model(name)
      if (upscaler === null) throw new Error(`the model ${name} has no upscaler`)
      return unchanged(openUpscaler(upscaler, await using(signal)))
    },
    openInBetweener: async (name, signal) =>
      unchanged(openInBetweener(name, host, { ...(await using(signal)), folders: [modelsFolder(host)] })),
    openDepthFinder: async (name, signal) =>
      unchanged(openDepthFinder(name, host, { ...(await using(signal)), folders: [modelsFolder(host)] })),
    async plan(storyboard) {
      const names = new Set(
        storyboard.shots.flatMap((s) => (s.take.kind === 'diffused' ? [s.take.diffusion.model] : [])),
      )
      const [found, facts, { device }] = await Promise.all([
        studio.ffmpeg(),
        modelFacts([...names], storyboard, studio, isChecked),
        studio.device(),
      ])
      Object.assign(digested, facts.digested)
      const digests = await openFileDigests(host, store)
      const files = await filmFiles(storyboard, host, digests, studio.model)
      const plan = makePlan(storyboard, {
        program: programVersion,
        models: facts.models,
        runtime: `onnxruntime-node ${runtimeVersion}`,
        device,
        interpolation: facts.interpolation,
        depth: facts.depth,
        files,
        encoder: encoderIdentity(found),
        font: await typeIdentity(),
        sounds: await soundFacts(storyboard, found, studio, digests),
        mixer: mixerIdentity(found),
        speech: SPEECH_ENGINE,
        levels: await levelsOf(storyboard, store, host),
        ...(await subtitleFacts(storyboard, host)),
      })
      await checkKeyframes(plan, studio)
      return plan
    },
  }
  return studio
}

/** What can't be painted is told before anything is. */
async function checkKeyframes({ storyboard, shots }: Plan, { model }: Studio): Promise<void> {
  for (const { shot, pictures } of shots) {
    for (const node of pictures) {
      if (node.kind !== 'keyframe') continue
      const found = await model(node.diffusion.model)
      await atLine(storyboard.file, shot.line, async () => {
        const { fromReferences } = node.diffusion
        readRequest(found, { ...node.diffusion, ...node.size })
        if (fromReferences === null) return
        const source = { strength: fromReferences.strength, mask: null }
        readRequest(found, { ...node.diffusion, ...node.size, steps: fromReferences.steps, source })
      })
    }
  }
}

/** ffmpeg's version and all that it is told, so that a change of either makes segments again. */
function encoderIdentity({ version }: Ffmpeg): string {
  const fps = { num: 1, den: 1 }
  return [version, ...encodeArguments({ width: 2, height: 2, fps }, ''), ...joinArguments(fps, '', '')].join(
    ' ',
  )
}

/** Null for `blend`. A model that there is not is told with its line in the script. */
const interpolationModel = (
  { file, interpolation, interpolationLine }: Storyboard,
  host: Host,
): Promise<InterpolationModel | null> =>
  toldAt(file, interpolationLine, findInterpolation(interpolation, host, [modelsFolder(host)]))

/** Null for `layout`, and where no camera has parallax. */
const depthModel = async (
  { file, depth, depthLine, shots }: Storyboard,
  host: Host,
): Promise<DepthModel | null> =>
  shots.some(({ camera }) => camera.parallax > 0)
    ? toldAt(file, depthLine, findDepth(depth, host, [modelsFolder(host)]))
    : null

const toldAt = <T>(file: string, line: number | null, finding: Promise<T>): Promise<T> =>
  finding.catch((error) => {
    if (line === null || !(error instanceof Failure)) throw error
    throw new Failure(error.exitCode, `${file}:${line}: ${error.message}`, error.hint, error)
  })

/** Digests are remembered by path, size and mtime, so that an unchanged model is not read again. */
async function modelFacts(
  names: string[],
  storyboard: Storyboard,
  { host, store, model }: Studio,
  isChecked: boolean,
): Promise<
  Pick<PlanFacts, 'models' | 'interpolation'> & { depth: DepthFacts } & { digested: RememberedDigests }
> {
  const read: RememberedDigests = {}
  const remembered = (await store.readRecord('model-digests')) ?? {}
  let isNew = false
  const facts = new Map<string, ModelFacts>()
  const isTalking = storyboard.shots.some(({ take }) => take.kind === 'diffused' && take.talking)
  for (const name of names) {
    const found = await model(name)
    const digestOf = async (files: readonly string[] | undefined) =>
      files ? digestFiles(found.path, files, host, remembered) : null
    const filesIn = async (sub: string) =>
      (await host.list(join(found.path, sub))).sort().map((file) => `${sub}/${file}`)
    const own = await modelDigest(found, host, remembered)
    const preview =
      found.preview && (await digestFiles(found.preview.folder, found.preview.files, host, remembered))
    const upscaler = await digestOf(found.upscaler === null ? undefined : [UPSCALER])
    const isSource = ({ take }: Storyboard['shots'][number]) =>
      take.kind === 'diffused' &&
      take.diffusion.model === name &&
      (take.diffusion.source !== undefined ||
        take.diffusion.standings?.some(({ reference }) => reference !== null))
    const encoder = await digestOf(
      storyboard.shots.some(isSource) && found.graphs.vaeEncoder ? await filesIn('vae_encoder') : undefined,
    )
    const checker = await digestOf((isChecked && found.safetyChecker?.files) || undefined)
    for (const digested of [own, preview, upscaler, encoder, checker]) {
      Object.assign(read, digested?.record)
      isNew ||= digested?.changed === true
    }
    facts.set(name, {
      digest: own.digest,
      preview: preview?.digest ?? null,
      upscaler: upscaler?.digest ?? null,
      vaeEncoder: encoder?.digest ?? null,
      safetyChecker: checker ?? (found.safetyChecker && 'off'),
      ...found.defaults,
      sizes: found.sizes,
      talks: isTalking && (await readVocabulary(found, host))?.groups.mouth?.open !== undefined,
    })
  }
  const whole = async (found: { folder: string; files: readonly string[] } | null) => {
    const digested = found && (await digestFiles(found.folder, found.files, host, remembered))
    Object.assign(read, digested?.record)
    isNew ||= digested?.changed === true
    return digested && { digest: digested.digest }
  }
  const interpolation = await whole(await interpolationModel(storyboard, host))
  const depth = await whole(await depthModel(storyboard, host))
  // A cache that can't be written only costs the time of reading the model again.
  if (isNew) await store.writeRecord('model-digests', { ...remembered, ...read }).catch(() => {})
  return { models: facts, interpolation, depth, digested: read }
}
