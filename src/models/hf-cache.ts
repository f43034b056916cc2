// What the hub's own client has downloaded already.
// https://huggingface.co/docs/huggingface_hub/guides/manage-cache: models--OWNER--NAME/{blobs,refs,snapshots}, where a file of a
// snapshot is a link to a blob that is named by its digest, or the file itself on systems without links.

import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { digestOfHex } from './digests.js'
import type { SourceFile } from './source.js'
import { walk } from './walk.js'

const folderOf = (cacheFolder: string, repo: string): string =>
  join(cacheFolder, `models--${repo.replace('/', '--')}`)

/** Files of the cache that may have the bytes of `file`; none of them is sure to. */
export async function cachedCopies(
  cacheFolder: string,
  repo: string,
  commit: string,
  file: SourceFile,
  host: Host,
): Promise<string[]> {
  const folder = folderOf(cacheFolder, repo)
  const candidates = [
    ...(file.digest === null ? [] : [join(folder, 'blobs', file.digest.hex)]),
    join(folder, 'snapshots', commit, ...file.path.split('/')),
  ]
  const copies: string[] = []
  for (const path of candidates) {
    const stat = await host.stat(path)
    if (stat?.isFile && stat.size === file.size) copies.push(path)
  }
  return copies
}

/** A snapshot as the cache has it, to be used without the network; `at` gives each file's own path. */
export type CachedModel = { commit: string; files: SourceFile[]; at: (file: SourceFile) => string }

/** Fails (exit 3) when the cache has no such model. */
export async function readCachedModel(
  cacheFolder: string,
  repo: string,
  revision: string,
  host: Host,
): Promise<CachedModel> {
  const folder = folderOf(cacheFolder, repo)
  const ref = join(folder, 'refs', ...revision.split('/'))
  const commit = (await host.stat(ref))?.isFile
    ? new TextDecoder().decode(await host.readFile(ref)).trim()
    : revision
  const snapshot = join(folder, 'snapshots', commit)
  if (!/^[\w.-]+$/.test(commit) || !(await host.stat(snapshot))?.isDirectory) {
    throw environmentFailure(
      `${repo}@${revision} is not in the cache at ${cacheFolder}`,
      'without HF_HUB_OFFLINE it is downloaded',
    )
  }
  const files: SourceFile[] = []
  for (const path of await walk(snapshot, host)) {
    const real = await realpath(path)
    const digest = basename(dirname(real)) === 'blobs' ? digestOfHex(basename(real)) : null
    files.push({
      path: relative(snapshot, path).split(sep).join('/'),
      size: (await host.stat(real))!.size,
      digest,
    })
  }
  return { commit, files, at: ({ path }) => join(snapshot, ...path.split('/')) }
}
