// Against torchsde, numpy and scipy; the golden file is made by tools/golden/schedulers.py.

import { expect, test } from 'vitest'
import { betaQuantile } from '../../src/diffusion/beta-distribution.js'
import { createBrownianTree } from '../../src/diffusion/brownian-tree.js'
import { seedWords } from '../../src/diffusion/seed-sequence.js'
import { goldenJson } from './golden-file.js'

type Increment = { seed: string; start: number; end: number; from: number; to: number; increment: number[] }
type Seeds = { entropy: string; spawnKey: number[]; poolSize: number; words: number[] }

const golden = goldenJson('brownian.json')
const increments: Increment[] = golden.increments

test.each(increments)('seed $seed, $start to $end: the increment from $from to $to is torchsde’s', (item) => {
  const tree = createBrownianTree(item.start, item.end, item.increment.length, BigInt(item.seed))
  const scale = Math.sqrt(item.to - item.from)
  for (const [i, value] of tree.increment(item.from, item.to).entries()) {
    expect(Math.abs(value - item.increment[i]!) / scale).toBeLessThan(1e-5)
  }
})

test('increments add up, in any order of asking, and end at the ends', () => {
  const tree = createBrownianTree(0.03, 14.6, 20, 4n)
  const second = tree.increment(2, 14.6)
  const first = tree.increment(0.03, 2)
  const whole = tree.increment(0, 99)
  for (const [i, value] of whole.entries()) expect(first[i]! + second[i]!).toBeCloseTo(value, 4)
  expect(createBrownianTree(0.03, 14.6, 20, 4n).increment(0.03, 2)).toEqual(first)
  expect(createBrownianTree(0.03, 14.6, 20, 5n).increment(0.03, 2)).not.toEqual(first)
})

test.each<Seeds>(golden.seeds)('numpy’s seeds: $entropy, $spawnKey, pool of $poolSize', (item) => {
  const words = seedWords(BigInt(item.entropy), item.spawnKey, item.poolSize, item.words.length)
  expect([...words]).toEqual(item.words)
})

test('quantiles of Beta(0.6, 0.6) are scipy’s', () => {
  for (const [p, expected] of golden.betaQuantiles as [number, number][]) {
    const actual = betaQuantile(p, 0.6, 0.6)
    expect(Math.abs(actual - expected), String(p)).toBeLessThanOrEqual(1e-12 * expected)
  }
})
