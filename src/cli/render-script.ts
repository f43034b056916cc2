// render: script → storyboard → plan → film.

import { resolve } from 'node:path'
import { EXIT, usageFailure } from '../diagnostic/failure.js'
import { reportOf } from '../diagnostic/report.js'
import { draftOf } from '../graph/draft.js'
import { plan, render } from '../index.js'
import type { OnEvent } from '../render/events.js'
import { selectLine, selectShots } from '../story/select.js'
import type { Storyboard } from '../story/types.js'
import type { StudioFlags } from './options.js'
import { openProgress, type ProgressMode } from './progress.js'
import { loadScript, storyboardOf } from './script-file.js'
import { withStudio } from './studio.js'

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

/** @returns the exit code. With `--progress json` a failure is told as an event, otherwise it is thrown. */
export async function renderScript(
  script: string,
  flags: RenderScriptFlags,
  signal: AbortSignal,
): Promise<number> {
  const progress = await openProgress(flags.progress)
  try {
    const output = resolve(flags.output ?? defaultOutput(script))
    await renderTo(output, script, flags, signal, progress.on)
    progress.close()
    process.stdout.write(`${output}\n`)
    return EXIT.good
  } catch (error) {
    progress.close()
    if (flags.progress !== 'json') throw error
    const report = reportOf(error, signal)
    progress.on({ event: 'failed', ...report })
    return report.exitCode
  }
}

async function renderTo(
  output: string,
  script: string,
  flags: RenderScriptFlags,
  signal: AbortSignal,
  onEvent: OnEvent,
): Promise<void> {
  const loaded = await loadScript(script, overridesOf(flags))
  const storyboard = chooseShots(storyboardOf(loaded, flags.progress === 'json'), flags)
  await withStudio(flags, async (studio) => {
    signal.throwIfAborted()
    const film = await plan(flags.draft ? draftOf(storyboard) : storyboard, studio)
    const jobs = flags.jobs === undefined ? {} : { jobs: flags.jobs }
    await render(film, { output, signal, onEvent, studio, ...jobs })
  })
}

/** Film keys that win over the script's. */
export const overridesOf = ({ set, model }: RenderScriptFlags): string[] =>
  model ? [...set, `model=${JSON.stringify(model)}`] : set

/** SCRIPT's name with .mp4 beside it. */
export function defaultOutput(script: string): string {
  if (script === '-') throw usageFailure('a script from stdin needs -o FILE')
  return `${script.replace(/\.ya?ml$/i, '')}.mp4`
}

/** The part of the film that the flags name. */
export function chooseShots(storyboard: Storyboard, { shots, line }: RenderScriptFlags): Storyboard {
  if (shots !== undefined && line !== undefined) throw usageFailure('--shots and --line exclude each other')
  if (shots !== undefined) return selectShots(storyboard, shots)
  return line === undefined ? storyboard : selectLine(storyboard, line)
}
