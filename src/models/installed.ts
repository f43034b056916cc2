// Models that were pulled or added: each in a folder of its own, with a record of all its files.

import { join } from 'node:path'
import type { Host } from '../host/host.js'
import { isObject, readJsonObject } from './json-file.js'
import { modelsFolder } from './models-folder.js'
import { isPreviewName } from './preview-names.js'
import { formatOrigin, type Origin } from './source.js'

/** `path` is relative to the model's folder. */
export type RecordedFile = { path: string; size: number; sha256: string }

export type InstallRecord = {
  version: 1
  origin: Origin
  licence: string | null
  installedAt: string
  files: RecordedFile[]
}

export type InstalledModel = { name: string; path: string; record: InstallRecord }

/** Lies in the model's folder. */
export const RECORD_FILE = 'storyreel-record.json'

export const writeRecord = (path: string, record: InstallRecord, host: Host): Promise<void> =>
  host.writeFileAtomic(join(path, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`)

/** Null for a folder that nobody installed. Fails (exit 3) when the record is damaged. */
export async function readRecord(path: string, host: Host): Promise<InstallRecord | null> {
  const value = await readJsonObject(host, join(path, RECORD_FILE))
  return value !== null && value.version === 1 && isObject(value.origin) && Array.isArray(value.files)
    ? (value as InstallRecord)
    : null
}

/** All in `folder`, sorted by name; without those whose record is damaged. */
export async function listInstalled(folder: string, host: Host): Promise<InstalledModel[]> {
  if (!(await host.stat(folder))?.isDirectory) return []
  const models: InstalledModel[] = []
  for (const name of await host.list(folder)) {
    const path = join(folder, name)
    if (name.startsWith('.') || !(await host.stat(path))?.isDirectory) continue
    const record = await readRecord(path, host).catch(() => null)
    if (record !== null) models.push({ name, path, record })
  }
  return models
}

/** Installed decoders for drafts, which are no models. */
export const listPreviews = async (host: Host): Promise<InstalledModel[]> =>
  (await listInstalled(modelsFolder(host), host)).filter(({ name }) => isPreviewName(name))

/** By the name that it is installed under, else by its `owner/name` on the hub, with or without the revision. */
export async function findInstalled(
  reference: string,
  folder: string,
  host: Host,
): Promise<InstalledModel | null> {
  const models = await listInstalled(folder, host)
  return (
    models.find(({ name }) => name === reference) ??
    models.find(
      ({ record: { origin } }) =>
        origin.kind === 'hub' && (origin.repo === reference || formatOrigin(origin) === reference),
    ) ??
    null
  )
}
