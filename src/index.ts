// The public API: check a script, plan its film, render it.

import { availableParallelism } from 'node:os'
import type { Checked } from './diagnostic/diagnostic.js'
import type { Plan } from './graph/plan.js'
import type { Host } from './host/host.js'
import { nodeHost } from './host/node-host.js'
import { embeddedVocabulary } from './models/vocabulary.js'
import type { OnEvent, RenderDone } from './render/events.js'
import { renderPlan } from './render/render-plan.js'
import { openStudio, type Studio } from './render/studio.js'
import { cacheCapBytes, cacheFolder } from './store/location.js'
import { openStore } from './store/store.js'
import { checkScript } from './story/check.js'
import type { Storyboard } from './story/types.js'
import type { Vocabulary } from './story/vocabulary.js'

export type { Checked, Diagnostic, Span } from './diagnostic/diagnostic.js'
export { EXIT, Failure } from './diagnostic/failure.js'
export { formatDiagnostics } from './diagnostic/format.js'
export type { Node, NodeKind } from './graph/node.js'
export type { Plan, PlannedShot } from './graph/plan.js'
export type { Counts, OnEvent, RenderDone, RenderEvent } from './render/events.js'
export type { Shot, Storyboard } from './story/types.js'
export type { Vocabulary } from './story/vocabulary.js'

export type StudioOptions = {
  /** Default: STORYREEL_CACHE_DIR, else the platform's cache folder. */
  cacheFolder?: string
  /** What models run on: `auto` (default), or a device of docs/devices.md such as `cpu` or `cuda`. */
  device?: string
}

/**
 * Reads a script's text. Never throws on bad input: `value` is null when there are errors.
 * @param options.file the name that diagnostics carry.
 * @param options.set film keys that win over the script's, as `key=value`.
 * @param options.vocabulary of a model, to be warned of what it does not draw: `await vocabulary()` is the embedded one's.
 */
export function check(
  text: string,
  options: { file?: string; set?: readonly string[]; vocabulary?: Vocabulary | null } = {},
): Checked<Storyboard | null> {
  const { storyboard, diagnostics } = checkScript(
    text,
    options.file ?? 'script.yaml',
    options.set ?? [],
    options.vocabulary ?? null,
  )
  return { value: storyboard, diagnostics }
}

/**
 * The words that the embedded model knows.
 * @throws Failure (environment) when they can't be read.
 */
export const vocabulary = (): Promise<Vocabulary | null> => embeddedVocabulary(nodeHost())

/** Opens cache, models and ffmpeg as they are needed; give it to `plan` and `render`, or let them make their own. */
export function studio(options: StudioOptions = {}): Studio {
  const host: Host = nodeHost()
  const store = openStore(cacheFolder(options.cacheFolder, host), host, cacheCapBytes(host))
  return openStudio(host, store, options.device ?? 'auto')
}

/**
 * The nodes that make a film, each with its key.
 * @throws Failure (environment) when ffmpeg or a model is missing.
 */
export const plan = (storyboard: Storyboard, using: Studio = studio()): Promise<Plan> =>
  using.plan(storyboard)

/**
 * Makes what is not in the cache and puts the film at `output`, by rename.
 * @throws Failure: `exitCode` 3 for the environment, 4 when a node can't be made, 130 when `signal` aborts.
 */
export async function render(
  film: Plan,
  options: { output: string; jobs?: number; signal?: AbortSignal; onEvent?: OnEvent; studio?: Studio },
): Promise<RenderDone> {
  const using = options.studio ?? studio()
  const { warning } = await using.device()
  if (warning !== null) options.onEvent?.({ event: 'warning', message: warning })
  return renderPlan(film, options.output, {
    host: using.host,
    store: using.store,
    ffmpeg: await using.ffmpeg(),
    openPainter: using.openPainter,
    openUpscaler: using.openUpscaler,
    openInBetweener: using.openInBetweener,
    jobs: options.jobs ?? availableParallelism(),
    signal: options.signal ?? new AbortController().signal,
    onEvent: options.onEvent ?? (() => {}),
  })
}
