// From an interpolation model's name or path to its files.

import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Host } from '../host/host.js'
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

/**
 * A name is looked up in the user's `folders` (first match wins), then among the embedded models; anything with a slash, or
 * starting with a dot, is the path of a folder with a model.onnx or of a graph file, relative to the host's working folder. Null
 * for `blend`. Fails (exit 3) with the names there are.
 */
export async function findInterpolation(
  nameOrPath: string,
  host: Host,
  folders: readonly string[] = [],
): Promise<InterpolationModel | null> {
  if (nameOrPath === BLEND) return null
  if (/[\\/]|^\.|\.onnx$/i.test(nameOrPath) || isAbsolute(nameOrPath)) {
    const path = resolve(host.cwd, nameOrPath)
    if ((await host.stat(path))?.isFile) return describe(nameOrPath, dirname(path), basename(path), host)
    if (await isInterpolationFolder(host, path)) return describe(nameOrPath, path, GRAPH, host)
    throw environmentFailure(
      `no interpolation model at ${nameOrPath}`,
      'give an .onnx file, or a folder with a model.onnx and without a model_index.json',
    )
  }
  for (const folder of [...folders, EMBEDDED_MODELS]) {
    const path = join(folder, nameOrPath)
    if (await isInterpolationFolder(host, path)) return describe(nameOrPath, path, GRAPH, host)
  }
  const names = await listInterpolations(host, folders)
  const close = nearest(nameOrPath, names)
  throw environmentFailure(
    `there is no interpolation model called ${JSON.stringify(nameOrPath)}`,
    close === null ? `there are: ${names.join(', ')}` : `did you mean ${close}?`,
  )
}

/** Names of all there are in the folders and in this package, and `blend`; sorted. */
export async function listInterpolations(host: Host, folders: readonly string[] = []): Promise<string[]> {
  const names = new Set<string>([BLEND])
  for (const folder of [...folders, EMBEDDED_MODELS]) {
    if (!(await host.stat(folder))?.isDirectory) continue
    for (const name of await host.list(folder)) {
      if (await isInterpolationFolder(host, join(folder, name))) names.add(name)
    }
  }
  return [...names].sort()
}

const isInterpolationFolder = async (host: Host, path: string): Promise<boolean> =>
  (await host.stat(join(path, GRAPH)))?.isFile === true &&
  (await host.stat(join(path, 'model_index.json'))) === null

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
  // Weights in files of their own are named after the graph.
  const withWeights = (file: string) => [
    file,
    ...names.filter((other) => other !== file && other.startsWith(file)).sort(),
  ]
  const settings = names.filter((file) => file === SETTINGS)
  return {
    name,
    folder,
    files: [...withWeights(graph), ...(motion === null ? [] : withWeights(motion)), ...settings],
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
