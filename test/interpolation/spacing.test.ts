import { describe, expect, test } from 'vitest'
import { type PaintAt, spaceEvenly } from '../../src/interpolation/spacing.js'

const SIZE = { width: 64, height: 40 }

/** A picture of one brightness. */
const grey = (level: number) => ({ ...SIZE, data: new Uint8Array(64 * 40 * 3).fill(Math.round(level)) })
/** A white square on black, `x` pixels from the left, in parts of pixels. */
function square(x: number) {
  const data = new Uint8Array(64 * 40 * 3)
  for (let row = 10; row < 30; row++)
    for (let column = 0; column < 64; column++) {
      const covered = Math.max(0, Math.min(column + 1, x + 12) - Math.max(column, x))
      data.fill(Math.round(255 * covered), (row * 64 + column) * 3, (row * 64 + column) * 3 + 3)
    }
  return { ...SIZE, data }
}

/** A sky, dithered by a faint slope so that parts of levels count, and a face of `side` x `side` pixels before it. */
function portrait(sky: number, face: number, side: number) {
  const data = new Uint8Array(64 * 40 * 3)
  for (let row = 0; row < 40; row++)
    for (let column = 0; column < 64; column++) {
      const isFace = row >= 4 && row < 4 + side && column >= 16 && column < 16 + side
      const level = isFace ? face : 100 + sky + column / 64
      data.fill(Math.round(level), (row * 64 + column) * 3, (row * 64 + column) * 3 + 3)
    }
  return { ...SIZE, data }
}

/** The largest step over the mean one. */
function rush(positions: readonly number[], way: (position: number) => number) {
  const steps = positions.slice(1).map((to, i) => Math.abs(way(to) - way(positions[i]!)))
  return Math.max(...steps) / (steps.reduce((sum, step) => sum + step, 0) / steps.length)
}

function counting(paint: (position: number) => ReturnType<typeof grey>): { paint: PaintAt; asked: number[] } {
  const asked: number[] = []
  return {
    asked,
    paint: async (position) => {
      asked.push(position)
      return paint(position)
    },
  }
}

/** Largest over median of the mean absolute differences between neighbours. */
function unevenness(positions: readonly number[], paint: (position: number) => ReturnType<typeof grey>) {
  const pictures = positions.map(paint)
  const steps = pictures.slice(1).map((to, i) => {
    let sum = 0
    for (const [k, value] of to.data.entries()) sum += Math.abs(value - pictures[i]!.data[k]!)
    return sum
  })
  const sorted = steps.toSorted((a, b) => a - b)
  return sorted.at(-1)! / sorted[sorted.length >> 1]!
}

const even = (count: number, legs: number) =>
  Array.from({ length: count }, (_, i) => (i * legs) / (count - 1))
const sigmoid = (x: number, steepness: number) => 1 / (1 + Math.exp(-x * steepness))

describe('keyframes spaced by what is seen', () => {
  test.each([
    ['turns over in the middle', (p: number) => grey(250 * sigmoid(p - 0.5, 18)), 1, 12],
    [
      'turns over late, twice',
      (p: number) => grey(120 * (sigmoid(p - 0.9, 30) + sigmoid(p - 1.2, 60))),
      2,
      16,
    ],
    ['moves a thing in leaps', (p: number) => square(40 * sigmoid(p - 0.3, 22)), 1, 14],
    ['rushes through one of three legs', (p: number) => grey(p < 2 ? 20 * p : 40 + 200 * (p - 2)), 3, 13],
  ] as const)('a walk that %s goes on evenly', async (_, paint, legs, count) => {
    const { paint: counted, asked } = counting(paint)
    const positions = await spaceEvenly(counted, Array(legs).fill(true), count)
    expect(unevenness(even(count, legs), paint)).toBeGreaterThan(3)
    expect(unevenness(positions, paint)).toBeLessThan(1.6)
    expect(positions).toHaveLength(count)
    expect([positions[0], positions.at(-1)]).toEqual([0, legs])
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
    expect(asked.length).toBeLessThanOrEqual(2 * count)
    expect(new Set(asked).size).toBe(asked.length)
  })

  test('a walk that is even already stays so, for few pictures', async () => {
    const { paint, asked } = counting((p) => grey(10 + 100 * p))
    const positions = await spaceEvenly(paint, [true, true], 9)
    for (const [i, position] of positions.entries()) expect(position).toBeCloseTo(i / 4, 1)
    expect(asked.length).toBeLessThanOrEqual(11)
  })

  test('a leg from a waypoint to itself keeps its time, and is not painted', async () => {
    const { paint, asked } = counting((p) => grey(p < 1 ? 100 * p : 100))
    const positions = await spaceEvenly(paint, [true, false], 9)
    expect(positions[4]).toBeCloseTo(1, 2)
    expect(positions[6]).toBeCloseTo(1.5, 2)
    expect(asked.filter((p) => p > 1)).toEqual([])
  })

  test('where nothing is seen to change, words are even', async () => {
    const { paint } = counting(() => grey(7))
    expect(await spaceEvenly(paint, [true, true], 5)).toEqual([0, 0.5, 1, 1.5, 2])
  })

  test('a jump is passed, not hunted', async () => {
    const { paint, asked } = counting((p) => grey(p < 0.4 ? 0 : 200))
    const positions = await spaceEvenly(paint, [true], 30)
    expect(asked.length).toBeLessThanOrEqual(16)
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
  })

  test('what begins and ends alike is looked at in between', async () => {
    const paint = (p: number) => grey(200 * Math.max(0, 1 - Math.abs(p - 0.5) * 6))
    const positions = await spaceEvenly(counting(paint).paint, [true], 11)
    expect(positions.filter((p) => p > 0.3 && p < 0.7).length).toBeGreaterThanOrEqual(7)
  })

  test('a sky that changes little does not rush while the face before it is slow', async () => {
    const turn = (early: number) => (p: number) =>
      p < 0.3 ? (early * p) / 0.3 : early + ((1 - early) * (p - 0.3)) / 0.7
    const [sky, face] = [turn(0.8), turn(0.1)]
    const positions = await spaceEvenly(async (p) => portrait(20 * sky(p), 250 * face(p), 32), [true], 24)
    expect(rush(even(24, 1), sky)).toBeGreaterThan(2.6)
    expect(rush(positions, sky)).toBeLessThan(2.3)
    expect(rush(positions, face)).toBeLessThan(2)
  })

  test('what is hardly seen does not hold up what is seen', async () => {
    const sky = (p: number) => 4 * Math.min(1, 2 * p)
    const face = (p: number) => 250 * Math.max(0, 2 * p - 1)
    const positions = await spaceEvenly(async (p) => portrait(sky(p), face(p), 8), [true], 24)
    const seen = (p: number) => (sky(p) * (64 * 40 - 64) + face(p) * 64) / (64 * 40)
    expect(rush(positions, seen)).toBeLessThan(1.7)
  })
})
