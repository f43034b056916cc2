// Artefacts from one cache to another: what CI keeps between runs is exactly what its scripts need.

import { copyFileTo } from '../host/copy-file.js'
import type { Artefact, Store } from './store.js'

export type Transfer = {
  artefacts: number
  bytes: number /** Keys that the source does not have. */
  missing: number
}

/** Copies artefacts by key, each checked against its digest on the way; those that the target has stay. */
export async function transferArtefacts(keys: Iterable<string>, from: Store, to: Store): Promise<Transfer> {
  const done: Transfer = { artefacts: 0, bytes: 0, missing: 0 }
  for (const key of new Set(keys)) {
    const found = await from.get(key)
    if (typeof found === 'string') {
      done.missing++
      continue
    }
    if (typeof (await to.get(key)) !== 'string') continue
    const copy = await to.put(key, extensionOf(found), (path) => copyFileTo(found.path, path))
    done.artefacts++
    done.bytes += copy.size
  }
  return done
}

const extensionOf = ({ path }: Artefact): string => path.slice(path.lastIndexOf('.') + 1)
