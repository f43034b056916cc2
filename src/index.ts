// The public API: check a script, plan its film, render it.

import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Checked, Diagnostic } from './diagnostic/diagnostic.js'
import { fileFailure } from './diagnostic/failure.js'
import type { History } from './graph/explain.js'
import type { Node, PictureNode } from './graph/node.js'
import type { Plan } from './graph/plan.js'
import type { Host } from './host/host.js'
import { nodeHost } from './host/node-host.js'
import { missingGlyphs } from './image/glyphs.js'
import { embeddedVocabulary } from './models/vocabulary.js'
import { checkFiles } from './render/check-files.js'
import type { OnEvent, RenderDone } from './render/events.js'
import type { RenderContext } from './render/executor.js'
import { spokenLengths } from './render/make-speech.js'
import { historyNameOf, paintPictures, renderPlan } from './render/render-plan.js'
import { openStudio, type Studio } from './render/studio.js'
import { findWork } from './render/work.js'
import { decodeScript } from './script/decode.js'
import { type IncludedFiles, includesOf } from './script/include.js'
import { inOrder } from './script/parse.js'
import { cacheCapBytes, cacheFolder } from './store/location.js'
import { openStore, type Store } from './store/store.js'
import { checkScript, textsOf } from './story/check.js'
import { checkGlyphs, typesetText } from './story/glyph-check.js'
import { mentionedFiles } from './story/mentioned-files.js'
import type { SpokenLengths } from './story/speech.js'
import type { Storyboard } from './story/types.js'
import type { Vocabulary } from './story/vocabulary.js'

export type { Checked, Diagnostic, Span } from './diagnostic/diagnostic.js'
export { EXIT, Failure } from './diagnostic/failure.js'
export { formatDiagnostics } from './diagnostic/format.js'
export { draftOf } from './graph/draft.js'
export type { KeyframeNode, Node, NodeKind, PictureNode } from './graph/node.js'
export { nodesOfShot, type Plan, type PlannedShot } from './graph/plan.js'
export type { Counts, OnEvent, RenderDone, RenderEvent } from './render/events.js'
export type { Studio } from './render/studio.js'
export { keepOpen, type WarmStudio } from './render/warm-studio.js'
export type { Shot, Storyboard } from './story/types.js'
export type { Vocabulary } from './story/vocabulary.js'

/** Files that one script includes, at most. */
const MOST_INCLUDED = 100

export type StudioOptions = {
  /** Default: STORYREEL_CACHE_DIR, else the platform's cache folder. */
  cacheFolder?: string
  /** What models run on: `auto` (default), or a device of docs/devices.md such as `cpu` or `cuda`. */
  device?: string
  /** Whether pictures go through the safety checkers of models that have one; default: true. */
  safety?: boolean
  /** The door to files; default: the machine's own. */
  host?: Host
}

/**
 * Reads a script's text. Never throws on bad input: `value` is null when there are errors.
 * @param options.file the name that diagnostics carry.
 * @param options.set film keys that win over the script's, as `key=value`.
 * @param options.included the files that the text may include: `await readIncludes(text, file)`.
 * @param options.vocabulary of a model, to be warned of what it does not draw: `await vocabulary()` is the embedded one's.
 */
export function check(
  text: string,
  options: {
    file?: string
    set?: readonly string[]
    vocabulary?: Vocabulary | null
    included?: IncludedFiles
  } = {},
): Checked<Storyboard | null> {
  const { storyboard, diagnostics } = checkScript(
    text,
    options.file ?? 'script.yaml',
    options.set ?? [],
    options.vocabulary ?? null,
    options.included,
  )
  return { value: storyboard, diagnostics }
}

export type LoadedScript = {
  file: string
  text: string
  /** Texts of the script and of what it includes, by the names that diagnostics carry. */
  sources: ReadonlyMap<string, string>
  /** Null when there are errors. */
  storyboard: Storyboard | null
  diagnostics: Diagnostic[]
}

/**
 * Checks bytes as `check` does text, with the fonts of this machine, the words of the embedded model, and the files that the script names.
 * @throws Failure (environment) when those can't be read.
 */
export async function checkBytes(
  bytes: Uint8Array,
  options: { file: string; set?: readonly string[]; host?: Host; store?: Store },
): Promise<LoadedScript> {
  const { file } = options
  const decoded = decodeScript(bytes, file)
  if (decoded.diagnostics.length > 0)
    return { file, storyboard: null, sources: new Map([[file, decoded.text]]), ...decoded }
  const { text } = decoded
  const host = options.host ?? nodeHost()
  const [words, included] = await Promise.all([embeddedVocabulary(host), readIncludes(text, file, host)])
  const check = (lengths?: SpokenLengths) =>
    checkScript(text, file, options.set ?? [], words, included, lengths)
  const estimated = check()
  // A shot is as long as what is said in it, and how long that is, only speaking tells.
  const isSilent = !estimated.storyboard?.shots.some(({ lines }) => lines)
  const { storyboard, script, diagnostics } = isSilent
    ? estimated
    : check(await spokenLengths(estimated.storyboard!, options.store ?? defaultStore(host), host))
  const aboutFiles = await checkFiles(mentionedFiles(script), host)
  const sources = new Map([[file, text], ...textsOf(included)])
  const aboutGlyphs = storyboard
    ? checkGlyphs(storyboard, await missingGlyphs(typesetText(storyboard)), sources)
    : []
  const added = [...aboutFiles, ...aboutGlyphs]
  return {
    file,
    text,
    sources,
    storyboard: aboutFiles.length > 0 ? null : storyboard,
    diagnostics: added.length > 0 ? inOrder([...diagnostics, ...added], file) : diagnostics,
  }
}

/** The files that a script's text includes, and those that they include. Never rejects: what can't be read says why. */
export async function readIncludes(
  text: string,
  file: string,
  host: Host = nodeHost(),
): Promise<IncludedFiles> {
  const files = new Map<string, { text: string } | { problem: string }>()
  const visit = async (from: string, source: string): Promise<void> => {
    for (const name of includesOf(source, from)) {
      if (files.has(name) || files.size >= MOST_INCLUDED) continue
      const read = await readIncluded(name, host)
      files.set(name, read)
      if ('text' in read) await visit(name, read.text)
    }
  }
  await visit(file, text)
  return files
}

async function readIncluded(name: string, host: Host): Promise<{ text: string } | { problem: string }> {
  try {
    const { text, diagnostics } = decodeScript(await host.readFile(resolve(host.cwd, name)), name)
    const [fault] = diagnostics
    return fault ? { problem: fault.message } : { text }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return { problem: missing ? 'there is no such file' : (error as Error).message }
  }
}

/**
 * Reads a script file and checks it.
 * @throws Failure (environment) when it can't be read.
 */
export async function loadScript(
  path: string,
  options: { set?: readonly string[]; host?: Host; store?: Store } = {},
): Promise<LoadedScript> {
  const host = options.host ?? nodeHost()
  const bytes = await host.readFile(resolve(host.cwd, path)).catch((error) => {
    throw fileFailure(error, `can't read the script ${path}`)
  })
  return checkBytes(bytes, { ...options, file: path, host })
}

/**
 * The words that the embedded model knows.
 * @throws Failure (environment) when they can't be read.
 */
export const vocabulary = (): Promise<Vocabulary | null> => embeddedVocabulary(nodeHost())

const defaultStore = (host: Host, folder?: string): Store =>
  openStore(cacheFolder(folder, host), host, cacheCapBytes(host))

/** Opens cache, models and ffmpeg as they are needed; give it to `plan` and `render`, or let them make their own. */
export function studio(options: StudioOptions = {}): Studio {
  const host = options.host ?? nodeHost()
  return openStudio(host, defaultStore(host, options.cacheFolder), {
    device: options.device ?? 'auto',
    isChecked: options.safety ?? true,
  })
}

/**
 * The nodes that make a film, each with its key.
 * @throws Failure (environment) when ffmpeg or a model is missing.
 */
export const plan = (storyboard: Storyboard, using: Studio = studio()): Promise<Plan> =>
  using.plan(storyboard)

/** What a render would make, by key. */
export async function outstanding(
  film: Plan,
  output: string,
  using: Studio = studio(),
): Promise<ReadonlyMap<string, Node>> {
  const { store, host } = using
  const history = ((await store.readRecord(historyNameOf(film))) ?? {}) as History
  const work = await findWork(film, output, store, host, history)
  return new Map([...work].map(([key, { node }]) => [key, node]))
}

export type RenderOptions = {
  /** Segments made at once; default: one a core. */
  jobs?: number
  signal?: AbortSignal
  onEvent?: OnEvent
  studio?: Studio
}

/**
 * Makes what is not in the cache and puts the film at `output`, by rename. Shots that `first` names by id are made before
 * the others.
 * @throws Failure: `exitCode` 3 for the environment, 4 when a node can't be made, 130 when `signal` aborts.
 */
export async function render(
  film: Plan,
  options: RenderOptions & { output: string; first?: readonly string[] },
): Promise<RenderDone> {
  return renderPlan(film, options.output, await contextOf(options), options.first)
}

/**
 * Makes pictures of a plan that are not in the cache, in the given order, and no film.
 * @throws Failure as `render` does.
 */
export async function paint(
  film: Plan,
  pictures: readonly PictureNode[],
  options: RenderOptions = {},
): Promise<void> {
  return paintPictures(film, pictures, await contextOf(options))
}

async function contextOf(options: RenderOptions): Promise<RenderContext> {
  const using = options.studio ?? studio()
  const { warning } = await using.device()
  if (warning !== null) options.onEvent?.({ event: 'warning', message: warning })
  return {
    host: using.host,
    store: using.store,
    ffmpeg: await using.ffmpeg(),
    openPainter: using.openPainter,
    openUpscaler: using.openUpscaler,
    openInBetweener: using.openInBetweener,
    openDepthFinder: using.openDepthFinder,
    jobs: options.jobs ?? availableParallelism(),
    signal: options.signal ?? new AbortController().signal,
    onEvent: options.onEvent ?? (() => {}),
  }
}
