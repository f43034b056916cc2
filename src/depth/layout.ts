// Depth from a picture's layout, without a model: sky above, ground that comes nearer towards the bottom, and things that
// stand upright where their foot is. (The idea of D. Hoiem, A. Efros and M. Hebert, "Automatic photo pop-up", 2005, without
// their learned classes.) It errs where things look like what is behind them, or float.

import type { DepthMap } from './depth-map.js'
import { findRegions } from './regions.js'

/** Regions of mean colours that are so near, in 8-bit levels, are parts of one surface behind things. */
const SAME_SURFACE = 26
/** Surfaces and not things are as wide as this, as a part of the picture. */
const WIDE = 0.62
/** A strip is so many times wider than it is thick. */
const STRIP = 6
/** Runs of a thing down a column that are shorter are taken for edges, as parts of the height. */
const THIN = 0.05
/** Where a horizon may be, as parts of the height. */
const HORIZON = { highest: 0.25, usual: 0.5, lowest: 0.75 }

/** `colors`: the picture reduced to at most MAP_SIDE, rows of R, G, B in 8-bit levels. */
export function depthFromLayout(colors: { width: number; height: number; data: Float32Array }): DepthMap {
  const { width, height } = colors
  const { labels, count } = findRegions(colors)
  const surfaces = findSurfaces(labels, count, colors)
  const isSurface = Uint8Array.from(labels, (label) => (surfaces[label]! >= 0 ? 1 : 0))
  dropThinRuns(isSurface, width, height)
  const horizon = findHorizon(labels, surfaces, width, height)
  const ground = (y: number) => Math.min(1, Math.max(0, (y + 1 - horizon) / (height - horizon)))
  const data = Float32Array.from(isSurface, (_, at) => ground(Math.floor(at / width)))
  for (const thing of connected(isSurface, width, height)) {
    const foot = thing.reduce((lowest, at) => Math.max(lowest, Math.floor(at / width)), 0)
    for (const at of thing) data[at] = Math.max(data[at]!, ground(foot))
  }
  return { width, height, data }
}

type Region = {
  pixels: number
  color: [number, number, number]
  left: number
  right: number
  top: number
  bottom: number
}

/** The surface that each region belongs to, or -1 for a part of a thing. */
function findSurfaces(
  labels: Int32Array,
  count: number,
  { width, data }: { width: number; data: Float32Array },
): Int32Array {
  const regions = Array.from(
    { length: count },
    (): Region => ({ pixels: 0, color: [0, 0, 0], left: width, right: 0, top: Infinity, bottom: 0 }),
  )
  for (const [at, label] of labels.entries()) {
    const region = regions[label]!
    const [x, y] = [at % width, Math.floor(at / width)]
    region.pixels++
    for (let c = 0; c < 3; c++) region.color[c]! += data[at * 3 + c]!
    region.left = Math.min(region.left, x)
    region.right = Math.max(region.right, x)
    region.top = Math.min(region.top, y)
    region.bottom = Math.max(region.bottom, y)
  }
  for (const region of regions) for (let c = 0; c < 3; c++) region.color[c]! /= region.pixels
  // The largest first: what is of its colour and stands beside it is the same surface, seen past things.
  const order = regions.map((_, i) => i).sort((a, b) => regions[b]!.pixels - regions[a]!.pixels || a - b)
  const surfaces = new Int32Array(count).fill(-1)
  const seen = new Set<number>()
  let surface = 0
  for (const first of order) {
    if (seen.has(first)) continue
    const own = regions[first]!
    const alike = order.filter((other) => {
      if (seen.has(other)) return false
      const { color, top, bottom } = regions[other]!
      const isNear = Math.hypot(...color.map((value, c) => value - own.color[c]!)) < SAME_SURFACE
      return isNear && top <= own.bottom && bottom >= own.top
    })
    const left = Math.min(...alike.map((i) => regions[i]!.left))
    const right = Math.max(...alike.map((i) => regions[i]!.right))
    const isWide = right - left + 1 >= WIDE * width
    if (!isWide && !isStrip(own, width)) continue
    for (const i of isWide ? alike : [first]) {
      seen.add(i)
      surfaces[i] = surface
    }
    surface++
  }
  return surfaces
}

/** Where two surfaces meet there often lies a thin region of neither's colour, which reaches to a side. */
const isStrip = ({ pixels, left, right }: Region, width: number): boolean =>
  (left === 0 || right === width - 1) && (right - left + 1) ** 2 > STRIP * pixels

/** The row where the surface at the picture's top ends, the median of its columns. */
function findHorizon(labels: Int32Array, surfaces: Int32Array, width: number, height: number): number {
  const surfaceAt = (x: number, y: number) => surfaces[labels[y * width + x]!]!
  const atTop = Array.from({ length: width }, (_, x) => surfaceAt(x, 0)).filter((surface) => surface >= 0)
  const sky = atTop.sort((a, b) => a - b)[atTop.length >> 1]
  const ends: number[] = []
  for (let x = 0; x < width && sky !== undefined; x++) {
    let y = 0
    while (y < height && surfaceAt(x, y) === sky) y++
    if (y > 0 && y < height && surfaceAt(x, y) >= 0) ends.push(y)
  }
  const found =
    ends.length < width / 8 ? HORIZON.usual * height : ends.sort((a, b) => a - b)[ends.length >> 1]!
  return Math.min(HORIZON.lowest * height, Math.max(HORIZON.highest * height, found))
}

function dropThinRuns(isSurface: Uint8Array, width: number, height: number): void {
  for (let x = 0; x < width; x++) {
    let start = 0
    for (let y = 0; y <= height; y++) {
      if (y < height && !isSurface[y * width + x]) continue
      if (y - start < THIN * height) for (let row = start; row < y; row++) isSurface[row * width + x] = 1
      start = y + 1
    }
  }
}

/** Connected pixels that are no surface. */
function connected(isSurface: Uint8Array, width: number, height: number): number[][] {
  const seen = Uint8Array.from(isSurface)
  const things: number[][] = []
  for (let start = 0; start < seen.length; start++) {
    if (seen[start]) continue
    const thing = [start]
    seen[start] = 1
    for (let i = 0; i < thing.length; i++) {
      const at = thing[i]!
      const [x, y] = [at % width, Math.floor(at / width)]
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue
        const next = at + dy * width + dx
        if (seen[next]) continue
        seen[next] = 1
        thing.push(next)
      }
    }
    things.push(thing)
  }
  return things
}
