// What watching says on stderr.

import { formatReport } from '../diagnostic/report.js'
import type { LoadedScript } from '../index.js'
import type { OnWatchEvent } from '../watch/events.js'
import { type Progress, type ProgressMode, progressOpener } from './progress.js'
import { showDiagnostics } from './script-file.js'

export type WatchReport = {
  /** A script that was read; its messages are said as `check` says them. */
  onScript(loaded: LoadedScript): void
  on: OnWatchEvent
  /** Writes something else, between lines. */
  aside(text: string): void
  close(): void
}

const write = (line: string) => process.stderr.write(`${line}\n`)

/** With `json` every event is told as it is, one a line. */
export async function openWatchReport(mode: ProgressMode): Promise<WatchReport> {
  if (mode === 'json') {
    return {
      onScript: () => {},
      on: (event) => write(JSON.stringify(event)),
      aside: () => {},
      close: () => {},
    }
  }
  const open = await progressOpener(mode)
  let progress: Progress | null = null
  const end = () => {
    progress?.close()
    progress = null
  }
  return {
    onScript(loaded) {
      if (loaded.diagnostics.length === 0) return
      showDiagnostics([loaded], process.stderr.isTTY ? 'human' : 'short', process.stderr)
    },
    on(event) {
      switch (event.event) {
        case 'page':
          return write(`preview: ${event.url}`)
        case 'script':
        case 'board':
        case 'draft':
        case 'cursor':
          return
        case 'missing':
          return write(`storyreel: ${event.file} is not there; waiting for it`)
        case 'cancelled':
        case 'idle':
          return end()
        case 'failed':
          end()
          process.stderr.write(formatReport(event))
          return
        default:
          progress ??= open()
          progress.on(event)
      }
    },
    aside(text) {
      if (progress === null) process.stderr.write(text)
      else progress.aside(text)
    },
    close: end,
  }
}
