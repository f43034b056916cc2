// A model's identity: a digest over the names and bytes of the files that pictures are made from.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import type { ModelFolder } from './model.js'

/** By full path: what a file looked like when it was last read. Plain JSON, for the caller to keep. */
export type RememberedDigests = Record<string, { size: number; mtimeMs: number; sha256: string }>

const FOLDERS = [
  'scheduler',
  'text_encoder',
  'text_encoder_2',
  'tokenizer',
  'tokenizer_2',
  'unet',
  'vae_decoder',
]

/**
 * SHA-256 in hex. A file whose size and time are as remembered isn't read again. `record` covers this model's files, to be
 * merged into what the caller keeps; `changed` says whether it holds anything new. `remembered` is what was kept so far:
 * anything else in it is ignored. Fails (exit 3) when a file can't be read.
 */
export async function modelDigest(
  folder: Pick<ModelFolder, 'path'>,
  host: Host,
  remembered: object,
): Promise<{ digest: string; record: RememberedDigests; changed: boolean }> {
  const names = ['model_index.json']
  for (const sub of FOLDERS) {
    if (!(await host.stat(join(folder.path, sub)))?.isDirectory) continue
    names.push(...(await host.list(join(folder.path, sub))).sort().map((name) => `${sub}/${name}`))
  }
  return digestFiles(folder.path, names, host, remembered)
}

/** The same for single files, by their names in `folder`; those that are missing don't count. */
export async function digestFiles(
  folder: string,
  names: readonly string[],
  host: Host,
  remembered: object,
): Promise<{ digest: string; record: RememberedDigests; changed: boolean }> {
  const record: RememberedDigests = {}
  let changed = false
  const hash = createHash('sha256')
  for (const name of names) {
    const path = join(folder, name)
    const stat = await host.stat(path)
    if (!stat?.isFile) continue
    const known = (remembered as Partial<RememberedDigests>)[path]
    const isKnown = known?.size === stat.size && known.mtimeMs === stat.mtimeMs
    const sha256 = isKnown ? known.sha256 : await digestFile(host, path)
    changed ||= !isKnown
    record[path] = { size: stat.size, mtimeMs: stat.mtimeMs, sha256 }
    hash.update(`${name}\0${sha256}\n`)
  }
  return { digest: hash.digest('hex'), record, changed }
}

/** The first file that no longer looks as it did when its digest was taken; null for none. */
export async function findChanged(record: RememberedDigests, host: Host): Promise<string | null> {
  for (const [path, { size, mtimeMs }] of Object.entries(record)) {
    const stat = await host.stat(path)
    if (stat?.size !== size || stat.mtimeMs !== mtimeMs) return path
  }
  return null
}

/** Streamed: weights can be larger than a buffer may be. */
async function digestFile(host: Host, path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of host.readChunks(path)) hash.update(chunk)
  } catch (error) {
    throw fileFailure(error, `reading the model file ${path}`)
  }
  return hash.digest('hex')
}
