// Noise of several seeds in one picture: each has its own columns, so that what stands there starts from the same noise in
// every picture that it is in.

import type { LatentSize } from './latents.js'
import { TorchGenerator } from './noise.js'

export type PlacedSeed = {
  seed: number | bigint
  /** Where the middle of the seed's own noise comes to lie, as a share of the width. */
  x: number
  /** How much of each column is the seed's, 0…1; all seeds together have at most 1. */
  shares: Float32Array
}

/**
 * Noise with that of the seeds in their columns: √share of each, so that every value stays standard normal. What is coarse (the
 * mean and the first cosine across of each channel) stays that of `noise`: it decides light and layout, which are the scene's.
 * The result differs from N(0, 1) by no more than these two of all coordinates of a channel.
 */
export function placeSeeds(
  noise: Float32Array,
  { channels, height, width }: LatentSize,
  seeds: readonly PlacedSeed[],
): Float32Array {
  if (seeds.length === 0) return noise
  const placed = Float32Array.from(noise)
  const own = seeds.map(({ seed }) => new TorchGenerator(seed).randn(noise.length))
  const shifts = seeds.map(({ x }) => Math.round((x - 0.5) * width))
  for (let column = 0; column < width; column++) {
    const rest = 1 - seeds.reduce((sum, { shares }) => sum + shares[column]!, 0)
    const kept = Math.sqrt(Math.max(0, rest))
    const amounts = seeds.map(({ shares }) => Math.sqrt(shares[column]!))
    if (amounts.every((amount) => amount === 0)) continue
    for (let row = 0; row < channels * height; row++) {
      let value = kept * noise[row * width + column]!
      for (let i = 0; i < seeds.length; i++)
        value += amounts[i]! * own[i]![row * width + wrapped(column - shifts[i]!, width)]!
      placed[row * width + column] = value
    }
  }
  for (let channel = 0; channel < channels; channel++)
    keepCoarse(noise, placed, channel * height * width, height, width)
  return placed
}

const wrapped = (column: number, width: number): number => ((column % width) + width) % width

function keepCoarse(from: Float32Array, to: Float32Array, at: number, height: number, width: number): void {
  const count = height * width
  const cosine = Float64Array.from(
    { length: width },
    (_, column) => Math.SQRT2 * Math.cos((Math.PI * (column + 0.5)) / width),
  )
  let mean = 0
  let slope = 0
  for (let i = 0; i < count; i++) {
    const missing = from[at + i]! - to[at + i]!
    mean += missing
    slope += missing * cosine[i % width]!
  }
  for (let i = 0; i < count; i++) to[at + i]! += (mean + slope * cosine[i % width]!) / count
}
