// What getting a model tells on stderr: a bar on terminals, lines for logs.

import type { OnTransfer, TransferEvent } from '../models/transfer-events.js'
import { formatMegabytes } from './models-words.js'

export type TransferView = { on: OnTransfer; close: () => void }

/** A log gets a line at each of these parts of the whole. */
const LOG_STEPS = 10

/** What only a terminal needs is loaded only there. */
export async function openTransferView(): Promise<TransferView> {
  const { formatLicence } = await import('../models/licence-terms.js')
  // A terminal without a width can't be drawn on: ora would wipe lines for ever.
  if (process.stderr.isTTY && process.stderr.columns > 0 && !process.env.CI)
    return (await import('./models-transfer-terminal.js')).openTerminalTransfer(formatLicence)
  let told = 0
  return {
    on(event) {
      const line = transferLine(event, formatLicence)
      if (line !== null) process.stderr.write(`${line}\n`)
      if (event.event !== 'bytes' || event.total === 0) return
      const step = Math.floor((event.done / event.total) * LOG_STEPS)
      if (step > told && step < LOG_STEPS) process.stderr.write(`${step * LOG_STEPS} %\n`)
      told = Math.max(told, step)
    },
    close: () => {},
  }
}

const PROVENANCE = {
  fetched: '',
  kept: ', kept from before',
  installed: ', here already',
  cache: ", from the hub client's cache",
} as const

/** The line for what both forms tell; null for the rest. */
export function transferLine(
  event: TransferEvent,
  formatLicence: (licence: string | null) => string,
): string | null {
  switch (event.event) {
    case 'model':
      return `${event.name} from ${event.origin}: ${event.files} files, ${formatMegabytes(event.bytes)}`
    case 'licence':
      return `licence: ${formatLicence(event.licence)}`
    case 'file':
      return `${event.path} (${formatMegabytes(event.bytes)}${PROVENANCE[event.from]})`
    case 'trouble': {
      const wait = event.waitMs >= 1000 ? ` in ${Math.round(event.waitMs / 1000)} s` : ''
      return `${event.path}: ${event.reason}; trying again${wait}`
    }
    default:
      return null
  }
}
