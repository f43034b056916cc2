// Pairs that storybook painted, near the limit of likeness on either side; both pictures side by side in one file.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodePicture } from '../../src/image/picture.js'
import { judgePair } from '../../src/interpolation/gate.js'
import type { Frame } from '../../src/interpolation/interpolator.js'

async function pair(name: string): Promise<[Frame, Frame]> {
  const both = await decodePicture(readFileSync(new URL(`../fixtures/pairs/${name}.png`, import.meta.url)))
  const width = both.width / 2
  const half = (left: number): Frame => {
    const data = new Uint8Array(width * both.height * 3)
    for (let y = 0; y < both.height; y++) {
      const from = (y * both.width + left) * 3
      data.set(both.data.subarray(from, from + width * 3), y * width * 3)
    }
    return { width, height: both.height, data }
  }
  return [half(0), half(width)]
}

test.each([
  ['walks', 'morph', 0.76, false],
  ['night-falls', 'morph', 0.8, true],
  ['snow-falls', 'morph', 0.73, true],
  ['harbour-to-street', 'dissolve', 0.65, false],
  ['boat-in-street', 'dissolve', 0.65, false],
] as const)('%s: %s', async (name, motion, likeness, relit) => {
  const verdict = judgePair(...(await pair(name)), { asked: null, hasModel: true })
  expect(verdict).toMatchObject({ motion, relit })
  expect(Math.abs(verdict.likeness! - likeness)).toBeLessThan(0.02)
})
