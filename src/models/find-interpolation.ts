// From an interpolation model's name or path to its files.

import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { PREPROCESSOR } from './find-depth.js'
import { findGraph, type GraphKind, listGraphs, withWeights } from './find-graph.js'
import { EMBEDDED_MODELS } from './find-model.js'
import { readJsonObject } from './json-file.js'

/** The plain cross-fade, which needs no model. */
export const BLEND = 'blend'

/** An interpolation model as it lies on disk: found, not loaded. */
export type InterpolationModel = {
  /** What people call it. */
  name: string
  /** Full path of the folder of its files. */
  folder: string
  /** Names in `folder` of all that its frames depend on, the graph first. */
  files: readonly string[]
  /** Its pictures' sides must be multiples of this, in pixels. */
  multiple: number
  /** Of `files`: the graph that finds the motion which the first one wants, if it wants one. */
  motion: string | null
}

const GRAPH = 'model.onnx'

/** Beside the graph, optional: `{"multiple": 128, "motion": "coarse.onnx"}`. */
const SETTINGS = 'interpolation.json'

/** FILM's; a multiple of what RIFE up to 4.25 (32) and IFRNet (16) want. */
const DEFAULT_MULTIPLE = 64
const LARGEST_MULTIPLE = 1024

/** Folders that are neither diffusion nor depth models. */
const INTERPOLATION: GraphKind = {
  what: 'interpolation model',
  none: BLEND,
  hint: 'give an .onnx file, or a folder with a model.onnx and without a model_index.json',
  async graphIn(folder, host) {
    const has = async (file: string) => (await host.stat(join(folder, file))) !== null
    if ((await has('model_index.json')) || (await has(PREPROCESSOR))) return null
    return (await host.stat(join(folder, GRAPH)))?.isFile ? GRAPH : null
  },
}

/**
 * A name in the user's `folders` or of an embedded model, or a path, as `findGraph` has it. Null for `blend`. Fails (exit 3)
 * when there is none.
 */
export async function findInterpolation(
  nameOrPath: string,
  host: Host,
  folders: readonly string[] = [],
): Promise<InterpolationModel | null> {
  if (nameOrPath === BLEND) return null
  const { folder, graph } = await findGraph(INTERPOLATION, nameOrPath, host, [...folders, EMBEDDED_MODELS])
  return describe(nameOrPath, folder, graph, host)
}

/** Names of all there are in the folders and in this package, and `blend`; sorted. */
export const listInterpolations = (host: Host, folders: readonly string[] = []): Promise<string[]> =>
  listGraphs(INTERPOLATION, host, [...folders, EMBEDDED_MODELS])

async function describe(
  name: string,
  folder: string,
  graph: string,
  host: Host,
): Promise<InterpolationModel> {
  const names = await host.list(folder)
  const path = join(folder, SETTINGS)
  const said = (await readJsonObject(host, path)) ?? {}
  const motion = readMotion(said.motion, names, path)
  const settings = names.filter((file) => file === SETTINGS)
  return {
    name,
    folder,
    files: [
      ...(await withWeights(folder, graph, host)),
      ...(motion === null ? [] : await withWeights(folder, motion, host)),
      ...settings,
    ],
    multiple: readMultiple(said.multiple, path),
    motion,
  }
}

function readMotion(said: unknown, names: readonly string[], path: string): string | null {
  if (said === undefined) return null
  if (typeof said === 'string' && names.includes(said)) return said
  throw environmentFailure(
    `${path}: "motion" is ${JSON.stringify(said)}`,
    'it is the name of a graph in the same folder',
  )
}

function readMultiple(said: unknown = DEFAULT_MULTIPLE, path: string): number {
  if (typeof said === 'number' && Number.isInteger(said) && said >= 1 && said <= LARGEST_MULTIPLE) return said
  throw environmentFailure(
    `${path}: "multiple" is ${JSON.stringify(said)}`,
    `it is a whole number of pixels from 1 to ${LARGEST_MULTIPLE}, such as {"multiple": 128}`,
  )
}
