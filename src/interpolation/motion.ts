// The motion of a whole frame, found by a graph of its own on a reduced copy: what is then made in windows knows where
// things come from, however far outside of the window that is.

import { InterpolationFault } from './fault.js'
import type { FloatTensor } from './feeds.js'
import type { Frame } from './interpolator.js'
import type { Layout } from './layout.js'
import type { RunGraph } from './network.js'
import { readReduced } from './planes.js'

/** A graph of two pictures and a time, both pictures at half size, and what runs it. */
export type MotionGraph = { layout: Layout; run: RunGraph }

/** At 1/8 of the frame's size, 4 planes: velocities from the first frame to the second in pixels of that size, x and y as they are towards the first, x and y towards the second. */
export type MotionField = { data: Float32Array; width: number; height: number }

/** Of a field: x and y twice. */
const PLANES = 4

/** Pixels of the frame to one of the field. */
export const MOTION_STEP = 8

/** What the graph is shown has at most so many pixels: larger frames are reduced further. */
const LARGEST_COPY = 1024 * 1024

/** Pixels beyond the motion itself that the graph which makes the picture looks at. */
const MARGIN = 72

/**
 * For two frames, a function from a time to their motion, over the frame with its right and bottom edges repeated up to
 * multiples of `multiple`. Throws an InterpolationFault when the graph's output is no such field.
 */
export function openMotion(
  { layout, run }: MotionGraph,
  a: Frame,
  b: Frame,
  multiple: number,
  signal: AbortSignal,
): (time: number) => Promise<MotionField> {
  const { inputs } = layout
  if (inputs.kind !== 'pair' || inputs.channels !== 'first' || inputs.time === null || inputs.motion !== null)
    throw notMotion('it does not take two pictures of the shape [1, 3, height, width] and a time')
  const pad = (length: number) => Math.ceil(length / multiple) * multiple
  const [width, height] = [pad(a.width), pad(a.height)]
  let scale = 1
  while ((width * height) / (2 * scale) ** 2 > LARGEST_COPY) scale *= 2
  // Of the copy: half of the frame's multiple, as the frame is twice as large.
  const copySide = (length: number) => Math.ceil(length / (multiple * scale)) * (multiple / 2)
  const [columns, rows] = [copySide(width), copySide(height)]
  const copy = (frame: Frame): FloatTensor => ({
    data: readReduced(frame, 2 * scale, columns, rows),
    dims: [1, 3, rows, columns],
  })
  const pictures = { [inputs.first]: copy(a), [inputs.second]: copy(b) }
  const time = { name: inputs.time.name, dims: inputs.time.dims ?? [1, 1] }
  return async (at) => {
    const feeds = { ...pictures, [time.name]: { data: Float32Array.of(at), dims: time.dims } }
    const { data, dims } = (await run(feeds, signal))[layout.output]!
    const [width8, height8] = [columns / 4, rows / 4]
    if ([1, PLANES, height8, width8].some((length, i) => dims[i] !== length))
      throw notMotion(`for pictures of ${columns}x${rows} its output has the shape [${dims.join(', ')}]`)
    const found = { data, width: width8, height: height8 }
    return scale === 1 ? found : enlarge(found, scale, width / MOTION_STEP, height / MOTION_STEP)
  }
}

/** How far the picture at `time` may look from each pixel, in pixels. */
export function reachOf({ data }: MotionField, time: number): number {
  let fastest = 0
  for (const velocity of data) fastest = Math.max(fastest, Math.abs(velocity))
  return fastest * MOTION_STEP * Math.max(time, 1 - time) + MARGIN
}

/** The part of a field that belongs to a window of the frame; window and frame end at multiples of MOTION_STEP. */
export function cropField(
  { data, width, height }: MotionField,
  window: { x: number; y: number; width: number; height: number },
): FloatTensor {
  const [left, top, columns, rows] = [window.x, window.y, window.width, window.height].map(
    (length) => length / MOTION_STEP,
  ) as [number, number, number, number]
  if (left === 0 && top === 0 && columns === width && rows === height)
    return { data, dims: [1, PLANES, rows, columns] }
  const out = new Float32Array(PLANES * rows * columns)
  for (let c = 0; c < PLANES; c++) {
    for (let y = 0; y < rows; y++) {
      const from = (c * height + top + y) * width + left
      out.set(data.subarray(from, from + columns), (c * rows + y) * columns)
    }
  }
  return { data: out, dims: [1, PLANES, rows, columns] }
}

/** The field of a frame `scale` times as large, cut to a size: between pixel centres linear. */
function enlarge(field: MotionField, scale: number, width: number, height: number): MotionField {
  const columns = axisShares(width, field.width, scale)
  const rows = axisShares(height, field.height, scale)
  const data = new Float32Array(PLANES * width * height)
  let at = 0
  for (let c = 0; c < PLANES; c++) {
    const plane = field.data.subarray(c * field.width * field.height, (c + 1) * field.width * field.height)
    for (const y of rows) {
      const [above, below] = [y.low * field.width, y.high * field.width]
      for (const x of columns) {
        const top = plane[above + x.low]! + (plane[above + x.high]! - plane[above + x.low]!) * x.share
        const bottom = plane[below + x.low]! + (plane[below + x.high]! - plane[below + x.low]!) * x.share
        data[at++] = scale * (top + (bottom - top) * y.share)
      }
    }
  }
  return { data, width, height }
}

/** For each of `length` positions the two of `count` coarser ones that it lies between, and how near to the second. */
function axisShares(length: number, count: number, scale: number) {
  return Array.from({ length }, (_, i) => {
    const position = Math.min(count - 1, Math.max(0, (i + 0.5) / scale - 0.5))
    const low = Math.floor(position)
    return { low, high: Math.min(count - 1, low + 1), share: position - low }
  })
}

const notMotion = (why: string) =>
  new InterpolationFault(
    `the graph for its motion is of no use: ${why}`,
    'docs/interpolation.md says what such a graph takes and gives',
  )
