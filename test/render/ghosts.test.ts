// The model that ships inside, on pictures that it can and can't bring together.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { judgePair, testMorph } from '../../dist/interpolation/gate.js'
import type { Frame } from '../../dist/interpolation/interpolator.js'
import { type InBetweener, openInBetweener } from '../../dist/render/in-betweener.js'

let film: InBetweener
beforeAll(async () => {
  film = await openInBetweener('film', nodeHost(), { threads: 2 })
})
afterAll(() => film.close())

type Color = readonly [number, number, number]

/** Somebody with a face, a coat and a hat at x in a meadow. */
function meadow(x: number): Frame {
  const [width, height] = [320, 192]
  const data = new Uint8Array(width * height * 3)
  const color = (px: number, py: number): Color => {
    const [u, v] = [px - x, py - 70]
    if (Math.hypot(u - 8, v - 18) < 3 || Math.hypot(u + 8, v - 18) < 3) return [30, 30, 40]
    if (Math.abs(u) < 24 && v > -4 && v < 8) return [120, 40, 140]
    if (Math.hypot(u, v - 18) < 20) return [250, 210, 170]
    if (Math.abs(u) < 22 && v > 30 && v < 90) return v % 16 < 3 ? [240, 230, 120] : [200, 50, 40]
    return py < 110 ? [120, 180, 250] : [110, 180, 80]
  }
  for (let y = 0; y < height; y++) {
    for (let px = 0; px < width; px++) data.set(color(px, y), (y * width + px) * 3)
  }
  return { width, height, data }
}

const tested = async (from: number, to: number) => {
  const [a, b] = [meadow(from), meadow(to)]
  const verdict = judgePair(a, b, { asked: null, hasModel: true })
  return (await testMorph(verdict, a, b, async () => film, new AbortController().signal)).verdict
}

test('a few steps are a morph, a leap across the picture would be a ghost', async () => {
  expect(await tested(150, 170)).toMatchObject({ motion: 'morph', why: 'alike' })
  expect(await tested(50, 270)).toMatchObject({ motion: 'dissolve', why: 'ghosts' })
})
