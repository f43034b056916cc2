// What `doctor` looks at: each thing that a render needs, tried for real.

import { availableParallelism } from 'node:os'
import { Failure } from '../diagnostic/failure.js'
import { EMBEDDED_MODELS, listModels } from '../models/find-model.js'
import { modelsFolder } from '../models/models-folder.js'
import { runtimeVersion } from '../onnx/runtime-version.js'
import { SPEECH_ENGINE, wavSeconds } from '../sound/speak.js'
import { BUILT_IN } from '../story/storyboard.js'
import { examineDevices } from './examine-devices.js'
import { spoken } from './make-speech.js'
import type { Studio } from './studio.js'

/** `missing` is what can be done without. */
export type Finding = {
  name: string
  state: 'ok' | 'missing' | 'failed'
  detail: string
  hint: string | null
}

const EMBEDDED_MODEL = 'storybook'

/** One after the other, as they are found. */
export async function* examine(studio: Studio, signal: AbortSignal): AsyncGenerator<Finding> {
  const { host, store } = studio
  yield await finding('node', async () => `${process.version} on ${process.platform} ${process.arch}`)
  yield await finding('ffmpeg', async () => {
    const { path, version, origin } = await studio.ffmpeg()
    return `${version} from ${origin}: ${path}`
  })
  yield await finding('cache', async () => {
    await store.writeRecord('doctor', {})
    const { folder, bytes, artefacts } = await store.status()
    return `${folder}, ${artefacts} artefacts, ${(bytes / 1024 ** 2).toFixed(1)} MiB`
  })
  yield await finding('models', async () => {
    const folder = modelsFolder(host)
    const [all, embedded] = await Promise.all([listModels(host), listModels(host, [EMBEDDED_MODELS])])
    const own = all.filter((name) => !embedded.includes(name))
    return `${embedded.join(', ')} inside; ${own.join(', ') || 'none'} in ${folder}`
  })
  yield* devices(studio, signal)
  yield await finding(EMBEDDED_MODEL, () => paintOnce(studio, signal))
  yield await finding('in-betweens', () => interpolateOnce(studio, signal))
  yield await finding('speech', () => speakOnce(studio, signal))
}

async function* devices(studio: Studio, signal: AbortSignal): AsyncGenerator<Finding> {
  yield {
    name: 'onnxruntime',
    state: 'ok',
    detail: `onnxruntime-node ${runtimeVersion}, ${availableParallelism()} threads`,
    hint: null,
  }
  try {
    yield* examineDevices(await studio.model(EMBEDDED_MODEL), availableParallelism(), signal)
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure)) throw error
    yield { name: 'devices', state: 'failed', detail: error.message, hint: error.hint }
  }
}

async function paintOnce(studio: Studio, signal: AbortSignal): Promise<string> {
  const model = await studio.model(EMBEDDED_MODEL)
  const openedMs = studio.host.now()
  const painter = await studio.openPainter(EMBEDDED_MODEL, signal)
  try {
    const loadMs = studio.host.now() - openedMs
    const [size] = model.sizes
    const { timings } = await painter.paint(
      {
        prompt: [{ prompt: 'a fox', weight: 1 }],
        negative: '',
        seed: 0,
        ...model.defaults,
        ...size!,
      },
      { signal },
    )
    return `on ${painter.device}: ${size!.width}x${size!.height} in ${Math.round(timings.total)} ms, loaded in ${Math.round(loadMs)} ms`
  } finally {
    await painter.close()
  }
}

async function interpolateOnce({ host, openInBetweener }: Studio, signal: AbortSignal): Promise<string> {
  const name = BUILT_IN.interpolation
  const openedMs = host.now()
  const inBetweener = await openInBetweener(name, signal)
  try {
    const startedMs = host.now()
    const size = { width: 320, height: 192 }
    const [a, b] = [60, 200].map((level) => ({
      ...size,
      data: new Uint8Array(320 * 192 * 3).fill(level),
    }))
    for await (const _ of inBetweener.between(a!, b!, [0.5], signal));
    const ms = [host.now() - startedMs, startedMs - openedMs].map(Math.round)
    return `${name} on ${inBetweener.device}: 320x192 in ${ms[0]} ms, loaded in ${ms[1]} ms`
  } finally {
    await inBetweener.close()
  }
}

async function speakOnce({ host }: Studio, signal: AbortSignal): Promise<string> {
  const startedMs = host.now()
  const voice = { base: 'woman', pitch: 1, size: 1, rate: 1 } as const
  const seconds = await spoken([{ text: 'The sea takes.', voice }], host, signal, ([wav]) =>
    wavSeconds(host, wav!),
  )
  return `${SPEECH_ENGINE}: ${seconds.toFixed(1)} s of it in ${Math.round(host.now() - startedMs)} ms`
}

async function finding(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, state: 'ok', detail: await look(), hint: null }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { name, state: 'failed', detail: error.message, hint: error.hint }
  }
}
