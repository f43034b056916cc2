// One picture, outside any film.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileFailure } from '../diagnostic/failure.js'
import { draftSteps } from '../graph/draft.js'
import { nodeHost } from '../host/node-host.js'
import { encodePng } from '../image/picture.js'
import { findModel } from '../models/find-model.js'
import { readModel } from '../models/read-model.js'
import { openPainter, type PaintTimings } from './painter.js'

export type StillRequest = {
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
  size?: { width: number; height: number }
  device: string
}

export type Still = {
  output: string
  width: number
  height: number
  seed: number
  model: string
  device: string
  /** Milliseconds; `total` is from the prompt to the painted pixels, models loaded. */
  timings: PaintTimings
}

/** @throws Failure: exit 3 for a missing model or an unwritable output, 4 when painting fails, 130 on abort. */
export async function paintStill(request: StillRequest, signal: AbortSignal): Promise<Still> {
  const host = nodeHost()
  const model = await readModel(await findModel(request.model, host), host)
  const painter = await openPainter(model, {
    device: request.device,
    decoder: request.draft ? 'preview' : 'full',
    threads: availableParallelism(),
    signal,
  })
  try {
    const size = request.size ?? model.sizes[0]!
    const { rgb, width, height, timings } = await painter.paint(
      {
        prompt: [{ prompt: request.prompt, weight: 1 }],
        negative: request.negative,
        seed: request.seed,
        steps: request.steps ?? (request.draft ? draftSteps(model.defaults.steps) : model.defaults.steps),
        guidance: request.guidance ?? model.defaults.guidance,
        scheduler: request.scheduler ?? model.defaults.scheduler,
        ...size,
      },
      { signal },
    )
    const png = await encodePng({ width, height, data: rgb })
    const output = resolve(request.output)
    await host.writeFileAtomic(output, png).catch((error) => {
      throw fileFailure(error, `can't write ${request.output}`)
    })
    return {
      output: request.output,
      width,
      height,
      seed: request.seed,
      model: request.model,
      device: painter.device,
      timings,
    }
  } finally {
    await painter.close()
  }
}
