// From a model's name or path to its folder.

import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environmentFailure } from '../diagnostic/failure.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Host } from '../host/host.js'
import { findInCatalogue } from './catalogue.js'
import { findInstalled } from './installed.js'
import type { ModelFolder } from './model.js'
import { isRepo } from './model-reference.js'
import { modelsFolder } from './models-folder.js'
import { isPreviewName } from './preview-names.js'

/** The folder of the models that ship inside this package. */
export const EMBEDDED_MODELS = fileURLToPath(new URL('../../models/', import.meta.url))

/**
 * A name is looked up in the user's `folders` (first match wins; without them, among the installed models), then among the embedded
 * models; anything with a slash, or starting with a dot, is a path, relative to the host's working folder, or the `owner/name` of an
 * installed model. Fails (exit 3) with the names there are.
 */
export async function findModel(
  nameOrPath: string,
  host: Host,
  folders: readonly string[] = [modelsFolder(host)],
): Promise<ModelFolder> {
  if (/[\\/]|^\./.test(nameOrPath) || isAbsolute(nameOrPath)) {
    const path = resolve(host.cwd, nameOrPath)
    if (await isModelFolder(host, path)) return { name: nameOrPath, path }
    for (const folder of folders) {
      const installed = await findInstalled(nameOrPath, folder, host)
      if (installed !== null) return { name: nameOrPath, path: installed.path }
    }
    throw environmentFailure(
      `no model at ${nameOrPath}`,
      isRepo(nameOrPath)
        ? `is it one of a hub? Then \`storyreel models pull ${nameOrPath}\` gets it`
        : 'a model is a folder in the diffusers layout, with a model_index.json',
    )
  }
  for (const folder of [...folders, EMBEDDED_MODELS]) {
    const path = join(folder, nameOrPath)
    if (await isModelFolder(host, path)) return { name: nameOrPath, path }
  }
  const names = await listModels(host, folders)
  if (isPreviewName(nameOrPath)) {
    throw environmentFailure(
      `${nameOrPath} is no model, but a decoder that drafts of others use`,
      'paint with another model and --draft',
    )
  }
  if (findInCatalogue(nameOrPath) !== null) {
    throw environmentFailure(
      `the model ${nameOrPath} is not installed`,
      `\`storyreel models pull ${nameOrPath}\` gets it`,
    )
  }
  const close = nearest(nameOrPath, names)
  throw environmentFailure(
    `there is no model called ${JSON.stringify(nameOrPath)}`,
    close === null ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${close}?`,
  )
}

/** Names of all models in the folders and in this package, sorted. */
export async function listModels(
  host: Host,
  folders: readonly string[] = [modelsFolder(host)],
): Promise<string[]> {
  const names = new Set<string>()
  for (const folder of [...folders, EMBEDDED_MODELS]) {
    if (!(await host.stat(folder))?.isDirectory) continue
    for (const name of await host.list(folder)) {
      if (await isModelFolder(host, join(folder, name))) names.add(name)
    }
  }
  return [...names].sort()
}

const isModelFolder = async (host: Host, path: string): Promise<boolean> =>
  (await host.stat(join(path, 'model_index.json')))?.isFile === true
