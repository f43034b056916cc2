// Opens a model's upscaler and enlarges pictures with it, in a session of its own.

import { environmentFailure, renderFailure } from '../diagnostic/failure.js'
import { planesToRgb, rgbToPlanes } from '../diffusion/pixels.js'
import type { Picture } from '../image/picture.js'
import { openRuntime } from '../onnx/runtime.js'

export type Upscaler = {
  /**
   * The picture, enlarged by the graph's own factor; a new one, made without looking at the given pixels after the call
   * has returned. Calls queue up. Rejects with the signal's reason at once when it fires.
   */
  upscale(picture: Picture, signal: AbortSignal): Promise<Picture>
  /** Resolves when it is busy with nothing, also not with what was aborted. */
  idle(): Promise<void>
  close(): Promise<void>
}

/**
 * `path` is a graph from a picture (1 × 3 × H × W, RGB in −1…1) to a larger one of the same kind. `threads` is how many
 * one call computes with. Fails (exit 3) when the device isn't there or the graph can't be used.
 */
export async function openUpscaler(
  path: string,
  {
    device = 'auto',
    threads,
    signal,
  }: { device?: string; threads: number; signal?: AbortSignal | undefined },
): Promise<Upscaler> {
  const runtime = await openRuntime({ threads, device })
  try {
    const session = await runtime.open(path, { signal })
    const [input, ...more] = session.inputs
    if (input?.dims.length !== 4 || more.length > 0) {
      throw environmentFailure(
        `the upscaler ${path} has other inputs than one picture`,
        `its inputs are ${session.inputs.map(({ name, dims }) => `${name} (${dims.join(' x ')})`).join(', ')}`,
      )
    }
    return {
      async upscale({ data, width, height }, abort) {
        const feeds = { [input.name]: { data: rgbToPlanes(data), dims: [1, 3, height, width] } }
        const { outputs } = await session.run(feeds, { signal: abort })
        const { data: planes, dims } = Object.values(outputs)[0]!
        const [, channels, tall, wide] = dims
        if (channels !== 3 || !wide || !tall || wide < width || tall * width !== wide * height) {
          throw renderFailure(`the upscaler ${path} made ${dims.join(' x ')} of ${width}x${height} pixels`)
        }
        return { width: wide, height: tall, data: planesToRgb(planes, wide, tall) }
      },
      idle: () => runtime.idle(),
      close: () => runtime.close(),
    }
  } catch (error) {
    await runtime.close()
    throw error
  }
}
