// Where along a walk its keyframes are painted, so that it goes on evenly to the eye: embeddings that are mixed evenly leave
// a picture all but still for a while and then turn it over at once.

import type { Frame } from './interpolator.js'
import { reduceFrame, type SmallPicture } from './similarity.js'

/** Paints a quick picture at a position: 0 is the first waypoint, 1 the second, 1.5 half way to the third. */
export type PaintAt = (position: number) => Promise<Frame>

/** Small copies are compared, longest side in pixels: what differs in less is grain. */
const SIDE = 80
/** Side of the regions whose ways are measured, in pixels of the small copies. */
const REGION = 4
/** Mean levels: a region that changes less than about this in the whole walk counts the less. Rounding makes as much. */
const FAINT = 0.25
/** A part of a leg between two pictures that differ however near they are is not halved for ever. */
const NARROWEST = 1 / 1024

type Probe = { position: number; picture: SmallPicture }
/** What lies between two probes. `change` is each region's mean absolute difference, in levels. */
type Part = { from: Probe; to: Probe; change: Float64Array; isStill: boolean }
type MeasuredPart = Part & { difference: number }

/**
 * Positions of `count` keyframes, the first at 0 and the last at the last waypoint, such that neighbours differ about
 * equally. Legs that `moves` denies, from a waypoint to the same one again, keep their even share of the time. Pictures are
 * painted where most happens between two of them (adaptive bisection) until that is no more than a step of the walk, at most
 * twice as many as there are keyframes.
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
  const halve = async ({ from, to }: Part) => {
    const middle = await probe((from.position + to.position) / 2)
    const halves = [partOf(from, middle), partOf(middle, to)]
    parts = parts.flatMap((part) => (part.from === from ? halves : [part]))
    left--
  }
  // What begins and ends alike may be another thing in between.
  for (const leg of legs) await halve(leg)
  while (left > 0) {
    const all = measured(parts)
    const step = wayOf(all) / (count - 1)
    const wide = all
      .filter((part) => !part.isStill && widthOf(part) > NARROWEST && part.difference > step)
      .sort((a, b) => b.difference - a.difference)
    if (wide.length === 0) break
    // Halves are hardly wider than half, so these come first in any case; measured anew is all of the walk.
    const next = wide.filter(({ difference }) => difference > wide[0]!.difference / 2)
    for (const part of next.slice(0, left)) await halve(part)
  }
  return positionsOf(measured(parts), moves.length, count)
}

const partOf = (from: Probe, to: Probe, isStill = false): Part => ({
  from,
  to,
  change: changeOf(from.picture, to.picture),
  isStill,
})

const widthOf = ({ from, to }: Part): number => to.position - from.position

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const wayOf = (parts: readonly MeasuredPart[]): number => sumOf(parts.map(({ difference }) => difference))

/** Mean absolute differences, since those of the parts of a cross-fade, and of a thing's way, sum up to that of the whole. */
function changeOf({ width, height, data }: SmallPicture, to: SmallPicture): Float64Array {
  const across = Math.ceil(width / REGION)
  const sums = new Float64Array(across * Math.ceil(height / REGION))
  const sizes = new Uint32Array(sums.length)
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3)
    const region = Math.floor(pixel / width / REGION) * across + Math.floor((pixel % width) / REGION)
    sums[region]! += Math.abs(data[i]! - to.data[i]!)
    sizes[region]!++
  }
  return sums.map((sum, region) => sum / sizes[region]!)
}

/**
 * The greater of two measures of a part, each as a share of its sum over all parts: the levels of the whole picture, and
 * which shares of their own ways through the walk its regions go, by the fourth power, so that those which hurry count most. By
 * levels alone a sky that changes little rushes through all it has while the face before it changes little as well; by
 * regions alone what is hardly seen holds up all else. So neither goes more than twice as fast as by its own measure.
 */
function measured(parts: readonly Part[]): MeasuredPart[] {
  const ways = new Float64Array(parts[0]!.change.length).fill(FAINT)
  for (const { change } of parts) for (let i = 0; i < ways.length; i++) ways[i]! += change[i]!
  const measures = parts.map(({ change }) => {
    let levels = 0
    let hurry = 0
    for (let i = 0; i < ways.length; i++) {
      const share = change[i]! / ways[i]!
      levels += change[i]!
      hurry += share * share * share * share
    }
    return { levels, hurry: hurry ** 0.25 }
  })
  const allLevels = sumOf(measures.map(({ levels }) => levels))
  const allHurry = sumOf(measures.map(({ hurry }) => hurry))
  return parts.map((part, i) => {
    const { levels, hurry } = measures[i]!
    return { ...part, difference: allLevels === 0 ? 0 : Math.max(levels / allLevels, hurry / allHurry) }
  })
}

/** The inverse of the way gone by position, at even steps. */
function positionsOf(parts: readonly MeasuredPart[], legs: number, count: number): number[] {
  const total = wayOf(parts)
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
