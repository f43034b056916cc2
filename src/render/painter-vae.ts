// The two sides of a VAE, in tiles where a picture is big.

import { environmentFailure, renderFailure } from '../diagnostic/failure.js'
import type { TensorView, TimedTensor } from '../diffusion/tensor-view.js'
import { type RunTile, runTiled } from '../diffusion/tiles.js'
import { checkDevice } from '../models/check-device.js'
import type { Graph, Model, Preview } from '../models/model.js'
import { fixed } from '../models/unet.js'
import type { Runtime } from '../onnx/runtime.js'
import type { Session } from '../onnx/session.js'
import { readEncoderGraph } from '../weights/encoder-graph.js'

/**
 * Pictures of more pixels go through the VAE in tiles. A fixed number, not what memory allows, so that the same pixels come on every
 * machine; that of the largest picture that models are trained on, which diffusers decodes whole unless told otherwise.
 */
export const TILED_ABOVE = 1024 * 1024

export type VaeShape = Pick<Model, 'vaeScale' | 'vaeTile'>

/** Latents already divided by the scaling factor (1×C×h×w) → 1×3×H×W in −1…1. */
export function createDecode(
  { graph, isUnsigned }: Pick<Preview, 'graph' | 'isUnsigned'>,
  session: Session,
  { vaeScale, vaeTile }: VaeShape,
  signal: AbortSignal | undefined,
  tiledAbove: number = TILED_ABOVE,
): RunTile {
  const run = runnerOf(session, signal)
  return async (latents) => {
    const isBig = pixelsOf(latents) * vaeScale ** 2 > tiledAbove && isFlexible(graph)
    const made = await (isBig ? runTiled(run, latents, vaeTile / vaeScale) : run(latents))
    return isUnsigned ? { ...made, data: made.data.map((value) => value * 2 - 1) } : made
  }
}

/** A picture (1×3×H×W in −1…1) → means and log variances of its latents, or the latents. */
export function createEncode(
  graph: Graph,
  session: Session,
  { vaeTile, vaeScale }: VaeShape,
  signal: AbortSignal | undefined,
  tiledAbove: number = TILED_ABOVE,
): RunTile {
  const run = runnerOf(session, signal)
  return async (picture) => {
    const isBig = pixelsOf(picture) > tiledAbove && isFlexible(graph)
    const made = await (isBig ? runTiled(run, picture, vaeTile) : run(picture))
    const [, , height, width] = picture.dims as [number, number, number, number]
    if (made.dims[2]! * vaeScale !== height || made.dims[3]! * vaeScale !== width) {
      throw renderFailure(
        `the VAE encoder ${graph.path} made ${made.dims.join(' x ')} of ${width}x${height} pixels`,
        `latents of ${width / vaeScale}x${height / vaeScale} were expected`,
      )
    }
    return made
  }
}

/** Fails (exit 3) for a graph that draws noise of its own in a way that can't be taken out. */
export async function openVaeEncoder(
  model: Pick<Model, 'name'>,
  encoder: Graph,
  runtime: Runtime,
  signal: AbortSignal | undefined,
): Promise<Session> {
  checkDevice(model.name, [encoder], runtime.device)
  const graph = readEncoderGraph(encoder.path)
  if (graph?.kind === 'refused') {
    throw environmentFailure(
      `the VAE encoder of the model ${model.name} can't be used: ${graph.reason}`,
      'the same seed would not make the same picture; export it with optimum 1.23 or later',
    )
  }
  return runtime.open(encoder.path, { signal, splices: graph?.kind === 'rewired' ? graph.splices : [] })
}

const runnerOf =
  (session: Session, signal: AbortSignal | undefined): RunTile =>
  async (input: TensorView): Promise<TimedTensor> => {
    const { outputs, ms } = await session.run({ [session.inputs[0]!.name]: input }, { signal })
    return { ...Object.values(outputs)[0]!, ms }
  }

const pixelsOf = ({ dims }: TensorView): number => dims[2]! * dims[3]!

/** Some exports hold their graphs to one size. */
const isFlexible = ({ inputs }: Graph): boolean =>
  inputs[0]!.dims.slice(2).every((side) => fixed(side) === null)
