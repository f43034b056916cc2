// An interpolation network as an Interpolator: sizes, tiles and times.

import { InterpolationFault } from './fault.js'
import { createFeeds, type Feeds, type FloatTensor } from './feeds.js'
import type { Frame, Interpolator } from './interpolator.js'
import type { HonouredTimes, Layout } from './layout.js'
import { createMosaic } from './mosaic.js'
import { type MotionGraph, openMotion, reachOf } from './motion.js'
import { checkPair } from './pair.js'
import { type FloatPicture, writeBytes } from './planes.js'
import { subdivide } from './subdivide.js'
import { OVERLAP, overlapFor, planTiles, type SideRule, type Tiling } from './tiles.js'

/** Runs the graph. Rejects with the signal's reason when it fires. */
export type RunGraph = (
  feeds: Readonly<Record<string, FloatTensor>>,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, FloatTensor>>>

export type NetworkOptions = {
  /** What the sides of a graph that takes any size must be multiples of. */
  multiple: number
  /** Finds the motion, for a graph that wants to be told. */
  motion?: MotionGraph | null
  /** How many runs go on side by side; default 1. */
  lanes?: number
  /** The largest window; for tests. */
  windowPixels?: number
}

/**
 * In-betweens by a graph of this layout. Throws InterpolationFaults: frames of two sizes, an output of the wrong shape,
 * values that are no numbers.
 */
export function createNetworkInterpolator(
  layout: Layout,
  run: RunGraph,
  options: NetworkOptions,
): Interpolator {
  return {
    async *between(a, b, times, signal) {
      checkPair(a, b, times)
      if (layout.times === 'any') {
        const open = () => openPair(layout, run, a, b, options, signal)
        yield* inOrder(times, Array.from({ length: Math.min(options.lanes ?? 1, times.length) }, open))
        return
      }
      const make = async (from: Frame, to: Frame, time: number): Promise<Frame> => {
        const data = await openPair(layout, run, from, to, options, signal)(time)
        return { width: a.width, height: a.height, data }
      }
      for await (const frame of subdivide(a, b, times, layout.times, make)) yield frame.data
    },
  }
}

type MakeFrame = (time: number) => Promise<Uint8Array>

/** The frames at these times, in their order, as many of them on the way at once as there are makers. */
async function* inOrder(times: readonly number[], makers: readonly MakeFrame[]): AsyncGenerator<Uint8Array> {
  const going: Promise<Uint8Array>[] = []
  let next = 0
  const start = () => {
    if (next === times.length) return
    const made = makers[next % makers.length]!(times[next++]!)
    made.catch(() => {}) // told when its turn comes
    going.push(made)
  }
  for (const _ of makers) start()
  for (let made = going.shift(); made !== undefined; made = going.shift()) {
    const frame = await made
    start()
    yield frame
  }
}

/** Makes frames of one pair, one after the other. */
function openPair(
  layout: Layout,
  run: RunGraph,
  a: Frame,
  b: Frame,
  { multiple, windowPixels, motion }: NetworkOptions,
  signal: AbortSignal,
): MakeFrame {
  const rule = (fixed: number | null): SideRule => (fixed === null ? { multiple } : { fixed })
  const { width, height } = a
  const plan = (overlap?: number) =>
    planTiles(width, height, rule(layout.size.width), rule(layout.size.height), windowPixels, overlap)
  const findMotion = motion ? openMotion(motion, a, b, multiple, signal) : null
  const [usual, usualFeeds] = open(plan())
  const isWhole = usual.columns.length === 1 && usual.rows.length === 1
  if (isWhole) usualFeeds.load(a, b, 0, 0)

  function open(tiling: Tiling): [Tiling, Feeds] {
    return [tiling, createFeeds(layout, tiling.width, tiling.height)]
  }
  const picture = async (feeds: Feeds, { width, height }: Tiling) =>
    readPicture(await run(feeds.tensors, signal), layout.output, width, height)

  return async (time) => {
    const field = findMotion && (await findMotion(time))
    const out = new Uint8Array(3 * width * height)
    if (isWhole) {
      usualFeeds.setTime(time)
      if (field) usualFeeds.setMotion(field, 0, 0)
      if (!writeBytes(await picture(usualFeeds, usual), width, height, out)) throw notFinite()
      return out
    }
    // Windows overlap as far as this motion wants.
    const overlap = field ? overlapFor(reachOf(field, time)) : OVERLAP
    const [tiling, feeds] = overlap === OVERLAP ? [usual, usualFeeds] : open(plan(overlap))
    feeds.setTime(time)
    const mosaic = createMosaic(tiling, width, out)
    for (const row of tiling.rows) {
      for (const column of tiling.columns) {
        feeds.load(a, b, column.start, row.start)
        if (field) feeds.setMotion(field, column.start, row.start)
        if (!mosaic.add(await picture(feeds, tiling), column, row)) throw notFinite()
      }
      mosaic.finishRow()
    }
    return out
  }
}

/** The picture among a run's outputs. Throws an InterpolationFault when it isn't one of this size. */
export function readPicture(
  outputs: Readonly<Record<string, FloatTensor>>,
  name: string,
  width: number,
  height: number,
): FloatPicture {
  const { data, dims } = outputs[name]!
  const fits = (shape: readonly number[]) =>
    dims.length === 4 && shape.every((length, i) => dims[i] === length)
  if (fits([1, 3, height, width])) return { data, width, height, channels: 'first' }
  if (fits([1, height, width, 3])) return { data, width, height, channels: 'last' }
  throw new InterpolationFault(
    `for pictures of ${width}x${height} its output ${name} has the shape [${dims.join(', ')}]`,
    'a picture of the same size with 3 channels was expected',
  )
}

const notFinite = () =>
  new InterpolationFault(
    'it makes values that are no numbers',
    'an export in half precision may overflow: use the one in full precision',
  )

/** Pixels of the side of the pictures that a model is tried with. */
const TRIAL_SIDE = 64

/**
 * Tries a graph once before it is used, and says which times it really makes: some take a time and don't look at it (FILM's
 * saved model, IFRNet trained on Vimeo-90K). A graph of fixed size, which may be large, is taken at its word.
 */
export async function tryTimes(
  layout: Layout,
  run: RunGraph,
  { multiple, motion }: NetworkOptions,
  signal: AbortSignal,
): Promise<HonouredTimes> {
  if (layout.size.width !== null || layout.size.height !== null) return layout.times
  const side = Math.ceil(TRIAL_SIDE / multiple) * multiple
  const [a, b] = [trialFrame(side, 7), trialFrame(side, 11)]
  const feeds = createFeeds(layout, side, side)
  feeds.load(a, b, 0, 0)
  const findMotion = motion ? openMotion(motion, a, b, multiple, signal) : null
  const at = async (time: number) => {
    feeds.setTime(time)
    if (findMotion) feeds.setMotion(await findMotion(time), 0, 0)
    const { data } = readPicture(await run(feeds.tensors, signal), layout.output, side, side)
    if (!data.every(Number.isFinite)) throw notFinite()
    return data
  }
  const early = await at(0.25)
  if (layout.times === 'middle') return 'middle'
  const late = await at(0.75)
  return early.every((value, i) => value === late[i]) ? 'middle' : layout.times
}

const trialFrame = (side: number, step: number): Frame => ({
  width: side,
  height: side,
  data: Uint8Array.from({ length: 3 * side * side }, (_, i) => (i * step) % 256),
})
