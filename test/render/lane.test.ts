import { expect, test } from 'vitest'
import { openLane } from '../../src/render/lane.js'

test('a lane starts jobs in order and never more than its width', async () => {
  const lane = openLane(2)
  const started: number[] = []
  let running = 0
  let most = 0
  const jobs = Array.from({ length: 6 }, (_, i) =>
    lane(async () => {
      started.push(i)
      most = Math.max(most, ++running)
      await new Promise((go) => setImmediate(go))
      running--
      return i
    }),
  )
  expect(await Promise.all(jobs)).toEqual([0, 1, 2, 3, 4, 5])
  expect(started).toEqual([0, 1, 2, 3, 4, 5])
  expect(most).toBe(2)
})

test('a failed job frees its place', async () => {
  const lane = openLane(1)
  await expect(lane(async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await lane(async () => 'next')).toBe('next')
})
