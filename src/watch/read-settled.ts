// Reading a script that an editor may be in the middle of saving.

import { setTimeout as wait } from 'node:timers/promises'
import { fileFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'

/** An editor that moves the old file away first has put the new one in place by then. */
const ABSENT_MS = 400
/** One that empties the file first has written it by then. */
const EMPTY_MS = 150
const LOOK_MS = 20

/**
 * The file's bytes, or null when it is not there and stays away. A file that is gone or empty is looked at again before it
 * is believed, unless `isMoot`.
 * @throws Failure (environment) when it can't be read.
 */
export async function readSettled(
  path: string,
  host: Host,
  isMoot: () => boolean = () => false,
): Promise<Uint8Array | null> {
  const startedMs = host.now()
  while (true) {
    const bytes = await read(path, host)
    const patienceMs = bytes === null ? ABSENT_MS : bytes.length === 0 ? EMPTY_MS : 0
    if (host.now() - startedMs >= patienceMs || isMoot()) return bytes
    await wait(LOOK_MS)
  }
}

async function read(path: string, host: Host): Promise<Uint8Array | null> {
  try {
    return await host.readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw fileFailure(error, `can't read the script ${path}`)
  }
}
