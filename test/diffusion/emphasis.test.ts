import { expect, test } from 'vitest'
import { emphasize } from '../../src/diffusion/emphasis.js'

const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length

test('multiplies token by token and keeps the mean', () => {
  const hidden = Float32Array.of(1, 2, 3, 4, 5, 6)
  const weighed = emphasize(hidden, [1, 2, 0.5])
  expect(mean(weighed)).toBeCloseTo(3.5, 6)
  expect([...weighed].map((v) => v / weighed[0]!)).toEqual(
    [1, 2, 6, 8, 2.5, 3].map((v) => expect.closeTo(v, 6)),
  )
  expect([...hidden]).toEqual([1, 2, 3, 4, 5, 6])
})

test('weights that leave a mean of nothing leave numbers', () => {
  expect([...emphasize(Float32Array.of(1, 2), [0, 0])]).toEqual([0, 0])
  expect([...emphasize(Float32Array.of(1, -1), [2, 2])]).toEqual([2, -2])
})
