// Installs a model from any source: only what its pipeline needs, each file compared with its digest, all or nothing.

import { setMaxListeners } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { dirname, join, posix, resolve } from 'node:path'
import { environmentFailure, interrupted } from '../diagnostic/failure.js'
import { printable, quote } from '../diagnostic/make.js'
import { linkFileTo } from '../host/copy-file.js'
import type { Host } from '../host/host.js'
import { digestFile, type FileDigest, isOfDigest } from './digests.js'
import { diskFailure } from './disk-failure.js'
import { resolvePipeline } from './family.js'
import { EMBEDDED_MODELS } from './find-model.js'
import { readGraphFile } from './graph-file.js'
import { type InstalledModel, RECORD_FILE, type RecordedFile, readRecord, writeRecord } from './installed.js'
import { type JsonObject, readJsonObject } from './json-file.js'
import { describeOther, type PipelineFile, selectPipeline, selectPreview } from './layout.js'
import { readLicence } from './licence.js'
import { keepPartialFile, removePartialFile } from './partial-file.js'
import { isPreviewDecoder } from './preview.js'
import { isPreviewName } from './preview-names.js'
import { readModel } from './read-model.js'
import { findClash, isModelName, pathProblem } from './safe-path.js'
import { formatOrigin, type ModelSource, type SourceFile } from './source.js'
import { openStaging, type Staging } from './staging.js'
import type { OnTransfer, Provenance } from './transfer-events.js'
import { readUnet } from './unet.js'
import { walk } from './walk.js'

export type InstallOptions = {
  /** Of all models. */
  modelsFolder: string
  host: Host
  signal: AbortSignal
  onEvent: OnTransfer
}

export type Installation = InstalledModel & {
  bytes: number
  /** False when everything was here already. */
  isNew: boolean
}

/** Room that is left alone on the disk. */
const SPARE_BYTES = 64 * 1024 ** 2

/** A pipeline's file together with what the source knows of it. */
type Wanted = PipelineFile & { file: SourceFile }

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
  const of = (role: Wanted['role'], among = wanted) => among.filter((w) => w.role === role)
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

/** Every name is checked here; nothing of the source is taken under a path that this hasn't seen. */
async function chooseFiles(
  source: ModelSource,
  name: string,
): Promise<{ wanted: Wanted[]; isPreview: boolean }> {
  const pipeline = selectPipeline(source.paths)
  const preview = pipeline === null ? selectPreview(source.paths) : null
  const files = pipeline?.files ?? preview
  if (files === null) {
    throw environmentFailure(
      `${formatOrigin(source.origin)} holds ${describeOther(source.paths)}`,
      'storyreel takes Stable Diffusion in the diffusers ONNX layout, with unet/model.onnx',
    )
  }
  if (preview !== null && !isPreviewName(name)) {
    throw environmentFailure(
      `${formatOrigin(source.origin)} holds a decoder for drafts, which must be called taesd or taesdxl`,
      'say whose latents it decodes: --as taesd for Stable Diffusion 1.x and 2.x, --as taesdxl for XL',
    )
  }
  const wanted: Wanted[] = []
  for (const chosen of files) wanted.push({ ...chosen, file: await lookUp(source, chosen.source) })
  return { wanted, isPreview: preview !== null }
}

function checkClashes(wanted: readonly Wanted[]): void {
  const clash = findClash(wanted.map(({ target }) => target))
  if (clash !== null) {
    throw environmentFailure(
      `the model has two files that some systems take for one: ${quote(clash[0])} and ${quote(clash[1])}`,
    )
  }
}

async function lookUp(source: ModelSource, path: string): Promise<SourceFile> {
  const problem = pathProblem(path)
  if (problem !== null)
    throw environmentFailure(`a file of the model has an unsafe name, ${quote(path)}: ${problem}`)
  const file = await source.find(path)
  if (file === null) throw environmentFailure(`the model lacks ${quote(path)}`, 'look for a whole one')
  return file
}

/** What the graphs name, wherever the guess by names looked. */
async function weightsOf(graphs: readonly Wanted[], source: ModelSource, folder: string): Promise<Wanted[]> {
  const weights: Wanted[] = []
  for (const graph of graphs) {
    const file = readGraphFile(join(folder, graph.target))
    if (file === null) {
      throw environmentFailure(
        `${graph.source} of the model is damaged: it is no ONNX graph, or cut off`,
        'look for a whole one',
      )
    }
    for (const { location: said } of file.weights) {
      const location = said.replace(/^\.\//, '')
      const problem = pathProblem(location)
      if (problem !== null)
        throw environmentFailure(`${graph.source} keeps its weights in ${quote(said)}: ${problem}`)
      const path = posix.join(posix.dirname(graph.source), location)
      const target = posix.join(posix.dirname(graph.target), location)
      weights.push({ source: path, target, role: 'weights', file: await lookUp(source, path) })
    }
  }
  return weights
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

type Obtained = { files: RecordedFile[]; origins: Set<Provenance> }

/** A function that brings files into the staging folder, and says what it has brought so far. */
async function openObtaining(
  source: ModelSource,
  name: string,
  estimate: readonly Wanted[],
  staging: Staging,
  { host, signal: given, onEvent, modelsFolder }: InstallOptions,
): Promise<(wanted: readonly Wanted[]) => Promise<Obtained>> {
  const failed = new AbortController()
  const signal = AbortSignal.any([given, failed.signal])
  // All files at once listen to it, which is no leak.
  setMaxListeners(0, signal)
  const obtained: Obtained = { files: [], origins: new Set() }
  const expected = new Map(estimate.map((w) => [w.target, w]))
  const progress = { done: 0, total: sumSizes(estimate) }
  const tell = (bytes: number) => {
    progress.done += bytes
    onEvent({ event: 'bytes', ...progress })
  }
  const check = (path: string, file: SourceFile) => digestIfRight(path, file, signal)

  async function reuse({ target, file }: Wanted, to: string): Promise<[FileDigest, Provenance] | null> {
    if ((await host.stat(to))?.size === file.size) {
      const kept = await check(to, file)
      if (kept !== null) return [kept, 'kept']
    }
    if (file.digest === null) return null
    const candidates: [string, Provenance][] = [
      [join(modelsFolder, name, target), 'installed'],
      ...(await source.copies(file)).map((path): [string, Provenance] => [path, 'cache']),
    ]
    for (const [path, from] of candidates) {
      const stat = await host.stat(path)
      if (!stat?.isFile || stat.size !== file.size) continue
      const right = await check(path, file)
      if (right === null) continue
      await linkFileTo(path, to)
      return [right, from]
    }
    return null
  }

  async function fetch({ file, source: path }: Wanted, to: string): Promise<FileDigest> {
    const part = `${to}.part`
    for (let isSecond = false; ; isSecond = true) {
      let counted = 0
      await source.fetch(file, part, {
        signal,
        onBytes: (bytes) => {
          counted += bytes
          tell(bytes)
        },
        onTrouble: (reason, waitMs) => onEvent({ event: 'trouble', path, reason, waitMs }),
      })
      const right = await check(part, file)
      if (right !== null) {
        await keepPartialFile(part, to)
        return right
      }
      await removePartialFile(part)
      tell(-counted)
      if (isSecond)
        throw environmentFailure(
          `${printable(path)} came damaged twice: its digest is not the one that is listed`,
          'the hub, or a proxy before it, is broken: try again later or another HF_ENDPOINT',
        )
      onEvent({ event: 'trouble', path, reason: 'it came damaged', waitMs: 0 })
    }
  }

  async function bring(wanted: Wanted): Promise<void> {
    const { file, target } = wanted
    const to = join(staging.path, ...target.split('/'))
    await mkdir(dirname(to), { recursive: true })
    const reused = await reuse(wanted, to)
    if (reused !== null) tell(file.size)
    const [digest, from] = reused ?? [await fetch(wanted, to), 'fetched' as const]
    obtained.files.push({ path: target, size: digest.bytes, sha256: digest.sha256 })
    obtained.origins.add(from)
    onEvent({ event: 'file', path: target, bytes: digest.bytes, from })
  }

  async function checkRoom(): Promise<void> {
    let needed = SPARE_BYTES
    for (const { target, file } of expected.values()) {
      const to = join(staging.path, ...target.split('/'))
      const isHere =
        (await host.stat(to)) !== null ||
        (await host.stat(join(modelsFolder, name, target)))?.size === file.size ||
        (await source.copies(file)).length > 0
      if (!isHere) needed += file.size
    }
    const free = await staging.freeBytes()
    if (needed <= free) return
    throw environmentFailure(
      `${name} needs ${gigabytes(needed)} more on the disk of ${modelsFolder}; ${gigabytes(free)} are free`,
      'free some space, or move the models with STORYREEL_MODELS_DIR',
    )
  }

  await checkRoom()
  return async (wanted) => {
    for (const one of wanted) expected.set(one.target, one)
    if (wanted.some(({ role }) => role === 'weights')) {
      // Now it is known which weights belong to the graphs: the guess by names no longer counts.
      for (const [target, { role }] of expected)
        if (role === 'weights' && !wanted.some((w) => w.target === target)) expected.delete(target)
      await checkRoom()
    }
    progress.total = sumSizes(expected.values())
    const errors: unknown[] = []
    // Files side by side; the source bounds its requests itself.
    await Promise.all(
      wanted.map((one) =>
        bring(one).catch((error) => {
          errors.push(error)
          failed.abort()
        }),
      ),
    )
    // The first one is the cause; those after it were cut short by it.
    if (errors.length > 0) throw errors[0]
    obtained.files.sort((a, b) => (a.path < b.path ? -1 : 1))
    return obtained
  }
}

/** Null when the bytes at `path` are not those of the file. Without a digest its size has to do. */
async function digestIfRight(
  path: string,
  file: SourceFile,
  signal: AbortSignal,
): Promise<FileDigest | null> {
  const digest = await digestFile(path, { git: file.digest?.algorithm === 'git', signal })
  if (digest.bytes !== file.size) return null
  return file.digest === null || isOfDigest(digest, file.digest) ? digest : null
}

function sumSizes(wanted: Iterable<Wanted>): number {
  let sum = 0
  for (const { file } of wanted) sum += file.size
  return sum
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`
