// On a terminal: one line with a bar, the speed of the last seconds and the time that is left.

import ora from 'ora'
import type { TransferEvent } from '../models/transfer-events.js'
import { type TransferView, transferLine } from './models-transfer.js'
import { formatMegabytes } from './models-words.js'
import { formatClock } from './progress-words.js'

const BAR_WIDTH = 24
/** Speed is measured over so long. */
const WINDOW_MS = 5000

export type Sample = { atMs: number; done: number }

export function openTerminalTransfer(formatLicence: (licence: string | null) => string): TransferView {
  const spinner = ora({ stream: process.stderr, discardStdin: false, text: 'asking' }).start()
  let samples: Sample[] = []
  const say = (line: string) => {
    spinner.clear()
    process.stderr.write(`${line}\n`)
    spinner.render()
  }
  return {
    on(event: TransferEvent) {
      if (event.event === 'bytes') {
        samples = sampled(samples, { atMs: performance.now(), done: event.done })
        spinner.text = describeTransfer(event.done, event.total, samples)
      } else if (event.event !== 'file') {
        const line = transferLine(event, formatLicence)
        if (line !== null) say(line)
      }
    },
    close: () => spinner.stop(),
  }
}

/** The samples of the last seconds with a new one; all old ones go when bytes count no longer. */
export function sampled(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1)
  if (last !== undefined && next.done < last.done) return [next]
  return [...samples.filter(({ atMs }) => next.atMs - atMs <= WINDOW_MS).slice(-100), next]
}

export function describeTransfer(done: number, total: number, samples: readonly Sample[]): string {
  const part = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.round(part * BAR_WIDTH)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
  const amount = `${Math.round(part * 100)} % of ${formatMegabytes(total)}`
  const [first, last] = [samples[0], samples.at(-1)]
  const elapsed = first && last ? (last.atMs - first.atMs) / 1000 : 0
  if (elapsed < 0.5) return `${bar} ${amount}`
  const perSecond = (last!.done - first!.done) / elapsed
  const left = perSecond > 0 ? ` · ${formatClock((total - done) / perSecond)} left` : ''
  return `${bar} ${amount} · ${formatMegabytes(perSecond)}/s${left}`
}
