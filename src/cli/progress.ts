// Progress of a render in one of four forms. All of it goes to stderr.

import { formatReport } from '../diagnostic/report.js'
import type { OnEvent, RenderEvent } from '../render/events.js'
import { formatDone } from './progress-words.js'

export const progressModes = ['auto', 'tty', 'plain', 'json', 'none'] as const
export type ProgressMode = (typeof progressModes)[number]

export type Progress = {
  on: OnEvent
  /** Writes something else between. */
  aside: (text: string) => void
  close: () => void
}

const aside = (text: string) => void process.stderr.write(text)

export const openProgress = async (mode: ProgressMode): Promise<Progress> => (await progressOpener(mode))()

/** For several renders one after another. What only a terminal needs is loaded only there. */
export async function progressOpener(mode: ProgressMode): Promise<() => Progress> {
  const chosen = mode === 'auto' ? (process.stderr.isTTY && !process.env.CI ? 'tty' : 'plain') : mode
  switch (chosen) {
    case 'json':
      return () => ({
        on: (event) => process.stderr.write(`${JSON.stringify(event)}\n`),
        aside,
        close: () => {},
      })
    case 'plain':
      return () => ({ on: (event) => writeLine(plainLine(event)), aside, close: () => {} })
    case 'tty':
      return (await import('./progress-terminal.js')).openTerminalProgress
    default:
      return () => ({
        on: (event) => event.event === 'warning' && writeLine(plainLine(event)),
        aside,
        close: () => {},
      })
  }
}

const writeLine = (line: string | null) => line !== null && process.stderr.write(`${line}\n`)

/** One line for what a log should keep; null for the rest. */
export function plainLine(event: RenderEvent): string | null {
  switch (event.event) {
    case 'plan': {
      const work = Object.entries(event.toRender).map(([kind, n]) => `${n} ${kind}${n === 1 ? '' : 's'}`)
      return `${event.shots} shots, ${event.frames} frames; to make: ${work.join(', ') || 'nothing'}`
    }
    case 'start':
      return null
    case 'end':
      return `${event.id} (${(event.ms / 1000).toFixed(1)} s)`
    case 'warning':
      return `warning: ${event.message}`
    case 'failed':
      return formatReport(event).trimEnd()
    case 'done':
      return formatDone(event)
    default:
      return null
  }
}
