// Everything a render needs of the world, opened once: cache, ffmpeg, models. What is slow opens only when it is used.

import { availableParallelism } from 'node:os'
import { cardFontIdentity } from '../camera/title.js'
import type { Plan } from '../graph/plan.js'
import { type ModelFacts, makePlan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import { modelDigest } from '../models/digest.js'
import { findModel } from '../models/find-model.js'
import { type Model, readModel } from '../models/read-model.js'
import { resolveDevice } from '../onnx/device.js'
import { runtimeVersion } from '../onnx/runtime-version.js'
import type { Store } from '../store/store.js'
import type { Storyboard } from '../story/types.js'
import { encodeArguments, joinArguments } from '../video/arguments.js'
import { type Ffmpeg, findFfmpeg } from '../video/find-ffmpeg.js'
import { openPainter, type Painter } from './painter.js'

export type Studio = {
  host: Host
  store: Store
  device: string
  ffmpeg(): Promise<Ffmpeg>
  model(name: string): Promise<Model>
  openPainter(model: string, signal: AbortSignal): Promise<Painter>
  /** @throws Failure (environment) when ffmpeg or a model is missing. */
  plan(storyboard: Storyboard): Promise<Plan>
}

/** Threads that one diffusion run uses: all cores, since one picture is painted at a time. */
const threads = () => availableParallelism()

export function openStudio(host: Host, store: Store, requestedDevice: string): Studio {
  const device = resolveDevice(requestedDevice)
  const models = new Map<string, Promise<Model>>()
  let ffmpeg: Promise<Ffmpeg> | null = null

  const studio: Studio = {
    host,
    store,
    device,
    ffmpeg: () => (ffmpeg ??= findFfmpeg(host)),
    model(name) {
      if (!models.has(name))
        models.set(
          name,
          findModel(name, host).then((folder) => readModel(folder, host)),
        )
      return models.get(name)!
    },
    openPainter: async (name, signal) =>
      openPainter(await studio.model(name), { device, threads: threads(), signal }),
    async plan(storyboard) {
      const names = new Set(
        storyboard.shots.flatMap((s) => (s.take.kind === 'diffused' ? [s.take.diffusion.model] : [])),
      )
      const [found, facts] = await Promise.all([studio.ffmpeg(), modelFacts([...names], studio)])
      return makePlan(storyboard, {
        models: facts,
        runtime: `onnxruntime-node ${runtimeVersion}`,
        device,
        interpolation: null,
        encoder: encoderIdentity(found),
        font: await cardFontIdentity(),
      })
    },
  }
  return studio
}

/** ffmpeg's version and all that it is told, so that a change of either makes segments again. */
function encoderIdentity({ version }: Ffmpeg): string {
  const fps = { num: 1, den: 1 }
  return [version, ...encodeArguments({ width: 2, height: 2, fps }, ''), ...joinArguments(fps, '', '')].join(
    ' ',
  )
}

/** Digests are remembered by path, size and mtime, so that an unchanged model is not read again. */
async function modelFacts(names: string[], { host, store, model }: Studio): Promise<Map<string, ModelFacts>> {
  const remembered = (await store.readRecord('model-digests')) ?? {}
  let isNew = false
  const facts = new Map<string, ModelFacts>()
  for (const name of names) {
    const found = await model(name)
    const { digest, record, changed } = await modelDigest(found, host, remembered)
    Object.assign(remembered, record)
    isNew ||= changed
    facts.set(name, { digest, ...found.defaults, sizes: found.sizes })
  }
  // A cache that can't be written only costs the time of reading the model again.
  if (isNew) await store.writeRecord('model-digests', remembered).catch(() => {})
  return facts
}
