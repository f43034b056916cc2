import { describe, expect, test } from 'vitest'
import { dyadicTimes, subdivide } from '../../src/interpolation/subdivide.js'
import { inbetweenTimes } from '../../src/interpolation/times.js'

/** Frames that are their own time: a model's middle is the mean, and the count of runs is kept. */
async function positions(times: readonly number[], rule: 'middle' | 'near-middle') {
  const runs: number[] = []
  const made: number[] = []
  const make = async (a: number, b: number, time: number) => {
    runs.push(time)
    return a + (b - a) * time
  }
  for await (const frame of subdivide(0, 1, times, rule, make)) made.push(frame)
  return { made, runs }
}

const counts = [...Array.from({ length: 24 }, (_, i) => i + 1), 47, 100, 239, 240]

describe('a model that knows only the middle', () => {
  test('makes 1, 3, 7 … frames exactly, a run each, in order', async () => {
    for (const count of [1, 3, 7, 15, 63]) {
      const times = inbetweenTimes(count)
      const { made, runs } = await positions(times, 'middle')
      expect(made).toEqual(times)
      expect(runs).toEqual(times.map(() => 0.5))
    }
  })

  test('makes any number in order, each within a sixteenth of a step of its time', async () => {
    for (const count of counts) {
      const times = inbetweenTimes(count)
      const { made, runs } = await positions(times, 'middle')
      expect(made).toHaveLength(count)
      made.forEach((time, i) => {
        expect(Math.abs(time - times[i]!)).toBeLessThanOrEqual(1 / (16 * (count + 1)) + 1e-12)
        expect(time).toBeGreaterThan(made[i - 1] ?? 0)
      })
      expect(runs.length).toBeLessThanOrEqual(5 * count)
    }
  })

  test('takes the shallowest fraction: 1/3 is 5/16, not 11/32', () => {
    expect(dyadicTimes([1 / 3, 2 / 3])).toEqual([5 / 16, 11 / 16])
    expect(dyadicTimes([0.5])).toEqual([0.5])
  })

  test('has a bound: times too near for it share a frame', async () => {
    const { made } = await positions([0.5, 0.5 + 1e-7, 0.9], 'middle')
    expect(made.slice(0, 2)).toEqual([0.5, 0.5])
    expect(made[2]).toBeCloseTo(0.9, 4)
  })
})

describe('a model that is best near the middle', () => {
  test('makes each time exactly, with one run each', async () => {
    for (const count of counts) {
      const times = inbetweenTimes(count)
      const { made, runs } = await positions(times, 'near-middle')
      made.forEach((time, i) => {
        expect(time).toBeCloseTo(times[i]!, 12)
      })
      expect(runs).toHaveLength(count)
      for (const time of runs) expect(Math.abs(time - 0.5)).toBeLessThan(0.2)
    }
  })

  test('starts with the time nearest to the middle', async () => {
    expect((await positions([0.1, 0.4, 0.9], 'near-middle')).runs.map((t) => t.toFixed(3))).toEqual([
      '0.400',
      '0.250',
      '0.833',
    ])
  })
})

test('only the frames that are still needed are alive', async () => {
  const held = new Set<number>([0, 1])
  let most = 0
  const make = async (a: number, b: number) => {
    // Neither may have been let go.
    expect(held.has(a) && held.has(b)).toBe(true)
    held.add((a + b) / 2)
    most = Math.max(most, held.size)
    return (a + b) / 2
  }
  let last = 0
  for await (const frame of subdivide(0, 1, inbetweenTimes(127), 'middle', make)) {
    held.delete(last)
    last = frame
  }
  expect(most).toBeLessThanOrEqual(9)
})
