import { expect, it } from 'vitest'
import { computeTaps, createTaps, WEIGHT_BITS } from '../../src/camera/taps.js'

it('weights of every output sample sum to exactly one, at any scale, and stay inside the source', () => {
  const taps = createTaps(37)
  for (const [start, extent, length] of [
    [0, 10, 10],
    [3.3, 5.1, 20],
    [0, 100, 100],
    [-4, 1000, 900],
    [0.2, 3, 4],
  ] as const) {
    computeTaps(taps, start, extent, length)
    for (let i = 0; i < 37; i++) {
      const weights = taps.weights.subarray(i * taps.count, (i + 1) * taps.count)
      expect(weights.reduce((a, b) => a + b)).toBe(1 << WEIGHT_BITS)
      expect(taps.first[i]).toBeGreaterThanOrEqual(0)
      expect(taps.first[i]! + taps.count).toBeLessThanOrEqual(length)
    }
  }
})
