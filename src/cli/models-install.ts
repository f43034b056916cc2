// What `models pull` and `models add` have in common.

import type { Installation } from '../models/install.js'
import type { PullOptions } from '../models/pull.js'
import { version } from './main.js'
import { openTransferView } from './models-transfer.js'
import { formatMegabytes } from './models-words.js'

/** Runs `install` with its events shown; the model's folder goes to stdout. */
export async function withTransfer(
  signal: AbortSignal,
  { as }: { as?: string },
  install: (options: PullOptions) => Promise<Installation>,
): Promise<void> {
  const [{ nodeHost }, { modelsFolder }] = await Promise.all([
    import('../host/node-host.js'),
    import('../models/models-folder.js'),
  ])
  const host = nodeHost()
  const view = await openTransferView()
  let installation: Installation
  try {
    installation = await install({
      modelsFolder: modelsFolder(host),
      host,
      signal,
      onEvent: view.on,
      userAgent: `storyreel/${version()}`,
      ...(as === undefined ? {} : { as }),
    })
  } finally {
    view.close()
  }
  const { name, path, bytes, isNew } = installation
  process.stderr.write(
    `${name} is ${isNew ? 'installed' : 'here already, whole'} (${formatMegabytes(bytes)}): --model ${name}\n`,
  )
  process.stdout.write(`${path}\n`)
}
