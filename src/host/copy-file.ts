// Bytes that are on this machine already.

import { constants, copyFile, link, realpath, rm } from 'node:fs/promises'

/** A copy that shares its blocks where the file system can. Rejects with system errors. */
export async function copyFileTo(from: string, to: string): Promise<void> {
  await rm(to, { force: true })
  await copyFile(from, to, constants.COPYFILE_FICLONE)
}

/**
 * The same file under a second name, which takes no room; a copy where that can't be. Links are followed, since a runtime may
 * refuse weights behind one. Rejects with system errors.
 */
export async function linkFileTo(from: string, to: string): Promise<void> {
  const real = await realpath(from)
  await rm(to, { force: true })
  await link(real, to).catch(() => copyFileTo(real, to))
}
