// Film frames from a picture through a mesh: for views that are turned or bent. Two passes, along rows, then along columns
// (E. Catmull and A. R. Smith, "3-D transformations of images in scanline order", SIGGRAPH 1980), in fixed point and with
// the same filter as upright views have.

import type { Picture } from '../image/picture.js'
import type { Size } from './move.js'
import { LOBES, lanczos, WEIGHT_BITS } from './taps.js'

/** Film pixels between two nodes of a mesh. */
export const MESH_STEP = 8

/**
 * Where points of a film frame lie in the source, in source pixels: node (i, j) is the film's point (i, j) x MESH_STEP, at
 * index j x columns + i; between nodes it is linear. Down a column `y` must rise.
 */
export type Mesh = { columns: number; rows: number; x: Float64Array; y: Float64Array }

export function createMesh(film: Size): Mesh {
  const columns = Math.ceil(film.width / MESH_STEP) + 1
  const rows = Math.ceil(film.height / MESH_STEP) + 1
  return { columns, rows, x: new Float64Array(columns * rows), y: new Float64Array(columns * rows) }
}

export type Warper = {
  /** Writes the RGB frame; `scale` is source pixels to a film pixel, above 1 of which the filter widens. */
  render(picture: Picture, mesh: Mesh, scale: number, out: Uint8Array): void
}

const POSITION_BITS = 16
const PHASE_BITS = 9
const PHASE_SHIFT = POSITION_BITS - PHASE_BITS
const PHASES = 1 << PHASE_BITS
const ONE = 1 << POSITION_BITS
/** Positions are rounded to the nearest phase. */
const HALF_PHASE = 1 << (PHASE_SHIFT - 1)

/** Source rows between two nodes of the mesh of the first pass. */
const ROW_STEP = 4

/** Extra bits of the samples between the passes: with Lanczos's overshoot they fit 16. */
const EXTRA_BITS = 6
const ROW_SHIFT = WEIGHT_BITS - EXTRA_BITS
const ROW_HALF = 1 << (ROW_SHIFT - 1)
const COLUMN_SHIFT = WEIGHT_BITS + EXTRA_BITS
const COLUMN_HALF = 1 << (COLUMN_SHIFT - 1)

/** A warper for frames of one size; its buffers are reused, so it serves one frame at a time. */
export function createWarper(film: Size): Warper {
  let kernel: Kernel = createKernel(1)
  let between = new Int16Array(0)
  let row = new Uint8Array(0)
  return {
    render(picture, mesh, scale, out) {
      if (out.length !== film.width * film.height * 3)
        throw new RangeError('the frame buffer has another size')
      const stretch = Math.max(1, scale)
      if (kernel.stretch !== stretch) kernel = createKernel(stretch)
      const { count } = kernel
      const rows = rowMesh(mesh, count, picture.height)
      const needed = (rows.bottom - rows.top) * film.width * 3
      if (between.length < needed) between = new Int16Array(needed)
      if (row.length !== (picture.width + 2 * count) * 3)
        row = new Uint8Array((picture.width + 2 * count) * 3)
      for (let y = rows.top; y < rows.bottom; y++) {
        padRow(picture, Math.min(Math.max(0, y), picture.height - 1), count, row)
        resampleRow(row, picture.width, rows, y, kernel, film.width, between)
      }
      const clamped = new Uint8ClampedArray(out.buffer, out.byteOffset, out.length)
      for (let y = 0; y < film.height; y++) mixColumns(between, rows, mesh, y, kernel, film.width, clamped)
    },
  }
}

/** Weights by the position between two samples, in PHASES steps; those of a phase sum to 1 << WEIGHT_BITS. */
type Kernel = { stretch: number; count: number; weights: Int32Array }

function createKernel(stretch: number): Kernel {
  const count = 2 * Math.ceil(LOBES * stretch)
  const weights = new Int32Array(PHASES * count)
  for (let phase = 0; phase < PHASES; phase++) {
    const taps = Array.from({ length: count }, (_, i) =>
      lanczos((i - (count / 2 - 1) - phase / PHASES) / stretch),
    )
    const unit = (1 << WEIGHT_BITS) / taps.reduce((sum, tap) => sum + tap)
    let exact = 0
    let given = 0
    for (const [i, tap] of taps.entries()) {
      exact += tap * unit
      weights[phase * count + i] = Math.round(exact) - given
      given += weights[phase * count + i]!
    }
  }
  return { stretch, count, weights }
}

/** The mesh seen along source rows: node (i, k) tells the x of film column i x MESH_STEP on row top + k x ROW_STEP. */
type RowMesh = {
  top: number
  bottom: number
  columns: number
  x: Float64Array
  /** Rows that film columns from node i to node i + 1 read. */
  first: Int32Array
  last: Int32Array
}

function rowMesh({ columns, rows, x, y }: Mesh, count: number, height: number): RowMesh {
  const inside = (row: number) => Math.min(Math.max(-count, row), height + count)
  const first = new Int32Array(columns)
  const last = new Int32Array(columns)
  for (let i = 0; i < columns; i++) {
    first[i] = inside(Math.floor(y[i]!) - count)
    last[i] = inside(Math.ceil(y[(rows - 1) * columns + i]!) + count)
  }
  const top = first.reduce((a, b) => Math.min(a, b))
  const bottom = last.reduce((a, b) => Math.max(a, b))
  const levels = Math.ceil((bottom - top) / ROW_STEP) + 1
  const across = new Float64Array(levels * columns)
  for (let i = 0; i < columns; i++) {
    let at = i
    const end = (rows - 2) * columns + i
    for (let k = 0; k < levels; k++) {
      const level = top + k * ROW_STEP
      while (at < end && y[at + columns]! < level) at += columns
      const part = (level - y[at]!) / (y[at + columns]! - y[at]!)
      across[k * columns + i] = x[at]! + (x[at + columns]! - x[at]!) * part
    }
  }
  for (let i = 0; i + 1 < columns; i++) {
    first[i] = Math.min(first[i]!, first[i + 1]!)
    last[i] = Math.max(last[i]!, last[i + 1]!)
  }
  return { top, bottom, columns, x: across, first, last }
}

/** A row with its ends repeated, so that taps need no look at the ends. */
function padRow({ data, width }: Picture, y: number, padding: number, out: Uint8Array): void {
  const start = y * width * 3
  out.set(data.subarray(start, start + width * 3), padding * 3)
  const end = (padding + width) * 3
  for (let i = 0; i < padding * 3; i += 3) {
    out.copyWithin(i, padding * 3, padding * 3 + 3)
    out.copyWithin(end + i, end - 3, end)
  }
}

function resampleRow(
  row: Uint8Array,
  width: number,
  mesh: RowMesh,
  y: number,
  { count, weights }: Kernel,
  filmWidth: number,
  out: Int16Array,
): void {
  const { top, columns, x, first, last } = mesh
  const level = (y + 0.5 - top) / ROW_STEP
  const k = Math.floor(level)
  const part = level - k
  const lower = k * columns
  // One sample further where the mesh ends just there.
  const upper = Math.min(lower + columns, x.length - columns)
  const before = count / 2 - 1
  const limit = width
  for (let i = 0; i + 1 < columns; i++) {
    if (y < first[i]! || y >= last[i]!) continue
    const from = x[lower + i]! + (x[upper + i]! - x[lower + i]!) * part
    const to = x[lower + i + 1]! + (x[upper + i + 1]! - x[lower + i + 1]!) * part
    const step = Math.round(((to - from) / MESH_STEP) * ONE)
    let position = Math.round((from - 0.5) * ONE) + (step >> 1) + HALF_PHASE
    const start = i * MESH_STEP
    const end = Math.min(filmWidth, start + MESH_STEP)
    let to3 = ((y - top) * filmWidth + start) * 3
    for (let u = start; u < end; u++, position += step, to3 += 3) {
      const base = Math.min(Math.max(-count, (position >> POSITION_BITS) - before), limit)
      let w = ((position & (ONE - 1)) >> PHASE_SHIFT) * count
      let at = (base + count) * 3
      let red = ROW_HALF
      let green = ROW_HALF
      let blue = ROW_HALF
      for (const stop = w + count; w < stop; w++, at += 3) {
        const weight = weights[w]!
        red += Math.imul(row[at]!, weight)
        green += Math.imul(row[at + 1]!, weight)
        blue += Math.imul(row[at + 2]!, weight)
      }
      out[to3] = red >> ROW_SHIFT
      out[to3 + 1] = green >> ROW_SHIFT
      out[to3 + 2] = blue >> ROW_SHIFT
    }
  }
}

function mixColumns(
  between: Int16Array,
  { top, bottom }: RowMesh,
  mesh: Mesh,
  v: number,
  { count, weights }: Kernel,
  filmWidth: number,
  out: Uint8ClampedArray,
): void {
  const { columns, y } = mesh
  const level = (v + 0.5) / MESH_STEP
  const j = Math.floor(level)
  const part = level - j
  const upper = j * columns
  const lower = upper + columns
  const before = count / 2 - 1 + top
  const limit = bottom - top - count
  const rowLength = filmWidth * 3
  for (let i = 0; i + 1 < columns; i++) {
    const from = y[upper + i]! + (y[lower + i]! - y[upper + i]!) * part
    const to = y[upper + i + 1]! + (y[lower + i + 1]! - y[upper + i + 1]!) * part
    const step = Math.round(((to - from) / MESH_STEP) * ONE)
    let position = Math.round((from - 0.5) * ONE) + (step >> 1) + HALF_PHASE
    const start = i * MESH_STEP
    const end = Math.min(filmWidth, start + MESH_STEP)
    let to3 = v * rowLength + start * 3
    for (let u = start; u < end; u++, position += step, to3 += 3) {
      const base = Math.min(Math.max(0, (position >> POSITION_BITS) - before), limit)
      let w = ((position & (ONE - 1)) >> PHASE_SHIFT) * count
      let at = base * rowLength + u * 3
      if (count === 6) {
        // The usual case, enlarging.
        out[to3] = mixSix(between, at, rowLength, weights, w)
        out[to3 + 1] = mixSix(between, at + 1, rowLength, weights, w)
        out[to3 + 2] = mixSix(between, at + 2, rowLength, weights, w)
        continue
      }
      let red = COLUMN_HALF
      let green = COLUMN_HALF
      let blue = COLUMN_HALF
      for (const stop = w + count; w < stop; w++, at += rowLength) {
        const weight = weights[w]!
        red += Math.imul(between[at]!, weight)
        green += Math.imul(between[at + 1]!, weight)
        blue += Math.imul(between[at + 2]!, weight)
      }
      out[to3] = red >> COLUMN_SHIFT
      out[to3 + 1] = green >> COLUMN_SHIFT
      out[to3 + 2] = blue >> COLUMN_SHIFT
    }
  }
}

/** A loop takes longer. */
const mixSix = (between: Int16Array, at: number, rowLength: number, weights: Int32Array, w: number): number =>
  (COLUMN_HALF +
    Math.imul(between[at]!, weights[w]!) +
    Math.imul(between[at + rowLength]!, weights[w + 1]!) +
    Math.imul(between[at + 2 * rowLength]!, weights[w + 2]!) +
    Math.imul(between[at + 3 * rowLength]!, weights[w + 3]!) +
    Math.imul(between[at + 4 * rowLength]!, weights[w + 4]!) +
    Math.imul(between[at + 5 * rowLength]!, weights[w + 5]!)) >>
  COLUMN_SHIFT
