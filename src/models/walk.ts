// All files below a folder.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../host/host.js'

/** Full paths, sorted; links to files among them; links to folders aren't followed. */
export async function walk(folder: string, host: Host): Promise<string[]> {
  const files: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) files.push(...(await walk(path, host)))
    else if ((await host.stat(path))?.isFile) files.push(path)
  }
  return files.sort()
}
