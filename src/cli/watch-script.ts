// watch: the film is made again whenever its script is saved.

import { resolve } from 'node:path'
import { EXIT, usageFailure } from '../diagnostic/failure.js'
import { studio } from '../index.js'
import { openWatch } from '../watch/watch.js'
import { chooseShots, defaultOutput, overridesOf, type RenderScriptFlags } from './render-script.js'
import { withStudioOptions } from './studio.js'
import { listenToKeys } from './watch-keys.js'
import { openWatchReport } from './watch-report.js'

export type WatchFlags = RenderScriptFlags & { poll?: boolean }

/** Runs until it is told to stop. @returns the exit code. */
export async function watchScript(script: string, flags: WatchFlags, signal: AbortSignal): Promise<number> {
  if (script === '-') throw usageFailure('watch needs a script file, not stdin')
  const output = resolve(flags.output ?? defaultOutput(script))
  const report = await openWatchReport(flags.progress)
  await withStudioOptions(flags, async (options) => {
    const watch = openWatch(script, {
      output,
      set: overridesOf(flags),
      isDraft: flags.draft ?? false,
      choose: (storyboard) => chooseShots(storyboard, flags),
      jobs: flags.jobs,
      polls: flags.poll,
      openStudio: (host) => studio({ ...options, host }),
      onScript: report.onScript,
      onEvent: report.on,
    })
    const quit = new AbortController()
    const keys = listenToKeys((key) => {
      if (key === 'q' || key === '\x03') quit.abort()
      else if (key === 'r') watch.again()
      else if (key === 'f') watch.again({ isFinal: true })
    })
    try {
      await fired(AbortSignal.any([signal, quit.signal]))
    } finally {
      keys.close()
      await watch.close()
      report.close()
    }
  })
  return EXIT.good
}

const fired = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.resolve()
    : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
