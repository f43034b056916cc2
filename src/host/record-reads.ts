// A host that remembers which files were looked at.

import { resolve } from 'node:path'
import type { FileStat, Host } from './host.js'

export type RecordingHost = {
  host: Host
  /**
   * Full paths of files that were read or looked for since the last call, whether or not they are there, with what was seen
   * when they were first looked for; undefined for those that were only read.
   */
  take(): Map<string, FileStat | null | undefined>
}

export function recordReads(real: Host): RecordingHost {
  let seen = new Map<string, FileStat | null | undefined>()
  const note = (path: string, stat?: FileStat | null) => {
    const full = resolve(real.cwd, path)
    if (seen.get(full) === undefined) seen.set(full, stat)
  }
  return {
    host: {
      ...real,
      readFile(path) {
        note(path)
        return real.readFile(path)
      },
      readChunks(path) {
        note(path)
        return real.readChunks(path)
      },
      async stat(path) {
        const stat = await real.stat(path)
        if (!stat?.isDirectory) note(path, stat)
        return stat
      },
    },
    take() {
      const taken = seen
      seen = new Map()
      return taken
    },
  }
}
