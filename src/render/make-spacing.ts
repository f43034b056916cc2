// Where the keyframes of a walk are painted: measured, kept, read again.

import type { KeyframeNode, SpacingNode } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { spaceEvenly } from '../interpolation/spacing.js'
import type { Artefact } from '../store/store.js'
import type { Step } from '../story/types.js'
import { alongWalk, isSameWaypoint } from '../story/walk.js'
import type { Input } from './executor.js'
import { type Painting, paintKeyframe } from './make-picture.js'

export async function makeSpacing(node: SpacingNode, painting: Painting): Promise<Artefact> {
  const { waypoints, count, probe } = node
  const paint = async (position: number) => {
    const { width, height, rgb } = await paintKeyframe(probe, alongWalk(waypoints, position), painting)
    return { width, height, data: rgb }
  }
  const moves = waypoints.slice(1).map((to, leg) => !isSameWaypoint(to, waypoints[leg]!))
  const positions = await spaceEvenly(paint, moves, count)
  const text = new TextEncoder().encode(JSON.stringify(positions))
  return painting.store.put(node.key, 'json', (path) => painting.host.writeFile(path, text))
}

/** What a keyframe is painted from, once its place is known. */
export async function stepOf(node: KeyframeNode, input: Input, host: Host): Promise<Step> {
  if (node.place === null) return { prompt: node.prompt, seed: node.diffusion.seed, towards: null }
  const { spacing, index } = node.place
  return alongWalk(spacing.waypoints, (await readPositions((await input(spacing)).path, host))[index]!)
}

export const readPositions = async (path: string, host: Host): Promise<number[]> =>
  JSON.parse(new TextDecoder().decode(await host.readFile(path)))
