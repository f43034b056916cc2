// What `doctor` looks at: each thing that a render needs, tried for real.

import { Failure } from '../diagnostic/failure.js'
import { runtimeVersion } from '../onnx/runtime-version.js'
import { BUILT_IN } from '../story/storyboard.js'
import type { Studio } from './studio.js'

export type Finding = { name: string; ok: boolean; detail: string; hint: string | null }

const EMBEDDED_MODEL = 'storybook'

export async function examine(studio: Studio, signal: AbortSignal): Promise<Finding[]> {
  const { host, store } = studio
  return [
    await finding('node', async () => `${process.version} on ${process.platform} ${process.arch}`),
    await finding('ffmpeg', async () => {
      const { path, version, origin } = await studio.ffmpeg()
      return `${version} from ${origin}: ${path}`
    }),
    await finding('cache', async () => {
      await store.writeRecord('doctor', {})
      const { folder, bytes, artefacts } = await store.status()
      return `${folder}, ${artefacts} artefacts, ${(bytes / 1024 ** 2).toFixed(1)} MiB`
    }),
    await finding(EMBEDDED_MODEL, async () => {
      const model = await studio.model(EMBEDDED_MODEL)
      const openedMs = host.now()
      const painter = await studio.openPainter(EMBEDDED_MODEL, signal)
      try {
        const { steps, guidance, scheduler } = model.defaults
        const size = model.sizes[0]!
        const loadMs = host.now() - openedMs
        const { timings } = await painter.paint(
          {
            prompt: [{ prompt: 'a fox', weight: 1 }],
            negative: '',
            seed: 0,
            steps,
            guidance,
            scheduler,
            ...size,
          },
          { signal },
        )
        return `onnxruntime-node ${runtimeVersion} on ${painter.device}: ${size.width}x${size.height} in ${Math.round(timings.total)} ms, loaded in ${Math.round(loadMs)} ms`
      } finally {
        await painter.close()
      }
    }),
    await finding('in-betweens', async () => {
      const name = BUILT_IN.interpolation
      const openedMs = host.now()
      const inBetweener = await studio.openInBetweener(name, signal)
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
    }),
  ]
}

async function finding(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await look(), hint: null }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { name, ok: false, detail: error.message, hint: error.hint }
  }
}
