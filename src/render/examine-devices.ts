// Each device of this machine, tried with a real graph and compared with the CPU.

import type { Model } from '../models/model.js'
import { chooseDevice, problemOf } from '../onnx/choose-device.js'
import { devicesOf } from '../onnx/device.js'
import { openRuntime } from '../onnx/runtime.js'
import type { FloatTensor } from '../onnx/tensor.js'
import type { Finding } from './examine.js'

type Timed = { output: FloatTensor; ms: number; openMs: number }

/** Fails never; the CPU that can't be used is a failed finding, any other device a missing one. */
export async function* examineDevices(
  model: Model,
  threads: number,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const graph = model.preview?.graph.path ?? model.graphs.vaeDecoder.path
  const { width, height } = model.sizes[0]!
  const latents = {
    dims: [1, model.latentChannels, height / model.vaeScale, width / model.vaeScale],
    data: Float32Array.from(
      { length: (model.latentChannels * width * height) / model.vaeScale ** 2 },
      (_, i) => Math.sin(i),
    ),
  }

  /** The second run counts: the first one compiles what the device needs. */
  async function time(device: string): Promise<Timed> {
    const started = performance.now()
    const runtime = await openRuntime({ device, threads })
    try {
      const session = await runtime.open(graph, { signal })
      const feeds = { [session.inputs[0]!.name]: latents }
      await session.run(feeds, { signal })
      const openMs = performance.now() - started
      const { outputs, ms } = await session.run(feeds, { signal })
      return { output: Object.values(outputs)[0]!, ms, openMs }
    } finally {
      await runtime.close()
    }
  }

  const cpu = await time('cpu')
  const { device: automatic, warning } = await chooseDevice('auto')
  for (const device of devicesOf(process.platform, process.arch)) {
    const name = `device ${device}`
    const problem = await problemOf(device, {}, false)
    if (problem !== null) {
      yield { name, state: 'missing', detail: problem.reason, hint: problem.hint }
      continue
    }
    const timed = device === 'cpu' ? cpu : await time(device)
    const words = [
      `decodes ${width}x${height} in ${formatMs(timed.ms)}, ready after ${formatMs(timed.openMs)}`,
      ...(device === 'cpu'
        ? []
        : [`largest difference to cpu ${formatDifference(timed.output, cpu.output)}`]),
      ...(device === automatic ? ['taken by auto'] : []),
    ]
    yield { name, state: 'ok', detail: words.join('; '), hint: device === automatic ? warning : null }
  }
}

const formatMs = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`)

/** In shades of 255; samples are in −1…1. */
function formatDifference({ data: a }: FloatTensor, { data: b }: FloatTensor): string {
  const largest = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
  return `${(largest * 127.5).toFixed(2)}/255`
}
