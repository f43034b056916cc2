import { describe, expect, test } from 'vitest'
import { TorchGenerator } from '../../src/diffusion/noise.js'
import { type PlacedSeed, placeSeeds } from '../../src/diffusion/placed-noise.js'

const size = { channels: 4, height: 24, width: 40 }
const count = 4 * 24 * 40
const sceneNoise = (seed: number) => new TorchGenerator(seed).randn(count)
/** All of the columns from `from` up to `to`. */
const columns = (from: number, to: number) =>
  Float32Array.from({ length: 40 }, (_, column) => (column >= from && column < to ? 1 : 0))
const part = (noise: Float32Array, from: number, to: number) =>
  [...noise].filter((_, i) => i % 40 >= from && i % 40 < to)
const correlation = (a: readonly number[], b: readonly number[]) => {
  const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length
  const [ma, mb] = [mean(a), mean(b)]
  const dot = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0)
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb))
}
const coarse = (noise: Float32Array, channel: number) => {
  let mean = 0
  let slope = 0
  for (let i = 0; i < 960; i++) {
    mean += noise[channel * 960 + i]!
    slope += noise[channel * 960 + i]! * Math.cos((Math.PI * ((i % 40) + 0.5)) / 40)
  }
  return [mean, slope]
}

describe('noise of several seeds', () => {
  test('is the noise itself without any', () => {
    const noise = sceneNoise(1)
    expect(placeSeeds(noise, size, [])).toBe(noise)
    const nobody: PlacedSeed = { seed: 9, x: 0.5, shares: new Float32Array(40) }
    const same = placeSeeds(noise, size, [nobody])
    for (let i = 0; i < count; i++) expect(same[i]).toBeCloseTo(noise[i]!, 5)
  })
  test("has a seed's own noise where it stands, the scene's elsewhere, and moves with it", () => {
    const own = sceneNoise(9)
    const left = placeSeeds(sceneNoise(1), size, [{ seed: 9, x: 0.25, shares: columns(0, 20) }])
    const right = placeSeeds(sceneNoise(2), size, [{ seed: 9, x: 0.75, shares: columns(20, 40) }])
    expect(correlation(part(left, 5, 15), part(own, 15, 25))).toBeGreaterThan(0.98)
    expect(correlation(part(left, 5, 15), part(right, 25, 35))).toBeGreaterThan(0.98)
    expect(correlation(part(left, 20, 40), part(sceneNoise(1), 20, 40))).toBeGreaterThan(0.98)
    expect(Math.abs(correlation(part(left, 5, 15), part(sceneNoise(1), 5, 15)))).toBeLessThan(0.15)
  })
  test('keeps what is coarse of the scene, and leaves the noise of the caller alone', () => {
    const noise = sceneNoise(3)
    const placed = placeSeeds(noise, size, [{ seed: 9, x: 0.5, shares: columns(10, 30) }])
    for (let channel = 0; channel < 4; channel++)
      for (const [i, value] of coarse(placed, channel).entries())
        expect(value).toBeCloseTo(coarse(noise, channel)[i]!, 2)
    expect(noise).toEqual(sceneNoise(3))
  })
  test('stays standard normal, also where two seeds and the scene meet', () => {
    const half = new Float32Array(40).fill(1 / 3)
    let sum = 0
    let squares = 0
    let fourth = 0
    let across = 0
    for (let seed = 0; seed < 60; seed++) {
      const placed = placeSeeds(sceneNoise(seed), size, [
        { seed: 1000 + seed, x: 0.3, shares: half },
        { seed: 2000 + seed, x: 0.6, shares: half },
      ])
      for (let i = 0; i < count; i++) {
        sum += placed[i]!
        squares += placed[i]! ** 2
        fourth += placed[i]! ** 4
        across += placed[i]! * (placed[i + 1] ?? 0)
      }
    }
    const n = 60 * count
    expect(Math.abs(sum / n)).toBeLessThan(0.01)
    expect(squares / n).toBeCloseTo(1, 2)
    expect(fourth / n).toBeGreaterThan(2.9)
    expect(fourth / n).toBeLessThan(3.1)
    expect(Math.abs(across / n)).toBeLessThan(0.01)
  })
})
