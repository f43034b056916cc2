// A host that remembers which files were looked at.

import { resolve } from 'node:path'
import type { Host } from './host.js'

export type RecordingHost = {
  host: Host
  /** Full paths of files that were read or looked for since the last call, whether or not they are there. */
  take(): Set<string>
}

export function recordReads(real: Host): RecordingHost {
  let seen = new Set<string>()
  const note = (path: string) => seen.add(resolve(real.cwd, path))
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
        if (!stat?.isDirectory) note(path)
        return stat
      },
    },
    take() {
      const taken = seen
      seen = new Set()
      return taken
    },
  }
}
