// Two pictures in one light: each channel is brought to the mean and the spread half way between both before a model
// sees them, and from there led from the one's to the other's in its frames. Statistics as in colour transfer
// (E. Reinhard et al., "Color Transfer between Images", 2001), but in RGB, between two pictures of one scene.

import type { Frame, Interpolator } from './interpolator.js'
import { reduceFrame } from './similarity.js'

/** Means and standard deviations of R, G and B, in 8-bit levels. */
type Statistics = { means: number[]; deviations: number[] }

/** Per channel `gain × value + offset`. */
type ColorMap = { gains: number[]; offsets: number[] }

const SIDE = 80
/** Matching must take away this part of the squared difference of the two pictures: movement alone is not taken away. */
const LEAST_GAIN = 0.4

/** Whether what two frames of one size differ in is their light, for a good part. */
export function lightChanges(a: Frame, b: Frame): boolean {
  const [x, y] = [reduceFrame(a, SIDE).data, reduceFrame(b, SIDE).data]
  const [of, to] = [statisticsOf(x), statisticsOf(y)]
  const middle = mix(of, to, 0.5)
  const [mapX, mapY] = [mapBetween(of, middle), mapBetween(to, middle)]
  let plain = 0
  let matched = 0
  for (let i = 0; i < x.length; i++) {
    const c = i % 3
    plain += (x[i]! - y[i]!) ** 2
    matched += (x[i]! * mapX.gains[c]! + mapX.offsets[c]! - y[i]! * mapY.gains[c]! - mapY.offsets[c]!) ** 2
  }
  return matched < plain * (1 - LEAST_GAIN)
}

/**
 * The interpolator for pairs in different light. What does not fit into 8 bits on the way (a lamp in the dark picture) is
 * cross-faded instead, so that at either end nothing is left out.
 */
export function inMatchedLight(interpolator: Interpolator): Interpolator {
  return {
    async *between(a, b, times, signal) {
      const [of, to] = [statisticsOf(a.data), statisticsOf(b.data)]
      const middle = mix(of, to, 0.5)
      const x = { ...a, data: applyMap(a.data, mapBetween(of, middle)) }
      const y = { ...b, data: applyMap(b.data, mapBetween(to, middle)) }
      const [lostOfA, lostOfB] = [
        lost(a.data, x.data, mapBetween(middle, of)),
        lost(b.data, y.data, mapBetween(middle, to)),
      ]
      const out = new Uint8ClampedArray(a.data.length)
      const bytes = new Uint8Array(out.buffer)
      let index = 0
      for await (const frame of interpolator.between(x, y, times, signal)) {
        const t = times[index++]!
        const tables = tablesOf(mapBetween(middle, mix(of, to, t)))
        for (let i = 0, c = 0; i < out.length; i++, c = c === 2 ? 0 : c + 1) {
          out[i] = tables[c]![frame[i]!]! + (1 - t) * lostOfA[i]! + t * lostOfB[i]!
        }
        yield bytes
      }
    },
  }
}

function statisticsOf(data: ArrayLike<number>): Statistics {
  const sums = [0, 0, 0]
  const squares = [0, 0, 0]
  for (let i = 0, c = 0; i < data.length; i++, c = c === 2 ? 0 : c + 1) {
    const value = data[i]!
    sums[c]! += value
    squares[c]! += value * value
  }
  const pixels = data.length / 3
  const means = sums.map((sum) => sum / pixels)
  return { means, deviations: squares.map((sum, c) => Math.sqrt(Math.max(0, sum / pixels - means[c]! ** 2))) }
}

function mix(a: Statistics, b: Statistics, t: number): Statistics {
  const each = (x: number[], y: number[]) => x.map((value, i) => value + (y[i]! - value) * t)
  return { means: each(a.means, b.means), deviations: each(a.deviations, b.deviations) }
}

/** A channel without spread is moved, not stretched. */
function mapBetween(from: Statistics, to: Statistics): ColorMap {
  const gains = from.deviations.map((d, c) => (d < 1 || to.deviations[c]! < 1 ? 1 : to.deviations[c]! / d))
  return { gains, offsets: gains.map((gain, c) => to.means[c]! - gain * from.means[c]!) }
}

const tablesOf = ({ gains, offsets }: ColorMap): Float32Array[] =>
  gains.map((gain, c) => Float32Array.from({ length: 256 }, (_, value) => gain * value + offsets[c]!))

function applyMap(data: Uint8Array, map: ColorMap): Uint8Array {
  const tables = tablesOf(map)
  const out = new Uint8ClampedArray(data.length)
  for (let i = 0, c = 0; i < data.length; i++, c = c === 2 ? 0 : c + 1) out[i] = tables[c]![data[i]!]!
  return new Uint8Array(out.buffer)
}

/** What of a picture does not come back when `back` undoes its mapping. */
function lost(data: Uint8Array, mapped: Uint8Array, back: ColorMap): Float32Array {
  const tables = tablesOf(back)
  const out = new Float32Array(data.length)
  for (let i = 0, c = 0; i < data.length; i++, c = c === 2 ? 0 : c + 1) {
    out[i] = data[i]! - tables[c]![mapped[i]!]!
  }
  return out
}
