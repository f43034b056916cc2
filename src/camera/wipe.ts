// Wipes and irises: an edge travels over the picture, and behind it the next one is seen. The edge is soft, so that it
// neither shows steps nor flickers from frame to frame.

import type { Side } from '../story/types.js'
import type { Size } from './move.js'

/** Width of the edge, as a part of the way that it goes. */
const SOFTNESS = 0.04

/**
 * An edge that moves towards `side`, evenly, with the next picture behind it. `t` 0 is exactly `before` and 1 exactly
 * `after`; `out` may be either of them.
 */
export function createWipe(side: Side, { width, height }: Size) {
  const isUpright = side === 'up' || side === 'down'
  const length = isUpright ? height : width
  const isBackwards = side === 'left' || side === 'up'
  const soft = SOFTNESS * length
  const line = new Uint32Array(width)
  return (before: Uint8Array, after: Uint8Array, t: number, out: Uint8Array): void => {
    const edge = edgeAt(t, length, soft)
    const weightAt = (i: number) => behind(edge - (isBackwards ? length - i - 0.5 : i + 0.5), soft)
    if (!isUpright) for (let x = 0; x < width; x++) line[x] = weightAt(x)
    for (let y = 0; y < height; y++) {
      if (isUpright) line.fill(weightAt(y))
      mixLine(before, after, line, y, out)
    }
  }
}

/**
 * A circle around the middle: `in` opens it on the next picture, `out` closes it on the picture before. Ends are exact as a
 * wipe's are.
 */
export function createIris(direction: 'in' | 'out', { width, height }: Size) {
  const reach = Math.hypot(width, height) / 2
  const soft = SOFTNESS * reach
  const line = new Uint32Array(width)
  return (before: Uint8Array, after: Uint8Array, t: number, out: Uint8Array): void => {
    const [inside, outside, radius] =
      direction === 'in'
        ? [after, before, edgeAt(t, reach, soft)]
        : [before, after, edgeAt(1 - t, reach, soft)]
    for (let y = 0; y < height; y++) {
      const dy = y + 0.5 - height / 2
      for (let x = 0; x < width; x++) {
        const dx = x + 0.5 - width / 2
        line[x] = behind(radius - Math.sqrt(dx * dx + dy * dy), soft)
      }
      mixLine(outside, inside, line, y, out)
    }
  }
}

/** Half of its own width before the way at 0, and as far behind it at 1. */
const edgeAt = (t: number, length: number, soft: number): number =>
  Math.min(1, Math.max(0, t)) * (length + soft) - soft / 2

/** How much of the next picture is seen `distance` pixels behind the middle of the edge: 16-bit fixed point, 0 to 65536. */
function behind(distance: number, soft: number): number {
  const along = Math.min(1, Math.max(0, distance / soft + 0.5))
  return Math.round(along * along * (3 - 2 * along) * 65536)
}

function mixLine(a: Uint8Array, b: Uint8Array, weights: Uint32Array, y: number, out: Uint8Array): void {
  let at = y * weights.length * 3
  for (let x = 0; x < weights.length; x++) {
    const toB = weights[x]!
    const toA = 65536 - toB
    for (const end = at + 3; at < end; at++)
      out[at] = (Math.imul(a[at]!, toA) + Math.imul(b[at]!, toB) + 32768) >>> 16
  }
}
