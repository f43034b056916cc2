// Equal to Pillow, byte by byte; the golden files are made by tools/golden/images.py.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { greyOf, resizeAsPillow } from '../../src/image/pillow.js'

type Case = { source: [number, number]; to: [number, number]; before: number; after: number; grey: number }

const golden = (name: string) => new URL(`../golden/images/${name}`, import.meta.url)
const cases: Case[] = JSON.parse(readFileSync(golden('cases.json'), 'utf8')).resized
const data = readFileSync(golden('data.bin'))
const bytes = (offset: number, count: number) => new Uint8Array(data.subarray(offset, offset + count))

test.each(cases)('$source resized to $to, and turned grey', ({ source, to, before, after, grey }) => {
  const [width, height] = source
  const picture = { width, height, data: bytes(before, 3 * width * height) }
  const resized = resizeAsPillow(picture, ...to)
  expect([resized.width, resized.height]).toEqual(to)
  expect(resized.data).toEqual(bytes(after, 3 * to[0] * to[1]))
  expect(greyOf(picture)).toEqual(bytes(grey, width * height))
})

test('a picture that fits is left alone', () => {
  const picture = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) }
  expect(resizeAsPillow(picture, 2, 1)).toBe(picture)
})
