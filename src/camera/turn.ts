// Pictures and meshes turned by quarters.

import type { Picture } from '../image/picture.js'
import type { Size } from './move.js'
import type { Mesh } from './warp.js'

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

/** The same places in the picture that `turnPicture` makes. */
export function turnMesh({ x, y }: Mesh, { width, height }: Size, turns: number): void {
  for (let at = 0; at < x.length; at++) {
    const [oldX, oldY] = [x[at]!, y[at]!]
    if (turns === 1) [x[at], y[at]] = [oldY, width - oldX]
    if (turns === 2) [x[at], y[at]] = [width - oldX, height - oldY]
    if (turns === 3) [x[at], y[at]] = [height - oldY, oldX]
  }
}
