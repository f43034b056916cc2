import { describe, expect, test } from 'vitest'
import { judgePair, LEAST_LIKENESS } from '../../src/interpolation/gate.js'
import type { Frame } from '../../src/interpolation/interpolator.js'
import {
  greatestDifference,
  movedLikeness,
  reduceFrame,
  relitLikeness,
} from '../../src/interpolation/similarity.js'

type Color = readonly [number, number, number]

/** A picture by a function of x and y. */
function picture(color: (x: number, y: number) => Color, width = 160, height = 96): Frame {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * 3)
  }
  return { width, height, data }
}

const SKY: Color = [120, 180, 250]
const GRASS: Color = [110, 180, 80]
const FOX: Color = [230, 120, 30]

/** A fox at x in a meadow. */
const meadow = (x: number) =>
  picture((px, py) => {
    if (px >= x && px < x + 24 && py >= 56 && py < 88) return FOX
    return py < 48 ? SKY : GRASS
  })
/** Another place: a room with a window and shelves. */
const room = picture((x, y) => {
  if (x > 20 && x < 60 && y > 10 && y < 45) return x % 20 < 4 || y % 17 < 4 ? [120, 70, 40] : [150, 200, 240]
  if (x > 100 && x < 140 && y < 70)
    return y % 16 < 3 ? [120, 70, 40] : x % 8 < 4 ? [180, 40, 40] : [240, 200, 60]
  return y < 70 ? [245, 225, 190] : [150, 90, 60]
})
const map = (frame: Frame, to: (value: number, channel: number) => number): Frame => ({
  ...frame,
  data: frame.data.map((value, i) => to(value, i % 3)),
})
const atNight = (frame: Frame) => map(frame, (value, c) => value * 0.3 + [5, 8, 40][c]!)

const judge = (a: Frame, b: Frame, asked: Parameters<typeof judgePair>[2]['asked'] = null) =>
  judgePair(a, b, { asked, hasModel: true })

describe('pairs of pictures', () => {
  test('a figure that has moved is morphed, as it is', () => {
    for (const [from, to] of [
      [10, 30],
      [10, 40],
      [90, 60],
    ] as const)
      expect(judge(meadow(from), meadow(to))).toMatchObject({ motion: 'morph', why: 'alike', relit: false })
  })
  test('a scene in another light is morphed, through matched colours', () => {
    expect(judge(meadow(60), atNight(meadow(60)))).toMatchObject({
      motion: 'morph',
      why: 'alike',
      relit: true,
    })
  })
  test('two places dissolve, whatever the light', () => {
    for (const other of [room, atNight(room)]) {
      const verdict = judge(meadow(60), other)
      expect(verdict).toMatchObject({ motion: 'dissolve', why: 'too different', relit: false })
      expect(verdict.likeness).toBeLessThan(LEAST_LIKENESS)
      expect(judge(other, meadow(60)).likeness).toBeCloseTo(verdict.likeness!, 10)
    }
  })
  test('nearly equal ones are held; a small thing that differs is enough to morph', () => {
    expect(judge(meadow(60), meadow(60))).toEqual({
      motion: 'hold',
      why: 'nearly equal',
      likeness: null,
      detail: null,
      relit: false,
    })
    expect(
      judge(
        meadow(60),
        map(meadow(60), (v) => v + 2),
      ).motion,
    ).toBe('hold')
    const speck = meadow(60)
    speck.data.set(Array(12).fill(255), (20 * 160 + 30) * 3)
    speck.data.set(Array(12).fill(255), (21 * 160 + 30) * 3)
    expect(judge(meadow(60), speck).motion).toBe('morph')
  })
  test('what is asked for wins', () => {
    for (const motion of ['hold', 'dissolve', 'cut'] as const)
      expect(judge(meadow(60), meadow(90), motion)).toMatchObject({ motion, why: 'asked' })
    expect(judge(meadow(60), room, 'morph')).toMatchObject({ motion: 'morph', why: 'asked' })
    expect(judge(meadow(60), meadow(60), 'morph').motion).toBe('morph')
  })
  test('without a model nothing is morphed', () => {
    for (const asked of [null, 'morph'] as const)
      expect(judgePair(meadow(60), meadow(90), { asked, hasModel: false })).toMatchObject({
        motion: 'dissolve',
        why: 'no model',
      })
  })
  test('of any size, down to one pixel', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 40],
      [7, 3],
      [101, 67],
    ] as const) {
      const dark = picture(() => [10, 20, 30], width, height)
      expect(judge(dark, dark).motion).toBe('hold')
      expect(
        judge(
          dark,
          map(dark, (v) => v + 60),
        ).motion,
      ).toBe('morph')
    }
  })
})

describe('measures', () => {
  test('a reduced picture is the mean of what it stands for', () => {
    const small = reduceFrame(
      picture((x) => (x % 2 === 0 ? [0, 10, 20] : [100, 30, 40]), 160, 96),
      40,
    )
    expect([small.width, small.height]).toEqual([40, 24])
    expect([...small.data.subarray(0, 3)]).toEqual([50, 20, 30])
    const odd = reduceFrame(
      picture((x, y) => [x, y, 0], 101, 67),
      24,
    )
    expect([odd.width, odd.height]).toEqual([24, 16])
    expect(odd.data[0]).toBeCloseTo(1.5)
  })
  test('what moved is found within a fifth of the picture, and not beyond', () => {
    expect(movedLikeness(meadow(40), meadow(60))).toBeGreaterThan(0.98)
    expect(movedLikeness(meadow(10), meadow(110))).toBeLessThan(0.96)
  })
  test('what follows from the colours is explained; what does not is not', () => {
    expect(relitLikeness(meadow(60), atNight(meadow(60)))).toBeGreaterThan(0.98)
    expect(relitLikeness(meadow(60), room)).toBeLessThan(0.6)
    expect(relitLikeness(room, meadow(60))).toBe(relitLikeness(meadow(60), room))
  })
  test('the greatest difference is that of a block, not of the whole', () => {
    const other = meadow(60)
    for (let y = 8; y < 16; y++) other.data.fill(0, (y * 160 + 8) * 3, (y * 160 + 16) * 3)
    expect(greatestDifference(meadow(60), other)).toBeCloseTo((120 + 180 + 250) / 3)
  })
})
