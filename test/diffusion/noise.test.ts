// Against torch.randn on the CPU; the golden file is made by tools/golden/noise.py.

import { expect, test } from 'vitest'
import { TorchGenerator } from '../../src/diffusion/noise.js'
import { goldenJson } from './golden-file.js'

const golden = goldenJson('noise.json')

/** torch's vectorised log, sin and cos differ from Node's in the last bits: measured below 1e-6 for values up to 5. */
const TOLERANCE = 1e-6

function largestDifference(actual: ArrayLike<number>, expected: number[]): number {
  expect(actual.length).toBe(expected.length)
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - actual[i]!)), 0)
}

test.each(golden.whole as { seed: string; values: number[][] }[])(
  'seed $seed, small sizes',
  ({ seed, values }) => {
    for (const expected of values) {
      const actual = new TorchGenerator(BigInt(seed)).randn(expected.length)
      expect(largestDifference(actual, expected), `${expected.length} values`).toBeLessThan(TOLERANCE)
    }
  },
)

test.each(
  golden.large as {
    seed: string
    count: number
    first: number[]
    last: number[]
    sum: number
    squares: number
  }[],
)('seed $seed, $count values', ({ seed, count, first, last, sum, squares }) => {
  const actual = new TorchGenerator(BigInt(seed)).randn(count)
  expect(largestDifference(actual.slice(0, 8), first)).toBeLessThan(TOLERANCE)
  expect(largestDifference(actual.slice(-8), last)).toBeLessThan(TOLERANCE)
  expect(Math.abs(actual.reduce((a, b) => a + b, 0) - sum)).toBeLessThan(1e-7 * count + 1e-5)
  expect(Math.abs(actual.reduce((a, b) => a + b * b, 0) - squares)).toBeLessThan(1e-6 * count)
})

test('draws go on where the last one ended', () => {
  const generator = new TorchGenerator(BigInt(golden.sequence.seed))
  for (const { count, values } of golden.sequence.draws) {
    expect(largestDifference(generator.randn(count), values), `${count} values`).toBeLessThan(TOLERANCE)
  }
})

test('numbers and bigints are the same seeds, and only 32 bits count', () => {
  const draw = (seed: number | bigint) => [...new TorchGenerator(seed).randn(4)]
  expect(draw(7)).toEqual(draw(7n))
  expect(draw(2 ** 32)).toEqual(draw(0))
  expect(draw(-1)).toEqual(draw(2 ** 32 - 1))
  expect(draw(8)).not.toEqual(draw(7))
})
