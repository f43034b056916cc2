// Takes an installed model away.

import { randomBytes } from 'node:crypto'
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../host/host.js'
import { diskFailure } from './disk-failure.js'
import { removeStaging } from './staging.js'

/**
 * The model at once, then its files, so that no half of it is ever found; and what is left of unfinished installations under the
 * name. Of a link only the link goes. @throws Failure (environment).
 */
export async function removeModel(name: string, modelsFolder: string, host: Host): Promise<void> {
  const path = join(modelsFolder, name)
  try {
    if (await isThere(path)) {
      const aside = join(modelsFolder, '.staging', `removed-${randomBytes(6).toString('hex')}`)
      await mkdir(join(modelsFolder, '.staging'), { recursive: true })
      await rename(path, aside)
      await rm(aside, { recursive: true, force: true })
    }
    await removeStaging(modelsFolder, name, host)
  } catch (error) {
    throw diskFailure(error, `removing ${path}`)
  }
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )
