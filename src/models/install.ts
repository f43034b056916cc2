// Installs a model from any source: only what its pipeline needs, each file compared with its digest, all or nothing.

import { join, resolve } from 'node:path'
import { environmentFailure, interrupted } from '../diagnostic/failure.js'
import { quote } from '../diagnostic/make.js'
import type { Host } from '../host/host.js'
import { checkClashes, chooseFiles, sumSizes, type WantedFile, weightsOf } from './choose-files.js'
import { diskFailure } from './disk-failure.js'
import { resolvePipeline } from './family.js'
import { EMBEDDED_MODELS } from './find-model.js'
import { type InstalledModel, RECORD_FILE, type RecordedFile, readRecord, writeRecord } from './installed.js'
import { type JsonObject, readJsonObject } from './json-file.js'
import { readLicence } from './licence.js'
import { type InstallOptions, openObtaining } from './obtain-files.js'
import { isPreviewDecoder } from './preview.js'
import { readModel } from './read-model.js'
import { isModelName } from './safe-path.js'
import { formatOrigin, type ModelSource } from './source.js'
import { openStaging, type Staging } from './staging.js'
import { readUnet } from './unet.js'
import { walk } from './walk.js'

export type Installation = InstalledModel & {
  bytes: number
  /** False when everything was here already. */
  isNew: boolean
}

/**
 * Leaves the model as `modelsFolder/name`, or nothing. What is fetched before a failure is kept for the next call; a version that
 * is there already is replaced at the end, and its undamaged files are used. @throws Failure (environment, interrupted).
 */
export async function installModel(
  source: ModelSource,
  name: string,
  options: InstallOptions,
): Promise<Installation> {
  const { modelsFolder, host, signal } = options
  await checkName(name, source, modelsFolder, host)
  const staging = await openStaging(modelsFolder, name, source.identity, host)
  try {
    return await fillAndPublish(source, name, staging, options)
  } catch (error) {
    if (signal.aborted) throw interrupted()
    throw diskFailure(error, `installing ${name}`)
  } finally {
    await staging.release().catch(() => {})
  }
}

async function fillAndPublish(
  source: ModelSource,
  name: string,
  staging: Staging,
  options: InstallOptions,
): Promise<Installation> {
  const { host, onEvent, modelsFolder } = options
  const { wanted, isPreview } = await chooseFiles(source, name)
  const of = (role: WantedFile['role'], among = wanted) => among.filter((w) => w.role === role)
  onEvent({
    event: 'model',
    name,
    origin: formatOrigin(source.origin),
    files: wanted.length,
    bytes: sumSizes(wanted),
  })
  if (source.licence !== null) onEvent({ event: 'licence', licence: source.licence })
  const obtain = await openObtaining(source, name, wanted, staging, options)

  await obtain(of('settings'))
  const index = isPreview ? null : await readIndex(name, staging.path, host)
  if (index !== null) resolvePipeline(name, index, null)
  const licence = source.licence ?? (await readLicence(staging.path, host))
  if (source.licence === null) onEvent({ event: 'licence', licence })
  await obtain(of('graph'))
  const weights = await weightsOf(of('graph'), source, staging.path)
  // Before gigabytes are fetched: is it a model that can be used at all?
  if (index !== null) resolvePipeline(name, index, (await readUnet({ name, path: staging.path }, host)).facts)
  checkClashes([...of('settings'), ...of('graph'), ...weights])
  const { files, origins } = await obtain(weights)

  if (index !== null) await readModel({ name, path: staging.path }, host)
  else if (!isPreviewDecoder(join(staging.path, 'vae_decoder/model.onnx')))
    throw environmentFailure(`the decoder of ${name} takes other latents than Stable Diffusion's`)
  const path = join(modelsFolder, name)
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const record = {
    version: 1 as const,
    origin: source.origin,
    licence,
    installedAt: new Date().toISOString(),
    files,
  }
  if ([...origins].every((from) => from === 'installed')) {
    const known = await readRecord(path, host)
    if (known !== null && known.files.length === files.length) {
      // The files are the same, but a branch may have moved to a commit that leaves them alone.
      await writeRecord(path, record, host)
      await staging.discard()
      return { name, path, record, bytes, isNew: false }
    }
  }
  await writeRecord(staging.path, record, host)
  await removeOthers(staging.path, record.files, host)
  await staging.publish()
  return { name, path, record, bytes, isNew: true }
}

async function checkName(name: string, source: ModelSource, modelsFolder: string, host: Host): Promise<void> {
  const another = 'choose another name with --as NAME'
  if (!isModelName(name)) throw environmentFailure(`${quote(name)} is no name for a model`, another)
  if ((await host.stat(join(EMBEDDED_MODELS, name)))?.isDirectory)
    throw environmentFailure(`${name} is the name of a model that ships with storyreel`, another)
  const path = join(modelsFolder, name)
  if ((await host.stat(path)) === null) return
  const there = await readRecord(path, host)
  if (there === null) throw environmentFailure(`${path} is there, but storyreel did not install it`, another)
  const isSame =
    there.origin.kind === 'hub' && source.origin.kind === 'hub'
      ? there.origin.repo === source.origin.repo
      : formatOrigin(there.origin) === formatOrigin(source.origin)
  if (!isSame)
    throw environmentFailure(`${name} is installed from ${formatOrigin(there.origin)} already`, another)
}

/** What an earlier try has left and this one did not need. */
async function removeOthers(folder: string, files: readonly RecordedFile[], host: Host): Promise<void> {
  const kept = new Set([RECORD_FILE, ...files.map(({ path }) => path)].map((path) => resolve(folder, path)))
  for (const path of await walk(folder, host)) if (!kept.has(resolve(path))) await host.remove(path)
}

async function readIndex(name: string, folder: string, host: Host): Promise<JsonObject> {
  const index = await readJsonObject(host, join(folder, 'model_index.json'))
  if (index !== null) return index
  throw environmentFailure(`${name} has no model_index.json`, 'look for a model in the diffusers layout')
}
