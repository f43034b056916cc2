// Turned views as meshes.

import type { Picture } from '../image/picture.js'
import type { Size, View } from './move.js'
import { MESH_STEP, type Mesh } from './warp.js'

/** Quarter turns, 0 to 3, that leave a roll of at most 45 degrees: rows resampled at a steeper angle would lose detail. */
export const quarterTurns = (roll: number): number => (Math.round(roll / (Math.PI / 2)) + 4) % 4

/** The picture turned counter-clockwise by quarter turns, so that a view rolled clockwise stands upright in it. */
export function turnPicture({ width, height, data }: Picture, turns: number): Picture {
  const turned = turns % 2 === 0 ? { width, height } : { width: height, height: width }
  const out = new Uint8Array(data.length)
  const pixel = (x: number, y: number) => {
    if (turns === 1) return x * width + (width - 1 - y)
    if (turns === 2) return (height - 1 - y) * width + (width - 1 - x)
    return (height - 1 - x) * width + y
  }
  for (let y = 0, to = 0; y < turned.height; y++)
    for (let x = 0; x < turned.width; x++, to += 3) {
      const at = pixel(x, y) * 3
      out[to] = data[at]!
      out[to + 1] = data[at + 1]!
      out[to + 2] = data[at + 2]!
    }
  return { ...turned, data: out }
}

/** The same view of the picture that `turnPicture` makes. */
export function turnView(view: View, { width, height }: Size, turns: number): View {
  const x = view.x + view.width / 2
  const y = view.y + view.height / 2
  const [cx, cy] = [
    [x, y],
    [y, width - x],
    [width - x, height - y],
    [height - y, x],
  ][turns]!
  const roll = view.roll - (turns * Math.PI) / 2
  return {
    ...view,
    x: cx! - view.width / 2,
    y: cy! - view.height / 2,
    roll: Math.atan2(Math.sin(roll), Math.cos(roll)),
  }
}

/** Fills the mesh with a view. */
export function meshOfView(view: View, film: Size, mesh: Mesh): void {
  const scale = view.width / film.width
  const [cos, sin] = [Math.cos(view.roll) * scale, Math.sin(view.roll) * scale]
  const [cx, cy] = [view.x + view.width / 2, view.y + view.height / 2]
  for (let j = 0, at = 0; j < mesh.rows; j++) {
    const v = j * MESH_STEP - film.height / 2
    for (let i = 0; i < mesh.columns; i++, at++) {
      const u = i * MESH_STEP - film.width / 2
      mesh.x[at] = cx + u * cos - v * sin
      mesh.y[at] = cy + u * sin + v * cos
    }
  }
}
