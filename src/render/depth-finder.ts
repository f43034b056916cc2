// Opens a depth model and tells with it how near the parts of a picture are: binds models/, onnx/ and depth/ together.

import { join } from 'node:path'
import { type DepthMap, MAP_SIDE, settle } from '../depth/depth-map.js'
import { depthFromModel } from '../depth/from-model.js'
import { depthFromLayout } from '../depth/layout.js'
import { inputSize, readPreprocessor, type Size, toPlanes } from '../depth/preprocessor.js'
import { environmentFailure, renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { type Picture, resizePicture } from '../image/picture.js'
import { reduceFrame } from '../interpolation/similarity.js'
import { type DepthModel, findDepth } from '../models/find-depth.js'
import { openRuntime } from '../onnx/runtime.js'
import type { Session } from '../onnx/session.js'

export type DepthFinder = {
  /** Nearness, settled for views to be bent by. Rejects with the signal's reason at once when it fires. */
  find(picture: Picture, signal: AbortSignal): Promise<DepthMap>
  /** Resolves when it is busy with nothing, also not with what was aborted. */
  idle(): Promise<void>
  close(): Promise<void>
}

/**
 * A model by name or path; `layout` needs none. Fails (exit 3) when there is no such model or it can't be used, and while it
 * runs (exit 4) with a result that is no map.
 */
export async function openDepthFinder(
  nameOrPath: string,
  host: Host,
  {
    threads,
    device = 'auto',
    folders = [],
    signal,
  }: { threads: number; device?: string; folders?: readonly string[]; signal?: AbortSignal | undefined },
): Promise<DepthFinder> {
  signal?.throwIfAborted()
  const model = await findDepth(nameOrPath, host, folders)
  if (model === null)
    return {
      find: async (picture) => settle(depthFromLayout(reduceFrame(picture, MAP_SIDE))),
      idle: async () => {},
      close: async () => {},
    }
  const runtime = await openRuntime({ threads, device })
  try {
    const session = await runtime.open(join(model.folder, model.files[0]!), { signal })
    const input = checkInput(model, session)
    return {
      find: (picture, abort) => runModel(model, session, input, picture, abort),
      idle: () => runtime.idle(),
      close: () => runtime.close(),
    }
  } catch (error) {
    await runtime.close()
    throw error
  }
}

type Input = Session['inputs'][number]

/** One picture in, one map out. */
function checkInput({ name }: DepthModel, { inputs, outputs }: Session): Input {
  const [input, ...more] = inputs
  const told = (tensors: Session['inputs']) =>
    tensors.map((t) => `${t.name} (${t.dims.join(' x ')})`).join(', ')
  if (
    input?.dims.length !== 4 ||
    more.length > 0 ||
    (input.dims[1] !== 3 && typeof input.dims[1] === 'number')
  )
    throw environmentFailure(
      `the depth model ${name} can't be used: it takes other things than one picture`,
      `its inputs are ${told(inputs)}; wanted is one of 1 x 3 x height x width`,
    )
  if (outputs.length === 0) throw environmentFailure(`the depth model ${name} gives nothing`)
  return input
}

async function runModel(
  { name, preprocessor: config, isMetric }: DepthModel,
  session: Session,
  { name: input, dims: declared }: Input,
  picture: Picture,
  signal: AbortSignal,
): Promise<DepthMap> {
  const preprocessor = readPreprocessor(config)
  const wanted = inputSize(preprocessor, picture)
  const fixed = (dim: number | string | undefined, side: number) =>
    typeof dim === 'number' && dim > 0 ? dim : side
  const size: Size = { width: fixed(declared[3], wanted.width), height: fixed(declared[2], wanted.height) }
  const { data } = await resizePicture(picture, size.width, size.height, 'fill')
  const feeds = { [input]: { data: toPlanes(data, preprocessor), dims: [1, 3, size.height, size.width] } }
  const { outputs } = await session.run(feeds, { signal })
  const map = outputs[session.outputs[0]!.name]!
  const [height, width] = map.dims.slice(-2)
  if (map.dims.length < 2 || width! < 2 || height! < 2 || map.data.length !== width! * height!)
    throw renderFailure(`the depth model ${name} made ${map.dims.join(' x ')} of one picture, not one map`)
  const isMap = map.data.every((value) => Number.isFinite(value))
  if (!isMap) throw renderFailure(`the depth model ${name} made a map with values that are no numbers`)
  return settle(depthFromModel(map.data, { width: width!, height: height! }, isMetric, picture))
}
