// render: scripts → storyboards → plans → films, with one cache and each model opened once.

import { resolve } from 'node:path'
import { EXIT, Failure, fileFailure, usageFailure } from '../diagnostic/failure.js'
import { formatDiagnostics } from '../diagnostic/format.js'
import { formatReport, reportOf } from '../diagnostic/report.js'
import { draftOf } from '../graph/draft.js'
import { keepOpen, type LoadedScript, plan, render, type Studio } from '../index.js'
import type { OnEvent, RenderDone } from '../render/events.js'
import { selectLine, selectShots } from '../story/select.js'
import type { Storyboard } from '../story/types.js'
import { checkLock } from './lock-file.js'
import type { StudioFlags } from './options.js'
import { openProgress, type ProgressMode } from './progress.js'
import { formatReportFile, isReport, type ScriptResult } from './report.js'
import { loadScript, storyboardOf } from './script-file.js'
import { expandScripts, isFolder, outputsOf } from './script-paths.js'
import { writeSidecar } from './sidecar-file.js'
import { withStudio } from './studio.js'
import { formatSummary } from './summary.js'

export type RenderScriptFlags = StudioFlags & {
  output?: string
  shots?: string
  line?: number
  draft?: boolean
  set: string[]
  model?: string
  jobs?: number
  progress: ProgressMode
}

export type RenderFlags = RenderScriptFlags & {
  locked?: boolean
  sidecar?: boolean
  report?: string
  failFast?: boolean
}

/** Renders one script or many. @returns the exit code: the first failure's, or 0. */
export async function renderScripts(
  paths: readonly string[],
  flags: RenderFlags,
  signal: AbortSignal,
): Promise<number> {
  checkFlags(flags)
  const scripts = expandScripts(paths)
  const isBatch = scripts.length > 1 || paths.some(isFolder)
  if (isBatch && flags.output !== undefined && !isFolder(flags.output))
    throw usageFailure(`-o ${flags.output}: for several scripts it is a folder that is there`)
  const outputs = isBatch
    ? outputsOf(scripts, flags.output)
    : new Map([[scripts[0]!, resolve(flags.output ?? outputsOf(scripts, undefined).get(scripts[0]!)!)]])
  const results: ScriptResult[] = []
  try {
    await withStudio(flags, async (studio) => {
      const warm = keepOpen(studio)
      try {
        for (const script of scripts) {
          const result = await renderOne(script, outputs.get(script)!, flags, warm, signal, isBatch)
          results.push(result)
          if (signal.aborted || (result.failure && flags.failFast)) break
        }
      } finally {
        await warm.close()
      }
    })
  } finally {
    if (flags.report !== undefined) await writeReport(flags.report, results)
  }
  if (isBatch && flags.progress !== 'json') process.stderr.write(formatSummary(results, scripts.length))
  return results.find(({ failure }) => failure)?.failure?.exitCode ?? EXIT.good
}

function checkFlags(flags: RenderFlags): void {
  const isPart = flags.shots !== undefined || flags.line !== undefined || flags.draft === true
  const isOther = flags.set.length > 0 || flags.model !== undefined
  if (flags.locked && (isPart || isOther))
    throw usageFailure(
      '--locked makes the film that was reviewed: it goes with no --shots, --line, --draft, --set or --model',
    )
  if (flags.report !== undefined && !isReport(flags.report))
    throw usageFailure(`--report ${flags.report}: it ends with .xml (JUnit) or .json`)
}

/** Tells of a failure at once; in a batch the others go on. */
async function renderOne(
  script: string,
  output: string,
  flags: RenderFlags,
  studio: Studio,
  signal: AbortSignal,
  isBatch: boolean,
): Promise<ScriptResult> {
  const progress = await openProgress(flags.progress)
  // Events of a batch say of which script they tell.
  const onEvent: OnEvent = isBatch ? (event) => progress.on({ ...event, script }) : progress.on
  const startedMs = performance.now()
  const seconds = () => (performance.now() - startedMs) / 1000
  let loaded: LoadedScript | null = null
  try {
    loaded = await loadScript(script, overridesOf(flags), studio.store)
    const done = await renderFilm(loaded, script, output, flags, studio, signal, onEvent)
    progress.close()
    process.stdout.write(`${output}\n`)
    return { script, done, failure: null, seconds: seconds() }
  } catch (error) {
    progress.close()
    const report = reportOf(error, signal)
    if (flags.progress === 'json') onEvent({ event: 'failed', ...report })
    else process.stderr.write(formatReport(report))
    return { script, done: null, failure: { ...report, details: detailsOf(loaded) }, seconds: seconds() }
  }
}

async function renderFilm(
  loaded: LoadedScript,
  script: string,
  output: string,
  flags: RenderFlags,
  studio: Studio,
  signal: AbortSignal,
  onEvent: OnEvent,
): Promise<RenderDone> {
  const storyboard = chooseShots(storyboardOf(loaded, flags.progress === 'json'), flags)
  signal.throwIfAborted()
  const film = await plan(flags.draft ? draftOf(storyboard) : storyboard, studio)
  if (flags.locked) await checkLock(script, film)
  const jobs = flags.jobs === undefined ? {} : { jobs: flags.jobs }
  const done = await render(film, { output, signal, onEvent, studio, ...jobs })
  if (flags.sidecar) await writeSidecar(film, output, studio)
  return done
}

const detailsOf = (loaded: LoadedScript | null): string =>
  loaded === null
    ? ''
    : formatDiagnostics(loaded.diagnostics, loaded.sources, {
        format: 'short',
        color: false,
      })

async function writeReport(path: string, results: readonly ScriptResult[]): Promise<void> {
  const { nodeHost } = await import('../host/node-host.js')
  await nodeHost()
    .writeFileAtomic(resolve(path), formatReportFile(path, results))
    .catch((error) => {
      throw error instanceof Failure ? error : fileFailure(error, `can't write ${path}`)
    })
}

/** Film keys that win over the script's. */
export const overridesOf = ({ set, model }: RenderScriptFlags): string[] =>
  model ? [...set, `model=${JSON.stringify(model)}`] : set

/** The part of the film that the flags name. */
export function chooseShots(storyboard: Storyboard, { shots, line }: RenderScriptFlags): Storyboard {
  if (shots !== undefined && line !== undefined) throw usageFailure('--shots and --line exclude each other')
  if (shots !== undefined) return selectShots(storyboard, shots)
  return line === undefined ? storyboard : selectLine(storyboard, line)
}
