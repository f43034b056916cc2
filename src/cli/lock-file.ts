// storyreel.lock: what the films of a folder's scripts were made of when they were reviewed.

import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { EXIT, environmentFailure, Failure, fileFailure, usageFailure } from '../diagnostic/failure.js'
import { type Lock, lockDifference, lockFilm } from '../graph/lock.js'
import type { Plan } from '../graph/plan.js'
import { nodeHost } from '../host/node-host.js'

export const LOCK_FILE = 'storyreel.lock'

const lockPath = (script: string): string => {
  if (script === '-') throw usageFailure('a script from stdin has no storyreel.lock')
  return join(dirname(resolve(script)), LOCK_FILE)
}

async function readLock(path: string): Promise<Lock | null> {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return null
    throw fileFailure(error, `can't read ${path}`)
  })
  if (text === null) return null
  try {
    const lock = JSON.parse(text)
    if (lock?.version === 1 && typeof lock.films === 'object') return lock
  } catch {
    // Told below.
  }
  throw environmentFailure(`${path} is damaged or of another version`, 'write it anew with `storyreel lock`')
}

/** Writes what a script's film would be made of now; gives the file's path. */
export async function writeLock(script: string, plan: Plan): Promise<string> {
  const path = lockPath(script)
  const lock: Lock = (await readLock(path)) ?? { version: 1, films: {} }
  const films = Object.entries({ ...lock.films, [basename(script)]: lockFilm(plan) })
  const sorted = { version: 1, films: Object.fromEntries(films.sort(([a], [b]) => (a < b ? -1 : 1))) }
  await nodeHost()
    .writeFileAtomic(path, `${JSON.stringify(sorted, null, 2)}\n`)
    .catch((error) => {
      throw fileFailure(error, `can't write ${path}`)
    })
  return path
}

/**
 * @throws Failure when the film would not be the one that was reviewed: exit 3 when this machine is another one, 1 when
 * the script is, or was never locked.
 */
export async function checkLock(script: string, plan: Plan): Promise<void> {
  const path = lockPath(script)
  const locked = (await readLock(path))?.films[basename(script)]
  const hint = `\`storyreel lock ${script}\` accepts what is here now`
  if (locked === undefined)
    throw new Failure(EXIT.script, `--locked: ${LOCK_FILE} does not know ${script}`, hint)
  const { environment, script: changes } = lockDifference(locked, plan)
  if (environment.length > 0)
    throw environmentFailure(`--locked: ${script} would get other pixels: ${environment.join('; ')}`, hint)
  if (changes.length > 0)
    throw new Failure(
      EXIT.script,
      `--locked: ${script} is not what was reviewed: ${changes.join('; ')}`,
      hint,
    )
}
