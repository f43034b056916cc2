// Names of temporary files, and the sweep that removes those of processes that were killed.

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Host } from '../host/host.js'

const machine = hostname().replace(/[^A-Za-z0-9-]/g, '_') || 'localhost'

/** Says who is writing it, so that another process can tell whether it was left behind. */
export const temporaryName = (extension: string) =>
  `${machine}.${process.pid}.${randomBytes(6).toString('hex')}.${extension}`

/** Removes the temporary files of processes of this machine that no longer run; of those named `prefix…` only. */
export async function sweepTemporaryFiles(folder: string, host: Host, prefix = ''): Promise<void> {
  for (const name of await host.list(folder).catch(() => [])) {
    const match = name.startsWith(prefix) && TEMPORARY.exec(name.slice(prefix.length))
    if (!match || match[1] !== machine || isRunning(Number(match[2]))) continue
    await host.remove(join(folder, name)).catch(() => {})
  }
}

const TEMPORARY = /^([^.]+)\.(\d+)\.[0-9a-f]{12}\.[a-z0-9]+$/

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
