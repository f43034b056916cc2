// Whether a folder lies on a file system that does not tell of other machines' changes.

import { statfs } from 'node:fs/promises'

/** Linux's numbers of file systems (`man 2 statfs`). */
const SILENT_TYPES = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x65735546, 'fuse'],
  [0x01021997, '9p'],
  [0x786f4256, 'vboxsf'],
  [0x5346414f, 'afs'],
  [0x00c36400, 'ceph'],
])

/** The name of such a file system; null for one that tells. */
export const silentType = (type: number): string | null => SILENT_TYPES.get(type >>> 0) ?? null

/** As `silentType`, of the folder; null where it can't be told. */
export async function silentFileSystem(folder: string): Promise<string | null> {
  if (process.platform !== 'linux') return null
  const facts = await statfs(folder).catch(() => null)
  return facts === null ? null : silentType(facts.type)
}
