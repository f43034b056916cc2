// A model in a folder of this machine.

import { join, relative, resolve, sep } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { copyFileTo } from '../host/copy-file.js'
import type { Host } from '../host/host.js'
import { readLicence } from './licence.js'
import type { ModelSource, SourceFile } from './source.js'
import { walk } from './walk.js'

/** Its files are copied: the folder may change afterwards. Fails (exit 3) when there is no such folder. */
export async function openFolderSource(folder: string, host: Host): Promise<ModelSource> {
  const path = resolve(host.cwd, folder)
  if (!(await host.stat(path))?.isDirectory) throw environmentFailure(`there is no folder ${folder}`)
  const files = new Map<string, SourceFile>()
  const seen: string[] = []
  for (const full of await walk(path, host)) {
    const name = relative(path, full).split(sep).join('/')
    const { size, mtimeMs } = (await host.stat(full))!
    files.set(name, { path: name, size, digest: null })
    seen.push(`${name} ${size} ${mtimeMs}`)
  }
  return {
    origin: { kind: 'folder', path },
    licence: await readLicence(path, host),
    identity: [path, ...seen].join('\n'),
    paths: [...files.keys()],
    find: async (name) => files.get(name) ?? null,
    copies: async () => [],
    async fetch(file, to, { onBytes }) {
      await copyFileTo(join(path, ...file.path.split('/')), to)
      onBytes(file.size)
    },
  }
}
