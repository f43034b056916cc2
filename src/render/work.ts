// Which nodes must be made: from the film backwards, so that what only feeds a finished segment is never asked for.

import { createHash } from 'node:crypto'
import { type History, type Presence, reasonFor } from '../graph/explain.js'
import { inputsOf, type Node } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import type { Store } from '../store/store.js'
import type { Counts } from './events.js'

/** Nodes to make with the reason, by key. Equal keys are one node. */
export type Work = ReadonlyMap<string, { node: Node; reason: string }>

/** Looks at the store and the output file; makes nothing. */
export async function findWork(
  plan: Plan,
  output: string,
  store: Store,
  host: Host,
  history: History,
): Promise<Work> {
  const work = new Map<string, { node: Node; reason: string }>()
  const seen = new Set<string>()
  const visit = async (node: Node): Promise<void> => {
    if (seen.has(node.key)) return
    seen.add(node.key)
    const presence = await presenceOf(node, output, store, host)
    const reason = reasonFor(node, presence, history)
    if (reason === null) return
    for (const input of inputsOf(node)) await visit(input)
    work.set(node.key, { node, reason })
  }
  await visit(plan.movie)
  return work
}

/** A film is present when its file is: the store keeps only the digest of its bytes. */
export async function presenceOf(node: Node, output: string, store: Store, host: Host): Promise<Presence> {
  const found = await store.get(node.key)
  if (typeof found === 'string') return found
  if (node.kind !== 'movie') return 'present'
  const digest = new TextDecoder().decode(await host.readFile(found.path))
  return (await fileDigest(output, host)) === digest ? 'present' : 'missing'
}

export async function fileDigest(path: string, host: Host): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of host.readChunks(path)) hash.update(chunk)
    return hash.digest('hex')
  } catch {
    return null
  }
}

/** Every node of a plan once, by key, inputs first. */
export function nodesOf(plan: Plan): Map<string, Node> {
  const nodes = new Map<string, Node>()
  const visit = (node: Node) => {
    if (nodes.has(node.key)) return
    for (const input of inputsOf(node)) visit(input)
    nodes.set(node.key, node)
  }
  visit(plan.movie)
  return nodes
}

export function countKinds(nodes: Iterable<Node>): Counts {
  const counts: Counts = {}
  for (const { kind } of nodes) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Of segments: to encode; of in-betweens: to interpolate. */
export function framesOf(work: Work, kind: 'segment' | 'inbetween'): number {
  let frames = 0
  for (const { node } of work.values()) {
    if (node.kind !== kind) continue
    frames += node.kind === 'segment' ? node.frames : node.kind === 'inbetween' ? node.count : 0
  }
  return frames
}
