import { describe, expect, test } from 'vitest'
import { createLook } from '../../src/camera/look.js'
import { LOOKS } from '../../src/script/names.js'

const SIZE = { width: 97, height: 61 }
const flat = (...rgb: number[]) =>
  Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, i) => rgb[i % 3]!)

/** The colour in the middle, and in a corner, of a flat frame. */
function seen(look: (typeof LOOKS)[number], ...rgb: number[]) {
  const frame = flat(...rgb)
  createLook(look, SIZE)!(frame)
  const at = (x: number, y: number) => [
    ...frame.subarray((y * SIZE.width + x) * 3, (y * SIZE.width + x) * 3 + 3),
  ]
  return { middle: at(48, 30), corner: at(0, 0) }
}
const spread = (rgb: number[]) => Math.max(...rgb) - Math.min(...rgb)
const sum = (rgb: number[]) => rgb.reduce((a, b) => a + b)
const COLORED = LOOKS.filter((look) => look !== 'none')

test('none is no work', () => {
  expect(createLook('none', SIZE)).toBeNull()
})

describe.each(COLORED)('%s', (look) => {
  test('keeps what is lighter lighter, from black to white', () => {
    let last = -1
    for (let grey = 0; grey < 256; grey += 5) {
      const now = sum(seen(look, grey, grey, grey).middle)
      expect(now).toBeGreaterThanOrEqual(last)
      last = now
    }
    expect(last).toBeGreaterThan(690)
  })

  test('takes colour away', () => {
    for (const rgb of [
      [220, 40, 30],
      [30, 180, 60],
      [40, 60, 220],
    ])
      expect(spread(seen(look, ...rgb).middle)).toBeLessThan(spread(rgb))
  })

  test('is different in the corners', () => {
    const { middle, corner } = seen(look, 128, 128, 128)
    const difference = sum(corner) - sum(middle)
    if (look === 'dream') expect(difference).toBeGreaterThan(40)
    else expect(difference).toBeLessThan(-40)
  })
})

test('sepia is brown, black and white has no colour', () => {
  for (const rgb of [
    [10, 10, 10],
    [200, 40, 90],
    [250, 250, 250],
  ]) {
    const [red, green, blue] = seen('sepia', ...rgb).middle
    expect(red!).toBeGreaterThan(green!)
    expect(green!).toBeGreaterThan(blue!)
    expect(spread(seen('black-and-white', ...rgb).middle)).toBeLessThanOrEqual(1)
  }
})

test('a dream glows: light spreads into what is dark beside it, and dark spreads nowhere', () => {
  const half = flat(10, 10, 10)
  for (let y = 0; y < SIZE.height; y++) half.fill(250, (y * SIZE.width + 48) * 3, (y + 1) * SIZE.width * 3)
  const dark = flat(10, 10, 10)
  const dream = createLook('dream', SIZE)!
  dream(half)
  dream(dark)
  const at = (frame: Uint8Array, x: number) => frame[(30 * SIZE.width + x) * 3]!
  expect(at(half, 47)).toBeGreaterThan(at(dark, 47) + 10)
  expect(at(half, 30)).toBeLessThan(at(dark, 30) + 3)
})
