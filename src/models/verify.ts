// Are the files of an installed model still what was installed?

import { join } from 'node:path'
import { interrupted } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { digestFile } from './digests.js'
import { diskFailure } from './disk-failure.js'
import type { InstalledModel } from './installed.js'

export type Damage = { path: string; problem: string }

/**
 * Reads every recorded file and compares size and SHA-256. `onBytes` is told of all bytes read so far. @throws Failure
 * (environment, interrupted) when a file can't be read.
 */
export async function verifyModel(
  { path, record }: InstalledModel,
  { host, signal, onBytes }: { host: Host; signal: AbortSignal; onBytes: (done: number) => void },
): Promise<Damage[]> {
  const damages: Damage[] = []
  let done = 0
  for (const file of record.files) {
    const full = join(path, ...file.path.split('/'))
    let read = 0
    const problem = await problemOf(full, file, host, signal, (bytes) => {
      read += bytes
      onBytes(done + read)
    })
    if (problem !== null) damages.push({ path: file.path, problem })
    done += file.size
    onBytes(done)
  }
  return damages
}

async function problemOf(
  path: string,
  { size, sha256 }: { size: number; sha256: string },
  host: Host,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<string | null> {
  try {
    const stat = await host.stat(path)
    if (!stat?.isFile) return 'is missing'
    if (stat.size !== size) return `has ${stat.size} bytes instead of ${size}`
    const digest = await digestFile(path, { signal, onBytes })
    return digest.sha256 === sha256 ? null : 'has changed: its SHA-256 is another'
  } catch (error) {
    if (signal.aborted) throw interrupted()
    throw diskFailure(error, `reading ${path}`)
  }
}
