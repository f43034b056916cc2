// Brings a model's files into its staging folder: kept, linked or fetched, each compared with its digest.

import { setMaxListeners } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { printable } from '../diagnostic/make.js'
import { linkFileTo } from '../host/copy-file.js'
import type { Host } from '../host/host.js'
import { sumSizes, type WantedFile } from './choose-files.js'
import { digestFile, type FileDigest, isOfDigest } from './digests.js'
import type { RecordedFile } from './installed.js'
import { keepPartialFile, removePartialFile } from './partial-file.js'
import type { ModelSource, SourceFile } from './source.js'
import type { Staging } from './staging.js'
import type { OnTransfer, Provenance } from './transfer-events.js'

export type InstallOptions = {
  /** Of all models. */
  modelsFolder: string
  host: Host
  signal: AbortSignal
  onEvent: OnTransfer
}

/** Room that is left alone on the disk. */
const SPARE_BYTES = 64 * 1024 ** 2

export type Obtained = { files: RecordedFile[]; origins: Set<Provenance> }

/** A function that brings files into the staging folder, and says what it has brought so far. */
export async function openObtaining(
  source: ModelSource,
  name: string,
  estimate: readonly WantedFile[],
  staging: Staging,
  { host, signal: given, onEvent, modelsFolder }: InstallOptions,
): Promise<(wanted: readonly WantedFile[]) => Promise<Obtained>> {
  const failed = new AbortController()
  const signal = AbortSignal.any([given, failed.signal])
  // All files at once listen to it, which is no leak.
  setMaxListeners(0, signal)
  const obtained: Obtained = { files: [], origins: new Set() }
  const expected = new Map(estimate.map((w) => [w.target, w]))
  const progress = { done: 0, total: sumSizes(estimate) }
  const tell = (bytes: number) => {
    progress.done += bytes
    onEvent({ event: 'bytes', ...progress })
  }
  const check = (path: string, file: SourceFile) => digestIfRight(path, file, signal)

  async function reuse({ target, file }: WantedFile, to: string): Promise<[FileDigest, Provenance] | null> {
    if ((await host.stat(to))?.size === file.size) {
      const kept = await check(to, file)
      if (kept !== null) return [kept, 'kept']
    }
    if (file.digest === null) return null
    const candidates: [string, Provenance][] = [
      [join(modelsFolder, name, target), 'installed'],
      ...(await source.copies(file)).map((path): [string, Provenance] => [path, 'cache']),
    ]
    for (const [path, from] of candidates) {
      const stat = await host.stat(path)
      if (!stat?.isFile || stat.size !== file.size) continue
      const right = await check(path, file)
      if (right === null) continue
      await linkFileTo(path, to)
      return [right, from]
    }
    return null
  }

  async function fetch({ file, source: path }: WantedFile, to: string): Promise<FileDigest> {
    const part = `${to}.part`
    for (let isSecond = false; ; isSecond = true) {
      let counted = 0
      await source.fetch(file, part, {
        signal,
        onBytes: (bytes) => {
          counted += bytes
          tell(bytes)
        },
        onTrouble: (reason, waitMs) => onEvent({ event: 'trouble', path, reason, waitMs }),
      })
      const right = await check(part, file)
      if (right !== null) {
        await keepPartialFile(part, to)
        return right
      }
      await removePartialFile(part)
      tell(-counted)
      if (isSecond)
        throw environmentFailure(
          `${printable(path)} came damaged twice: its digest is not the one that is listed`,
          'the hub, or a proxy before it, is broken: try again later or another HF_ENDPOINT',
        )
      onEvent({ event: 'trouble', path, reason: 'it came damaged', waitMs: 0 })
    }
  }

  async function bring(wanted: WantedFile): Promise<void> {
    const { file, target } = wanted
    const to = join(staging.path, ...target.split('/'))
    await mkdir(dirname(to), { recursive: true })
    const reused = await reuse(wanted, to)
    if (reused !== null) tell(file.size)
    const [digest, from] = reused ?? [await fetch(wanted, to), 'fetched' as const]
    obtained.files.push({ path: target, size: digest.bytes, sha256: digest.sha256 })
    obtained.origins.add(from)
    onEvent({ event: 'file', path: target, bytes: digest.bytes, from })
  }

  async function checkRoom(): Promise<void> {
    let needed = SPARE_BYTES
    for (const { target, file } of expected.values()) {
      const to = join(staging.path, ...target.split('/'))
      const isHere =
        (await host.stat(to)) !== null ||
        (await host.stat(join(modelsFolder, name, target)))?.size === file.size ||
        (await source.copies(file)).length > 0
      if (!isHere) needed += file.size
    }
    const free = await staging.freeBytes()
    if (needed <= free) return
    throw environmentFailure(
      `${name} needs ${gigabytes(needed)} more on the disk of ${modelsFolder}; ${gigabytes(free)} are free`,
      'free some space, or move the models with STORYREEL_MODELS_DIR',
    )
  }

  await checkRoom()
  return async (wanted) => {
    for (const one of wanted) expected.set(one.target, one)
    if (wanted.some(({ role }) => role === 'weights')) {
      // Now it is known which weights belong to the graphs: the guess by names no longer counts.
      for (const [target, { role }] of expected)
        if (role === 'weights' && !wanted.some((w) => w.target === target)) expected.delete(target)
      await checkRoom()
    }
    progress.total = sumSizes(expected.values())
    const errors: unknown[] = []
    // Files side by side; the source bounds its requests itself.
    await Promise.all(
      wanted.map((one) =>
        bring(one).catch((error) => {
          errors.push(error)
          failed.abort()
        }),
      ),
    )
    // The first one is the cause; those after it were cut short by it.
    if (errors.length > 0) throw errors[0]
    obtained.files.sort((a, b) => (a.path < b.path ? -1 : 1))
    return obtained
  }
}

/** Null when the bytes at `path` are not those of the file. Without a digest its size has to do. */
async function digestIfRight(
  path: string,
  file: SourceFile,
  signal: AbortSignal,
): Promise<FileDigest | null> {
  const digest = await digestFile(path, { git: file.digest?.algorithm === 'git', signal })
  if (digest.bytes !== file.size) return null
  return file.digest === null || isOfDigest(digest, file.digest) ? digest : null
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`
