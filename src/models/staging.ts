// Where a model grows before it is installed: beside the models, on the same disk, so that one rename publishes it.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { diskFailure } from './disk-failure.js'

const FOLDER = '.staging'

export type Staging = {
  /** Files here have the paths of the model's folder. */
  path: string
  /** Bytes that are free on its disk. */
  freeBytes(): Promise<number>
  /** Puts it in the place of `models/name`; what was there is gone only when that has worked. */
  publish(): Promise<string>
  discard(): Promise<void>
  /** Leaves what is there for the next try. Fine after `publish` and `discard`. */
  release(): Promise<void>
}

/** @throws Failure (environment) when another process is at it, or the folder can't be made. */
export async function openStaging(
  modelsFolder: string,
  name: string,
  identity: string,
  host: Host,
): Promise<Staging> {
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 12)
  const folder = join(modelsFolder, FOLDER, `${name}@${key}`)
  const path = join(folder, 'files')
  const lock = join(folder, 'lock')
  try {
    await mkdir(path, { recursive: true })
    await takeLock(lock, name)
  } catch (error) {
    throw diskFailure(error, `preparing ${folder}`)
  }
  const target = join(modelsFolder, name)
  return {
    path,
    async freeBytes() {
      const { bavail, bsize } = await statfs(path)
      return bavail * bsize
    },
    async publish() {
      const old = join(modelsFolder, FOLDER, `replaced-${randomBytes(6).toString('hex')}`)
      try {
        const isThere = (await host.stat(target)) !== null
        if (isThere) await rename(target, old)
        try {
          await rename(path, target)
        } catch (error) {
          if (isThere) await rename(old, target)
          throw error
        }
        await rm(old, { recursive: true, force: true })
        await removeStaging(modelsFolder, name, host)
      } catch (error) {
        throw diskFailure(error, `installing ${target}`)
      }
      return target
    },
    discard: () => rm(folder, { recursive: true, force: true }),
    release: () => rm(lock, { force: true }),
  }
}

/** What earlier tries have left of a model; says whether there was anything. */
export async function removeStaging(modelsFolder: string, name: string, host: Host): Promise<boolean> {
  const folder = join(modelsFolder, FOLDER)
  if (!(await host.stat(folder))?.isDirectory) return false
  const left = (await host.list(folder)).filter((entry) => entry.startsWith(`${name}@`))
  for (const entry of left) await host.remove(join(folder, entry))
  return left.length > 0
}

/** A lock of a process that is gone doesn't count. */
async function takeLock(path: string, name: string): Promise<void> {
  const mine = `${hostname()} ${process.pid}`
  for (const isLast of [false, true]) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(mine)
      await file.close()
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const [machine, pid] = (await readFile(path, 'utf8').catch(() => '')).split(' ')
      if (isLast || machine !== hostname() || isRunning(Number(pid))) {
        throw environmentFailure(
          `another storyreel is installing ${name}`,
          `wait for it; if there is none, remove ${path}`,
        )
      }
      await rm(path, { force: true })
    }
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
