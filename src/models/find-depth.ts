// From a depth model's name or path to its files.

import { join } from 'node:path'
import type { Host } from '../host/host.js'
import { findGraph, type GraphKind, listGraphs, withWeights } from './find-graph.js'
import { readJsonObject } from './json-file.js'

/** What is told from the picture's layout, without a model. */
export const LAYOUT = 'layout'

/** A depth model as it lies on disk: found, not loaded. */
export type DepthModel = {
  /** What people call it. */
  name: string
  /** Full path of the folder of its files. */
  folder: string
  /** Names in `folder` of all that its maps depend on, the graph first. */
  files: readonly string[]
  /** What its preprocessor_config.json says; empty without one. */
  preprocessor: Readonly<Record<string, unknown>>
  /** Whether it tells metres and not nearness. */
  isMetric: boolean
}

/** As exporters call them; the first there is. */
const GRAPHS = ['model.onnx', 'onnx/model.onnx']
export const PREPROCESSOR = 'preprocessor_config.json'
const CONFIG = 'config.json'

/** Folders in the layout of transformers; a path may lead to one without a preprocessor's settings. */
const DEPTH: GraphKind = {
  what: 'depth model',
  none: LAYOUT,
  hint: 'give an .onnx file, or a folder with a model.onnx',
  async graphIn(folder, host, isNamed) {
    if (!isNamed && (await host.stat(join(folder, PREPROCESSOR))) === null) return null
    for (const graph of GRAPHS) if ((await host.stat(join(folder, graph)))?.isFile) return graph
    return null
  },
}

/** A name in the user's `folders`, or a path, as `findGraph` has it. Null for `layout`. Fails (exit 3) when there is none. */
export async function findDepth(
  nameOrPath: string,
  host: Host,
  folders: readonly string[] = [],
): Promise<DepthModel | null> {
  if (nameOrPath === LAYOUT) return null
  const { folder, graph } = await findGraph(DEPTH, nameOrPath, host, folders)
  const config = (await readJsonObject(host, join(folder, CONFIG))) ?? {}
  const settings = (await host.list(folder)).filter((file) => file === PREPROCESSOR || file === CONFIG)
  return {
    name: nameOrPath,
    folder,
    files: [...(await withWeights(folder, graph, host)), ...settings.sort()],
    preprocessor: (await readJsonObject(host, join(folder, PREPROCESSOR))) ?? {},
    isMetric: config.depth_estimation_type === 'metric',
  }
}

/** Names of all there are in the folders, and `layout`; sorted. */
export const listDepths = (host: Host, folders: readonly string[] = []): Promise<string[]> =>
  listGraphs(DEPTH, host, folders)
