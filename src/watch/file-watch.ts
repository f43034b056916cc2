// Tells when files change, whichever way they are saved. An event of the file system is only a hint to look: what counts
// is whether a file's size or time differ from before, so an editor's renames, copies and backups are all alike.

import { dirname } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { FileStat, Host } from '../host/host.js'
import { silentFileSystem } from './network-folder.js'

/** An editor writes, renames and sets modes in one breath: looked at when it has been quiet for so long. */
const QUIET_MS = 15
/** … but not later than this after the first event. */
const LATEST_MS = 100
const POLL_MS = 250
/** For events that never came: a folder that was replaced, a file system that does not tell. */
const SURE_MS = 2_000

export type FileWatch = {
  /**
   * Watches these files and no others, there or not. Changes of those watched before are told as they were; with what was seen of
   * new ones when they were read, changes since then are told too.
   */
  set(paths: Iterable<string>, seenAs?: ReadonlyMap<string, FileStat | null | undefined>): Promise<void>
  close(): Promise<void>
}

export type FileWatchOptions = {
  host: Host
  /** With the files that are new, gone, or of another size or time. */
  onChange: (paths: string[]) => void
  /** Asks instead of listening; default: only on file systems that do not tell. */
  polls?: boolean | undefined
}

export function watchFiles({ host, onChange, polls }: FileWatchOptions): FileWatch {
  /** Path → what it was like when it was last looked at. */
  const seen = new Map<string, string>()
  /** Polling and listening. */
  const watchers = new Map<boolean, FSWatcher>()
  let folders = new Set<string>()
  let quiet: NodeJS.Timeout | undefined
  let sinceMs: number | null = null
  let isClosed = false

  const look = async () => {
    sinceMs = null
    const changed: string[] = []
    for (const path of [...seen.keys()]) {
      const now = await signatureOf(path, host)
      if (!seen.has(path) || now === seen.get(path)) continue
      seen.set(path, now)
      changed.push(path)
    }
    if (changed.length > 0 && !isClosed) onChange(changed)
  }
  const hint = () => {
    const nowMs = host.now()
    sinceMs ??= nowMs
    clearTimeout(quiet)
    quiet = setTimeout(look, Math.min(QUIET_MS, Math.max(0, sinceMs + LATEST_MS - nowMs)))
  }
  const open = (usePolling: boolean) => {
    const watcher = watch([], {
      ignoreInitial: true,
      atomic: false,
      depth: 0,
      usePolling,
      interval: POLL_MS,
      binaryInterval: POLL_MS,
      ignored: (path) => !seen.has(path) && !folders.has(path),
    })
    watcher.on('all', hint)
    // Without more watches to be had, asking still works.
    watcher.on('error', () => {
      if (usePolling || isClosed) return
      watcher.unwatch([...folders])
      add(folders, true)
    })
    watchers.set(usePolling, watcher)
    return watcher
  }
  const add = (paths: Iterable<string>, usePolling: boolean) => {
    const watcher = watchers.get(usePolling) ?? open(usePolling)
    watcher.add([...paths])
  }
  const surely = setInterval(look, SURE_MS)

  return {
    async set(paths, seenAs) {
      const wanted = new Set(paths)
      for (const path of seen.keys()) if (!wanted.has(path)) seen.delete(path)
      const added = [...wanted].filter((path) => !seen.has(path))
      for (const path of added) {
        const stat = seenAs?.get(path)
        seen.set(path, stat === undefined ? await signatureOf(path, host) : signature(stat))
      }
      const before = folders
      folders = new Set([...wanted].map((path) => dirname(path)))
      const gone = [...before].filter((folder) => !folders.has(folder))
      for (const watcher of watchers.values()) watcher.unwatch(gone)
      for (const folder of folders) {
        const paths = added.filter((path) => dirname(path) === folder)
        if (before.has(folder) && paths.length === 0) continue
        const usePolling = polls ?? (await silentFileSystem(folder)) !== null
        add(before.has(folder) ? paths : [folder], usePolling)
      }
      if (seenAs) hint()
    },
    async close() {
      isClosed = true
      clearTimeout(quiet)
      clearInterval(surely)
      await Promise.all([...watchers.values()].map((watcher) => watcher.close()))
    },
  }
}

async function signatureOf(path: string, host: Host): Promise<string> {
  return signature(await host.stat(path).catch(() => null))
}

const signature = (stat: FileStat | null): string =>
  stat === null ? 'absent' : `${stat.size} ${stat.mtimeMs}`
