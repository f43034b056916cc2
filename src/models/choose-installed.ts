// The installed model that a user names, for the verbs that look after them.

import { join } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Host } from '../host/host.js'
import { EMBEDDED_MODELS } from './find-model.js'
import { findInstalled, type InstalledModel, listInstalled } from './installed.js'
import { isModelName } from './safe-path.js'

/** By its name, or its `owner/name`. Fails (exit 3) with what there is. */
export async function chooseInstalled(name: string, folder: string, host: Host): Promise<InstalledModel> {
  const found = await findInstalled(name, folder, host)
  if (found !== null) return found
  if (isModelName(name) && (await host.stat(join(EMBEDDED_MODELS, name)))?.isDirectory)
    throw environmentFailure(`${name} ships with storyreel`, 'npm looks after it, together with the program')
  if (isModelName(name) && (await host.stat(join(folder, name)))?.isDirectory) {
    throw environmentFailure(
      `${join(folder, name)} was neither pulled nor added: there is no record to go by`,
      '`storyreel models add` makes one; a folder put there by hand is yours to remove',
    )
  }
  const names = (await listInstalled(folder, host)).map((model) => model.name)
  const close = nearest(name, names)
  throw environmentFailure(
    `no model called ${quote(name)} is installed`,
    close === null ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${close}?`,
  )
}
