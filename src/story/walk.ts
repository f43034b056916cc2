// The way from waypoint to waypoint of a walk.

import { mixBlends } from './blend.js'
import type { Keyframe, Step, Waypoint } from './types.js'

/**
 * What to paint at a position of a walk: 0 is its first waypoint, 1.5 half way from the second to the third. Embeddings are
 * blended linearly, the noise of two seeds spherically.
 */
export function alongWalk(waypoints: readonly Waypoint[], position: number): Step {
  const index = Math.min(Math.floor(position), waypoints.length - 2)
  const [from, to] = [waypoints[index]!, waypoints[index + 1]!]
  const amount = position - index
  const prompt = mixBlends(from.prompt, to.prompt, amount)
  if (from.seed === to.seed || amount === 0) return { prompt, seed: from.seed, towards: null }
  if (amount === 1) return { prompt, seed: to.seed, towards: null }
  return { prompt, seed: from.seed, towards: { seed: to.seed, amount } }
}

/** Keyframes at frames of a walk, in even words: time is shared out evenly between the waypoints. */
export function keyframesOn(waypoints: readonly Waypoint[], frames: readonly number[]): Keyframe[] {
  const last = Math.max(1, frames.at(-1) ?? 0)
  return frames.map((frame) => ({
    frame,
    ...alongWalk(waypoints, (frame / last) * (waypoints.length - 1)),
  }))
}

/** Whether anything changes from the one to the other. */
export const isSameWaypoint = (a: Waypoint, b: Waypoint): boolean => JSON.stringify(a) === JSON.stringify(b)
