// cache export and import.

import { environmentFailure } from '../diagnostic/failure.js'
import { plan, studio } from '../index.js'
import { nodesOf } from '../render/work.js'
import { type Transfer, transferArtefacts } from '../store/transfer.js'
import { loadScript, storyboardOf } from './script-file.js'
import { expandScripts, isFolder } from './script-paths.js'

const open = (folder: string | undefined) => studio(folder === undefined ? {} : { cacheFolder: folder })

export async function exportCache(
  scripts: readonly string[],
  folder: string,
  cacheDir: string | undefined,
): Promise<Transfer> {
  const from = open(cacheDir)
  const keys: string[] = []
  for (const script of expandScripts(scripts))
    keys.push(...nodesOf(await plan(storyboardOf(await loadScript(script, [], from.store)), from)).keys())
  return transferArtefacts(keys, from.store, open(folder).store)
}

export async function importCache(folder: string, cacheDir: string | undefined): Promise<Transfer> {
  if (!isFolder(folder))
    throw environmentFailure(`can't import ${folder}: there is no such folder`, 'check the path')
  const from = open(folder).store
  return transferArtefacts(await from.keys(), from, open(cacheDir).store)
}
