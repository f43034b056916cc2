// A model in words and figures: what `models list` and `models show` print.

import { join, sep } from 'node:path'
import { Failure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { EMBEDDED_MODELS } from './find-model.js'
import { readLicence } from './licence.js'
import type { ModelDefaults, ModelFolder, Size } from './model.js'
import { readModel } from './read-model.js'

export type ModelDescription = {
  name: string
  path: string
  /** True for a model that ships inside this package. */
  isEmbedded: boolean
  /** Of all files in the folder. */
  bytes: number
  /** As its card says it; null when it says nothing. */
  licence: string | null
  /** What a render with it would be told; null when it can be used. */
  problem: string | null
  /** Null together with `defaults` when there is a problem. */
  family: string | null
  defaults: ModelDefaults | null
  /** Pixels that it draws well, its native size first; empty when there is a problem. */
  sizes: Size[]
  /** Folders of graphs that it holds, whether they are used or not, with their bytes. */
  parts: { name: string; bytes: number }[]
}

/** Reads, but doesn't load. A model that can't be used is described with its `problem`; other errors are thrown. */
export async function describeModel(folder: ModelFolder, host: Host): Promise<ModelDescription> {
  const base = {
    ...folder,
    isEmbedded: folder.path.startsWith(EMBEDDED_MODELS.replace(/[\\/]$/, '') + sep),
    bytes: await folderBytes(folder.path, host),
    licence: await readLicence(folder.path, host),
    parts: await readParts(folder.path, host),
  }
  try {
    const { family, defaults, sizes } = await readModel(folder, host)
    return { ...base, problem: null, family, defaults, sizes }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { ...base, problem: error.message, family: null, defaults: null, sizes: [] }
  }
}

async function readParts(path: string, host: Host): Promise<ModelDescription['parts']> {
  const parts: ModelDescription['parts'] = []
  for (const name of await host.list(path)) {
    const part = join(path, name)
    if (!(await host.stat(part))?.isDirectory) continue
    const names = await host.list(part)
    if (names.some((file) => file.endsWith('.onnx')))
      parts.push({ name, bytes: await folderBytes(part, host) })
  }
  return parts
}

async function folderBytes(path: string, host: Host): Promise<number> {
  let bytes = 0
  for (const name of await host.list(path)) {
    const stat = await host.stat(join(path, name))
    if (stat?.isFile) bytes += stat.size
    else if (stat?.isDirectory) bytes += await folderBytes(join(path, name), host)
  }
  return bytes
}
