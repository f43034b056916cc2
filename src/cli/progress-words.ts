// How progress is put into words.

import type { Counts, RenderDone } from '../render/events.js'

export const formatClock = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

export function formatDone({ frames, seconds, elapsedMs, nodes }: RenderDone): string {
  const rendered = sumCounts(nodes.rendered)
  const made = rendered === 0 ? 'nothing had changed' : `made ${formatCounts(nodes.rendered)}`
  const kept = sumCounts(nodes.reused) > 0 && rendered > 0 ? `, reused ${formatCounts(nodes.reused)}` : ''
  return `${formatClock(seconds)} of film, ${frames} frames, in ${(elapsedMs / 1000).toFixed(1)} s: ${made}${kept}`
}

export const formatCounts = (counts: Counts): string =>
  Object.entries(counts)
    .map(([kind, n]) => `${n} ${n === 1 ? kind : pluralOf(kind)}`)
    .join(', ')

/** Of a kind of node. */
export const pluralOf = (kind: string): string => `${kind}${/(?:ch|x)$/.test(kind) ? 'es' : 's'}`

export const sumCounts = (counts: Counts): number => Object.values(counts).reduce((sum, n) => sum + n, 0)
