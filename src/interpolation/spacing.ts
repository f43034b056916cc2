// Where along a walk its keyframes are painted, so that it goes on evenly to the eye: embeddings that are mixed evenly leave
// a picture all but still for a while and then turn it over at once.

import type { Frame } from './interpolator.js'
import { reduceFrame, type SmallPicture } from './similarity.js'

/** Paints a quick picture at a position: 0 is the first waypoint, 1 the second, 1.5 half way to the third. */
export type PaintAt = (position: number) => Promise<Frame>

/** Small copies are compared, longest side in pixels: what differs in less is grain. */
const SIDE = 80
/** A part of a leg between two pictures that differ however near they are is not halved for ever. */
const NARROWEST = 1 / 1024

type Probe = { position: number; picture: SmallPicture }
/** What lies between two probes. */
type Part = { from: Probe; to: Probe; difference: number; isStill: boolean }

/**
 * Positions of `count` keyframes, the first at 0 and the last at the last waypoint, such that neighbours differ about
 * equally. Legs that `moves` denies, from a waypoint to the same one again, keep their even share of the time. Pictures are
 * painted where most happens between two of them (adaptive bisection) until that is no more than a step of the walk, at most
 * twice as many as there are keyframes. Mean absolute
 * differences are measured, since those of the parts of a cross-fade, and of a thing's way, sum up to that of the whole.
 */
export async function spaceEvenly(
  paint: PaintAt,
  moves: readonly boolean[],
  count: number,
): Promise<number[]> {
  const probe = async (position: number): Promise<Probe> => ({
    position,
    picture: reduceFrame(await paint(position), SIDE),
  })
  const waypoints: Probe[] = [await probe(0)]
  for (const [leg, isMove] of moves.entries())
    waypoints.push(isMove ? await probe(leg + 1) : { ...waypoints[leg]!, position: leg + 1 })
  let parts = moves.map((isMove, leg) => partOf(waypoints[leg]!, waypoints[leg + 1]!, !isMove))
  const legs = parts.filter(({ isStill }) => !isStill)
  let left = Math.max(2 * count - waypoints.length, legs.length)
  const halve = async (part: Part) => {
    const middle = await probe((part.from.position + part.to.position) / 2)
    const halves = [partOf(part.from, middle), partOf(middle, part.to)]
    parts = parts.flatMap((other) => (other === part ? halves : [other]))
    left--
  }
  // What begins and ends alike may be another thing in between.
  for (const leg of legs) await halve(leg)
  while (left > 0) {
    const wide = parts.filter((part) => !part.isStill && widthOf(part) > NARROWEST)
    const widest = wide.reduce<Part | null>((a, b) => (a && a.difference >= b.difference ? a : b), null)
    const step = sumOf(parts) / (count - 1)
    if (widest === null || widest.difference <= step) break
    await halve(widest)
  }
  return positionsOf(parts, moves.length, count)
}

const partOf = (from: Probe, to: Probe, isStill = false): Part => ({
  from,
  to,
  difference: isStill ? 0 : meanDifference(from.picture.data, to.picture.data),
  isStill,
})

const widthOf = ({ from, to }: Part): number => to.position - from.position

const sumOf = (parts: readonly Part[]): number => parts.reduce((sum, { difference }) => sum + difference, 0)

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}

/** The inverse of the way gone by position, at even steps. */
function positionsOf(parts: readonly Part[], legs: number, count: number): number[] {
  const total = sumOf(parts)
  const still = parts.filter(({ isStill }) => isStill).length / legs
  const shares = parts.map((part) => {
    if (part.isStill || total === 0) return widthOf(part) / legs
    return (part.difference / total) * (1 - still)
  })
  let at = 0
  let before = 0
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return 0
    if (i === count - 1) return legs
    const share = i / (count - 1)
    while (at < parts.length - 1 && before + shares[at]! < share) before += shares[at++]!
    const part = parts[at]!
    const along = shares[at] === 0 ? 0 : Math.min(1, (share - before) / shares[at]!)
    return Math.round((part.from.position + along * widthOf(part)) * 1e6) / 1e6
  })
}
