import { describe, expect, test } from 'vitest'
import { TorchGenerator } from '../../src/diffusion/noise.js'
import { betweenSources, slerp } from '../../src/diffusion/slerp.js'

const noise = (seed: number, count = 4096) => new TorchGenerator(seed).randn(count)
const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)
const angle = (a: Float32Array, b: Float32Array) =>
  Math.acos(a.reduce((sum, v, i) => sum + v * b[i]!, 0) / (deviation(a) * deviation(b) * a.length))

describe('noise between two seeds', () => {
  const [a, b] = [noise(3), noise(9)]
  test('is that of the seeds at the ends, and as strong as theirs all the way', () => {
    expect(slerp(a, b, 0)).toEqual(a)
    for (const [i, value] of slerp(a, b, 1).entries()) expect(value).toBeCloseTo(b[i]!, 5)
    for (const amount of [0.1, 0.25, 0.5, 0.8]) expect(deviation(slerp(a, b, amount))).toBeCloseTo(1, 1)
    expect(deviation(a.map((v, i) => (v + b[i]!) / 2))).toBeLessThan(0.75)
  })
  test('turns at an even rate', () => {
    const turns = [0, 0.25, 0.5, 0.75].map((t) => angle(slerp(a, b, t), slerp(a, b, t + 0.25)))
    for (const turn of turns) expect(turn).toBeCloseTo(turns[0]!, 1)
  })
  test('is mixed where both are nearly one, and never no number', () => {
    expect(slerp(a, a, 0.3).every((v, i) => Math.abs(v - a[i]!) < 1e-5)).toBe(true)
    expect(slerp(new Float32Array(4), new Float32Array(4), 0.5)).toEqual(new Float32Array(4))
  })
  test('goes on between both for what samplers draw later', () => {
    const source = betweenSources(new TorchGenerator(3), new TorchGenerator(9), 0.5)
    const [from, to] = [new TorchGenerator(3), new TorchGenerator(9)]
    for (let draw = 0; draw < 3; draw++)
      expect(source.randn(64)).toEqual(slerp(from.randn(64), to.randn(64), 0.5))
  })
})
