import { describe, expect, it } from 'vitest'
import { fillMesh } from '../../src/camera/bend.js'
import { viewAt } from '../../src/camera/move.js'
import { createMesh, MESH_STEP } from '../../src/camera/warp.js'
import { type DepthMap, settle } from '../../src/depth/depth-map.js'
import { parseCamera } from '../../src/script/camera.js'
import type { Camera } from '../../src/story/types.js'

const SOURCE = { width: 320, height: 192 }
const FILM = { width: 960, height: 576 }

/** A near thing in the middle of what is far. */
const depth: DepthMap = settle({
  width: 160,
  height: 96,
  data: Float32Array.from({ length: 160 * 96 }, (_, i) => {
    const [x, y] = [i % 160, Math.floor(i / 160)]
    return x >= 70 && x < 90 && y >= 30 && y < 70 ? 1 : 0
  }),
})

function camera(words: string): Camera {
  const parsed = parseCamera(words)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.value
}

function meshAt(words: string, t: number, map: DepthMap | null = depth) {
  const mesh = createMesh(FILM)
  fillMesh(viewAt(camera(words), 7, { t, seconds: t * 3 }, SOURCE, FILM), map, SOURCE, FILM, mesh)
  return mesh
}

/** Where in the film, across, a place of the source is seen on a row of the source. */
function seenAt(mesh: ReturnType<typeof meshAt>, x: number, y: number): number {
  const row = Array.from({ length: mesh.rows }, (_, j) => j).find(
    (j) => mesh.y[j * mesh.columns + (mesh.columns >> 1)]! >= y,
  )!
  for (let i = 0; i + 1 < mesh.columns; i++) {
    const [a, b] = [mesh.x[row * mesh.columns + i]!, mesh.x[row * mesh.columns + i + 1]!]
    if (a <= x && x < b) return (i + (x - a) / (b - a)) * MESH_STEP
  }
  return Number.NaN
}

describe('a bent view', () => {
  it('moves what is near farther than what is far, and keeps its shape', () => {
    const shift = (x: number, y: number, map: DepthMap | null = depth) =>
      seenAt(meshAt('pan right, parallax, linear', 1, map), x, y) -
      seenAt(meshAt('pan right, parallax, linear', 0, map), x, y)
    const [near, far, plain] = [shift(160, 96), shift(215, 20), shift(160, 96, null)]
    expect(near).toBeLessThan(plain * 1.05)
    expect(near / far).toBeGreaterThan(1.2)
    const [left, right] = [0, 1]
      .map((t) => meshAt('pan right, parallax, linear', t))
      .map((mesh) => [142, 178].map((x) => seenAt(mesh, x, 96)))
    expect(right![1]! - right![0]!).toBeCloseTo(left![1]! - left![0]!, 0)
  })

  it('brings what is near closer sooner', () => {
    const wide = (t: number, y: number) => {
      const mesh = meshAt('push in, parallax', t)
      return seenAt(mesh, 175, y) - seenAt(mesh, 145, y)
    }
    expect(wide(1, 96) / wide(0, 96)).toBeGreaterThan(1.28)
    expect(meshAt('push in, parallax', 0)).toEqual(meshAt('push in, parallax', 0, null))
  })

  it.each([
    'pan left 3x, parallax 1',
    'push in 4x, parallax 1',
    'pull out 2x, pan left, tilt up, parallax 1',
    'push in 2x, roll right 12°, shake 1, parallax 1',
    'tilt down 2x, shake 0.5, parallax 0.7',
  ])('never folds and never shows what is outside: %s', (words) => {
    for (let t = 0; t <= 1; t += 0.125) {
      const { columns, rows, x, y } = meshAt(words, t)
      let [outside, least] = [0, Number.POSITIVE_INFINITY]
      for (let j = 0; j < rows; j++)
        for (let i = 0; i < columns; i++) {
          const at = j * columns + i
          // The mesh may reach beyond the film by part of a step.
          if (i * MESH_STEP <= FILM.width && j * MESH_STEP <= FILM.height)
            outside = Math.max(outside, -x[at]!, -y[at]!, x[at]! - SOURCE.width, y[at]! - SOURCE.height)
          if (i > 0 && j > 0) {
            const [ax, ay] = [x[at]! - x[at - 1]!, y[at]! - y[at - 1]!]
            const [bx, by] = [x[at]! - x[at - columns]!, y[at]! - y[at - columns]!]
            least = Math.min(least, ax * by - ay * bx)
          }
        }
      expect(outside).toBeLessThan(1e-6)
      expect(least).toBeGreaterThan(0)
    }
  })

  it('is seen at the place whose own nearness brings it there', () => {
    const words = 'pan left 1.5x, parallax 1'
    const view = viewAt(camera(words), 7, { t: 0, seconds: 0 }, SOURCE, FILM)
    const mesh = meshAt(words, 0)
    const across = view.x + view.width / 2 - SOURCE.width / 2
    let worst = 0
    for (let j = 0; j < mesh.rows; j++)
      for (let i = 0; i < mesh.columns; i++) {
        const at = j * mesh.columns + i
        const [x, y] = [mesh.x[at]!, mesh.y[at]!]
        const column = Math.min(159, Math.max(0, x / 2 - 0.5))
        const row = Math.min(95, Math.max(0, y / 2 - 0.5))
        const [c, r] = [Math.min(158, Math.floor(column)), Math.min(94, Math.floor(row))]
        const value = (dx: number, dy: number) => depth.data[(r + dy) * 160 + c + dx]!
        const [px, py] = [column - c, row - r]
        const near =
          (value(0, 0) * (1 - px) + value(1, 0) * px) * (1 - py) +
          (value(0, 1) * (1 - px) + value(1, 1) * px) * py
        const wanted =
          SOURCE.width / 2 +
          across * (1 + view.bend!.amount * (near - 0.5)) +
          (i * MESH_STEP - FILM.width / 2) * (view.width / FILM.width)
        worst = Math.max(worst, Math.abs(wanted - x))
      }
    expect(worst).toBeLessThan(0.05)
  })
})
