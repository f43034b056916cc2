// A graph of a model folder, and whether its weights are all there.

import { dirname, join } from 'node:path'
import { environmentFailure, fileFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { type GraphFile, readGraphFile } from './graph-file.js'
import type { Graph } from './model.js'

/** Fails (exit 3) when the file can't be read, is cut off or no ONNX graph. */
export function readGraph(path: string): Graph {
  let file: GraphFile | null
  try {
    file = readGraphFile(path, { isShallow: true })
  } catch (error) {
    throw fileFailure(error, `reading ${path}`)
  }
  if (file === null) {
    throw environmentFailure(
      `the model file ${path} is damaged: it is no ONNX graph, or cut off`,
      'get the model again',
    )
  }
  return { ...file, path }
}

/** Fails (exit 3) when a file that the graph keeps weights in is missing or cut off. */
export async function checkWeights({ path, weights }: Graph, host: Host): Promise<void> {
  for (const { location, bytes } of weights) {
    const full = join(dirname(path), location)
    const stat = await host.stat(full)
    if (stat?.isFile && stat.size >= bytes) continue
    throw environmentFailure(
      stat?.isFile
        ? `the model file ${full} is cut off: it has ${stat.size} bytes of ${bytes}`
        : `the model file ${path} keeps its weights in ${location}, which is missing`,
      'get the model again',
    )
  }
}
