// Content-addressed artefacts on disk. A file is named by its node's key and by the SHA-256 of its own bytes:
//
//   objects/ab/abcdef…(key)-0123…(digest).png
//
// One rename therefore publishes both at once, a reader can always tell a damaged file, and two processes that make the
// same node at the same time write the same name. Last use is the file's mtime; eviction takes the oldest first.
//
// An artefact may be a folder of files, for a graph with its weights beside it. Of these, one that is a hard link to a file
// that lies elsewhere too is told by its size alone and takes no room: it is its owner's to check.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileFailure } from '../diagnostic/failure.js'
import type { FileStat, Host } from '../host/host.js'
import { sweepTemporaryFiles, temporaryName } from './temporary.js'

export type Artefact = { key: string; digest: string; path: string; size: number }

export type StoreStatus = { folder: string; artefacts: number; bytes: number; capBytes: number }

/** Why `get` has nothing: never made (or evicted), or made but damaged since. */
export type Miss = 'missing' | 'damaged'

export type Store = {
  readonly folder: string
  /** The artefact, its bytes checked against its digest; a damaged one is removed and counts as a miss. */
  get(key: string): Promise<Artefact | Miss>
  /** Makes an artefact: `write` makes a file or folder at the path it is given, the store then publishes it by rename. */
  put(key: string, extension: string, write: (path: string) => Promise<void>): Promise<Artefact>
  /** A small JSON record beside the artefacts (histories, remembered digests); null when absent or unreadable. */
  readRecord(name: string): Promise<unknown>
  writeRecord(name: string, value: unknown): Promise<void>
  /** Of all artefacts, damaged ones too. */
  keys(): Promise<string[]>
  status(): Promise<StoreStatus>
  /**
   * Removes the least recently used artefacts until at most `capBytes` are left; spares those that this store has given
   * out since its last eviction.
   */
  evict(capBytes?: number): Promise<{ removed: number; bytes: number }>
}

type Entry = { name: string; path: string; size: number; mtimeMs: number }

/** Its digest, and the room that it takes. */
async function digestArtefact(path: string, host: Host): Promise<{ digest: string; size: number }> {
  if (!(await host.stat(path))?.isDirectory) return digestFile(path, host)
  const hash = createHash('sha256')
  let size = 0
  for await (const { name, stat } of filesIn(path, host)) {
    const own = stat.links > 1 ? null : await digestFile(join(path, name), host)
    hash.update(`${name}\0${own?.digest ?? stat.size}\n`)
    size += own?.size ?? 0
  }
  return { digest: hash.digest('hex'), size }
}

/** Names relative to the folder, with `/`. */
async function* filesIn(
  folder: string,
  host: Host,
  below = '',
): AsyncGenerator<{ name: string; stat: FileStat }> {
  for (const entry of await host.list(join(folder, below))) {
    const name = below === '' ? entry : `${below}/${entry}`
    const stat = await host.stat(join(folder, name))
    if (stat?.isDirectory) yield* filesIn(folder, host, name)
    else if (stat?.isFile) yield { name, stat }
  }
}

async function sizeOf(path: string, stat: FileStat, host: Host): Promise<number> {
  if (!stat.isDirectory) return stat.size
  let size = 0
  for await (const { stat: file } of filesIn(path, host)) if (file.links === 1) size += file.size
  return size
}

/** Piece by piece: a run of in-betweens may be larger than memory. */
async function digestFile(path: string, host: Host): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of host.readChunks(path)) {
    hash.update(chunk)
    size += chunk.length
  }
  return { digest: hash.digest('hex'), size }
}

/**
 * Opens (and makes, at the first write) the store in `folder`.
 * @param capBytes size that `evict` keeps it under.
 * @throws Failure with exit 3 where the disk is full, read-only or not ours.
 */
export function openStore(folder: string, host: Host, capBytes: number): Store {
  /** Digest-checked by this store. */
  const known = new Map<string, Artefact>()
  /** Keys given out since the last eviction. */
  const used = new Set<string>()
  const shardOf = (key: string) => join(folder, 'objects', key.slice(0, 2))
  const recordPath = (name: string) => join(folder, 'records', `${name}.json`)
  let swept: Promise<void> | null = null

  async function find(key: string): Promise<string[]> {
    const names = await host.list(shardOf(key)).catch(() => [])
    return names.filter((n) => n.startsWith(`${key}-`)).sort()
  }

  async function get(key: string): Promise<Artefact | Miss> {
    used.add(key)
    const checked = known.get(key)
    if (checked && (await host.stat(checked.path))) return checked
    let miss: Miss = 'missing'
    for (const name of await find(key)) {
      const path = join(shardOf(key), name)
      const found = await digestArtefact(path, host).catch(() => null)
      if (found === null) continue
      if (found.digest === name.slice(key.length + 1).split('.')[0]!) {
        const artefact = { key, path, ...found }
        known.set(key, artefact)
        await host.touch(path).catch(() => {}) // a read-only cache can still be read
        return artefact
      }
      miss = 'damaged'
      await host.remove(path).catch(() => {})
    }
    return miss
  }

  async function put(
    key: string,
    extension: string,
    write: (path: string) => Promise<void>,
  ): Promise<Artefact> {
    const folderOfTemporaries = join(folder, 'tmp')
    const temporary = join(folderOfTemporaries, temporaryName(extension))
    try {
      await host.makeFolder(folderOfTemporaries)
      swept ??= sweepTemporaryFiles(folderOfTemporaries, host)
      await swept
      await write(temporary)
      const { digest, size } = await digestArtefact(temporary, host)
      const path = join(shardOf(key), `${key}-${digest}.${extension}`)
      await host.makeFolder(shardOf(key))
      await publish(temporary, path)
      const artefact = { key, digest, path, size }
      known.set(key, artefact)
      used.add(key)
      return artefact
    } catch (error) {
      await host.remove(temporary).catch(() => {})
      throw fileFailure(error, `can't write to the cache ${folder}`)
    }
  }

  /** A folder is not renamed over another: one of the same name holds the same. */
  async function publish(temporary: string, path: string): Promise<void> {
    await host.rename(temporary, path).catch(async (error) => {
      if (!(await host.stat(path))?.isDirectory) throw error
      await host.remove(temporary)
    })
  }

  async function entries(): Promise<Entry[]> {
    const found: Entry[] = []
    for (const shard of await host.list(join(folder, 'objects')).catch(() => [])) {
      for (const name of await host.list(join(folder, 'objects', shard)).catch(() => [])) {
        const path = join(folder, 'objects', shard, name)
        const stat = await host.stat(path)
        if (stat === null) continue
        found.push({ name, path, size: await sizeOf(path, stat, host), mtimeMs: stat.mtimeMs })
      }
    }
    return found
  }

  return {
    folder,
    get,
    put,
    async readRecord(name) {
      const bytes = await host.readFile(recordPath(name)).catch(() => null)
      try {
        return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes))
      } catch {
        return null // a damaged record only loses memory, never pictures
      }
    },
    async writeRecord(name, value) {
      try {
        await host.makeFolder(join(folder, 'records'))
        await host.writeFileAtomic(recordPath(name), JSON.stringify(value))
      } catch (error) {
        throw fileFailure(error, `can't write to the cache ${folder}`)
      }
    },
    keys: async () => [...new Set((await entries()).map(({ name }) => name.split('-')[0]!))],
    async status() {
      const all = await entries()
      return { folder, artefacts: all.length, bytes: all.reduce((sum, e) => sum + e.size, 0), capBytes }
    },
    async evict(limit = capBytes) {
      const all = (await entries()).sort((a, b) => a.mtimeMs - b.mtimeMs)
      const inUse = new Set([...used].map((key) => known.get(key)?.path))
      used.clear()
      let bytes = all.reduce((sum, e) => sum + e.size, 0)
      let removed = 0
      let freed = 0
      for (const entry of all) {
        if (bytes <= limit) break
        if (inUse.has(entry.path)) continue
        await host.remove(entry.path).catch(() => {})
        bytes -= entry.size
        freed += entry.size
        removed++
      }
      return { removed, bytes: freed }
    },
  }
}
