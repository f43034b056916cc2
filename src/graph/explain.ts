// Why a node would be made: its manifest against the last run's.

import type { Manifest, ManifestValue, Node } from './node.js'
import { nodesOfShot, type Plan } from './plan.js'

/** Manifests of the last good run, by node id. */
export type History = Readonly<Record<string, Manifest>>

/** Whether the store has it, as `Store.get` says. */
export type Presence = 'present' | 'missing' | 'damaged'

/** Null when the node is up to date. */
export function reasonFor(node: Node, presence: Presence, history: History): string | null {
  if (presence === 'present') return null
  const before = history[node.id]
  const changes = before ? manifestChanges(before, node.manifest) : []
  if (changes.length > 0) return changes.join(', ')
  if (presence === 'damaged') return 'damaged in the cache'
  if (!before) return 'new'
  return node.kind === 'movie' ? 'the file is missing or was changed' : 'no longer in the cache'
}

/** One phrase an entry that differs, in the new manifest's order. */
export function manifestChanges(before: Manifest, after: Manifest): string[] {
  const old = new Map(before)
  const changes: string[] = []
  for (const [name, value] of after) {
    const previous = old.get(name)
    old.delete(name)
    if (previous !== undefined && JSON.stringify(previous) === JSON.stringify(value)) continue
    if (name.startsWith('input ')) changes.push(`${name.slice('input '.length)} changed`)
    else if (name === 'script digest') changes.push('script changed')
    else if (name.endsWith('digest')) changes.push(`${name.replace(/ digest$/, '')} files changed`)
    else if (previous === undefined) changes.push(`${name} added: ${show(value)}`)
    else changes.push(`${name} changed: ${show(previous)} → ${show(value)}`)
  }
  for (const name of old.keys()) changes.push(`${name.replace(/^input /, '')} removed`)
  return changes
}

function show(value: ManifestValue): string {
  const isBlend = (v: ManifestValue): v is [string, number][] =>
    Array.isArray(v) && v.every((p) => Array.isArray(p) && p.length === 2 && typeof p[0] === 'string')
  if (isBlend(value)) {
    const [first] = value
    if (value.length === 1 && first) return JSON.stringify(first[0])
    return value.map(([prompt, weight]) => `${JSON.stringify(prompt)} ×${weight.toFixed(2)}`).join(' + ')
  }
  if (Array.isArray(value)) return value.filter((v) => v !== null).join(' ')
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

/** What to remember of a plan for the next `explain`. */
export function historyOf(plan: Plan): History {
  const history: Record<string, Manifest> = {}
  for (const shot of plan.shots) {
    for (const node of nodesOfShot(shot)) history[node.id] = node.manifest
  }
  for (const node of [plan.movie, plan.movie.mix]) if (node !== null) history[node.id] = node.manifest
  return history
}
