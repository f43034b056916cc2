// Turned and bent views as meshes.

import type { DepthMap } from '../depth/depth-map.js'
import type { Bend, Size, View } from './move.js'
import { MESH_STEP, type Mesh } from './warp.js'

/** Each halves what is left to go at least, since views bend by half of what would fold them: under 1/1000 of it. */
const ROUNDS = 10

/** Fills the mesh with where in the source the points of a film frame lie. Without a depth map nothing bends. */
export function fillMesh(view: View, depth: DepthMap | null, source: Size, film: Size, mesh: Mesh): void {
  const scale = view.width / film.width
  const [cos, sin] = [Math.cos(view.roll) * scale, Math.sin(view.roll) * scale]
  const [cx, cy] = [view.x + view.width / 2, view.y + view.height / 2]
  const place = { x: 0, y: 0 }
  for (let j = 0, at = 0; j < mesh.rows; j++) {
    const v = j * MESH_STEP - film.height / 2
    for (let i = 0; i < mesh.columns; i++, at++) {
      const u = i * MESH_STEP - film.width / 2
      place.x = u * cos - v * sin
      place.y = u * sin + v * cos
      if (depth === null || view.bend === null) {
        mesh.x[at] = cx + place.x
        mesh.y[at] = cy + place.y
      } else {
        bend(place, view.bend, depth, source, cx, cy)
        mesh.x[at] = place.x
        mesh.y[at] = place.y
      }
    }
  }
}

/**
 * From a place in the view, in source pixels from its middle at (cx, cy), to the place in the source that is seen there: the
 * one whose own nearness brings it there, by fixed-point iteration.
 */
function bend(
  place: { x: number; y: number },
  { amount, zoom }: Bend,
  depth: DepthMap,
  { width, height }: Size,
  cx: number,
  cy: number,
): void {
  const { x: u, y: v } = place
  const [middleX, middleY] = [width / 2, height / 2]
  const [acrossX, acrossY] = [cx - middleX, cy - middleY]
  const [toMapX, toMapY] = [depth.width / width, depth.height / height]
  const logZoom = Math.log(zoom)
  let [x, y] = [cx + u, cy + v]
  for (let round = 0; round < ROUNDS; round++) {
    const nearer = amount * (nearness(depth, x * toMapX, y * toMapY) - 0.5)
    const shrunk = Math.exp(-logZoom * nearer)
    x = middleX + acrossX * (1 + nearer) + u * shrunk
    y = middleY + acrossY * (1 + nearer) + v * shrunk
  }
  place.x = x
  place.y = y
}

/** Between the middles of the map's pixels, linearly. */
function nearness({ width, height, data }: DepthMap, x: number, y: number): number {
  const column = Math.min(width - 1, Math.max(0, x - 0.5))
  const row = Math.min(height - 1, Math.max(0, y - 0.5))
  const left = Math.min(width - 2, Math.floor(column))
  const top = Math.min(height - 2, Math.floor(row))
  const [px, py] = [column - left, row - top]
  const at = top * width + left
  const upper = data[at]! + (data[at + 1]! - data[at]!) * px
  const lower = data[at + width]! + (data[at + width + 1]! - data[at + width]!) * px
  return upper + (lower - upper) * py
}
