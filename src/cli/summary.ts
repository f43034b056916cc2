// The table at the end of a batch.

import { columnsOf } from '../diagnostic/source-line.js'
import type { ScriptResult } from './report.js'

/** `total` is how many scripts there were; those behind a stop are counted as not reached. */
export function formatSummary(results: readonly ScriptResult[], total: number): string {
  const width = Math.max(6, ...results.map(({ script }) => columnsOf(script)))
  const rows = results.map(({ script, done, failure, seconds }) => {
    const name = script + ' '.repeat(width - columnsOf(script))
    return `${name}  ${seconds.toFixed(1).padStart(7)} s  ${done ? made(done) : `failed: ${failure!.message}`}`
  })
  const good = results.filter(({ done }) => done).length
  const failed = results.length - good
  const counts = [`${good} film${good === 1 ? '' : 's'}`]
  if (failed > 0) counts.push(`${failed} failed`)
  if (results.length < total) counts.push(`${total - results.length} not reached`)
  return `${['', ...rows, counts.join(', ')].join('\n')}\n`
}

function made({ frames, nodes }: NonNullable<ScriptResult['done']>): string {
  const rendered = Object.entries(nodes.rendered).map(([kind, n]) => `${n} ${kind}${n === 1 ? '' : 's'}`)
  return `${frames} frames, ${rendered.length > 0 ? `made ${rendered.join(', ')}` : 'unchanged'}`
}
