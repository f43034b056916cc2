// How a frame is cut into windows for a network, and how much each counts where two overlap.

/** Along one axis: `length` pixels each, the half-open range that each makes, and weights over that range. */
export type AxisTile = {
  start: number
  /** Of the frame: outside of it the tile counts nothing. */
  from: number
  to: number
  /** For `from`…`to`; with the neighbours' they sum to 1. */
  weights: Float32Array
}

export type Tiling = { width: number; height: number; columns: AxisTile[]; rows: AxisTile[] }

/** What a graph wants of a side: a length, or multiples of a number. */
export type SideRule = { fixed: number } | { multiple: number }

/** Pixels of the largest window of a graph that takes any size. */
export const WINDOW_PIXELS = 1024 * 1024

/** Pixels by which two windows overlap at least, where the graph's size allows; half a window at most. */
export const OVERLAP = 320

/** The largest overlap that is asked for; the windows grow to twice of it. */
const LARGEST_OVERLAP = 1024

/** Pixels over which one window passes into the next, in the middle of the overlap: what lies outside has seen too little. */
const RAMP = 64

/** Windows start at multiples of this, so that a network's pyramid falls on the same pixels as in the whole frame. */
const GRID = 64

/** The overlap with which every pixel is made from all that lies within `radius` pixels of it. */
export const overlapFor = (radius: number): number =>
  Math.min(LARGEST_OVERLAP, Math.max(OVERLAP, Math.ceil((2 * radius + RAMP) / GRID) * GRID))

/**
 * One window where the frame fits the limit: the frame itself, its right and bottom edges repeated up to what the graph
 * wants. More windows of one size otherwise, larger than the limit where they would not have room for the overlap.
 */
export function planTiles(
  width: number,
  height: number,
  horizontal: SideRule,
  vertical: SideRule,
  pixels: number = WINDOW_PIXELS,
  overlap: number = OVERLAP,
): Tiling {
  const whole = { width: wholeSide(width, horizontal), height: wholeSide(height, vertical) }
  const roomy = overlap > OVERLAP ? Math.max(pixels, (2 * overlap) ** 2) : pixels
  const window = whole.width * whole.height <= pixels ? whole : fitWindow(whole, horizontal, vertical, roomy)
  return {
    ...window,
    columns: cutAxis(width, window.width, overlap),
    rows: cutAxis(height, window.height, overlap),
  }
}

const wholeSide = (length: number, rule: SideRule): number =>
  'fixed' in rule ? rule.fixed : Math.ceil(length / rule.multiple) * rule.multiple

/** The whole frame, or a window of about the limit: square, unless a side of the frame is shorter than the square's. */
function fitWindow(
  whole: { width: number; height: number },
  horizontal: SideRule,
  vertical: SideRule,
  pixels: number,
): { width: number; height: number } {
  if (whole.width * whole.height <= pixels) return whole
  const side = Math.sqrt(pixels)
  const narrow = 'fixed' in horizontal || whole.width <= side ? whole.width : null
  const low = 'fixed' in vertical || whole.height <= side ? whole.height : null
  const shrink = (length: number, rule: SideRule) =>
    'fixed' in rule ? rule.fixed : Math.max(rule.multiple, Math.floor(length / rule.multiple) * rule.multiple)
  return {
    width: narrow ?? Math.min(whole.width, shrink(low === null ? side : pixels / low, horizontal)),
    height: low ?? Math.min(whole.height, shrink(narrow === null ? side : pixels / narrow, vertical)),
  }
}

/** Windows of `size` over `length` pixels, spread evenly on the grid; the last one may reach beyond the end. */
export function cutAxis(length: number, size: number, wanted: number = OVERLAP): AxisTile[] {
  const overlap = Math.min(wanted, Math.floor(size / 2))
  const last = Math.max(0, Math.ceil((length - size) / GRID))
  const step = Math.max(1, Math.floor((size - overlap) / GRID))
  const count = last === 0 ? 1 : Math.ceil(last / step) + 1
  const starts = Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.floor((i * last) / (count - 1)) * GRID,
  )
  return starts.map((start, i) => {
    const before = i === 0 ? null : rampBetween(starts[i - 1]!, start, size)
    const after = i === count - 1 ? null : rampBetween(start, starts[i + 1]!, size)
    const from = before?.from ?? 0
    const to = Math.min(length, after?.to ?? length)
    const weights = Float32Array.from({ length: to - from }, (_, k) => {
      const position = from + k
      return (before ? rise(before, position) : 1) * (after ? 1 - rise(after, position) : 1)
    })
    return { start, from, to, weights }
  })
}

type Ramp = { from: number; to: number }

function rampBetween(start: number, next: number, size: number): Ramp {
  const overlap = start + size - next
  const half = Math.floor(Math.min(RAMP, overlap / 2) / 2)
  const centre = next + Math.floor(overlap / 2)
  return { from: centre - half, to: centre + half }
}

/** 0 before the ramp, 1 behind it; smoothstep at pixel centres. */
function rise({ from, to }: Ramp, position: number): number {
  const t = Math.min(1, Math.max(0, (position + 0.5 - from) / (to - from)))
  return t * t * (3 - 2 * t)
}
