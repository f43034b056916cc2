// Against torch.randn on the CPU; the golden file is made by tools/golden/noise.py.

import { readFileSync } from 'node:fs'
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

type Whole = { seed: string; count: number; offset: number }
const numbers = readFileSync(new URL('../golden/noise.f32', import.meta.url))
const whole = golden.whole as Whole[]
const seeds = [...new Set(whole.map(({ seed }) => seed))]

/** Float32 numbers in their order, as integers: neighbours are 1 apart. */
function places(values: Float32Array): Int32Array {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  return bits.map((word) => (word < 0 ? -(word & 0x7fffffff) : word))
}

test.each(seeds)('seed %s, to the last bits', (seed) => {
  let drawn = 0
  let equal = 0
  for (const { count, offset } of whole.filter((each) => each.seed === seed)) {
    const expected = new Float32Array(numbers.buffer.slice(numbers.byteOffset + offset).slice(0, 4 * count))
    const actual = places(new TorchGenerator(BigInt(seed)).randn(count))
    const apart = places(expected).map((place, i) => Math.abs(place - actual[i]!))
    expect(Math.max(...apart), `${count} values`).toBeLessThanOrEqual(3)
    drawn += count
    equal += apart.filter((distance) => distance <= 1).length
  }
  expect(drawn).toBe(820 + 63 + 65 + 1001)
  expect(equal / drawn).toBeGreaterThan(0.96)
})

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
