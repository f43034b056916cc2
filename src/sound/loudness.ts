// Loudness after ITU-R BS.1770-4 (the measure of EBU R128), of two channels at 48 kHz.

import { CHANNELS, RATE } from './samples.js'

/** Coefficients of BS.1770-4, tables 1 and 2: b0 b1 b2 a1 a2. */
const SHELF = [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585]
const HIGH_PASS = [1, -2, 1, -1.99004745483398, 0.99007225036621]

/** A gate looks at 400 ms, every 100 ms. */
const HOP = RATE / 10
const HOPS = 4
/** What is softer counts as silence. */
const SILENCE_LUFS = -70
/** Below the mean of what is no silence. */
const RELATIVE_LU = 10

export type LoudnessMeter = {
  add(piece: Float32Array): void
  /** LUFS of all that was added; null for silence. Less than 400 ms counts as if silence followed. */
  integrated(): number | null
  /** Largest amplitude of a sample. */
  peak(): number
}

export function createLoudnessMeter(): LoudnessMeter {
  const weight = Array.from({ length: CHANNELS }, () => [biquad(SHELF), biquad(HIGH_PASS)] as const)
  /** Sums of squares, one a hop. */
  const hops: number[] = []
  let sum = 0
  let count = 0
  let peak = 0
  return {
    add(piece) {
      for (let i = 0; i < piece.length; i += CHANNELS) {
        for (let channel = 0; channel < CHANNELS; channel++) {
          const value = piece[i + channel]!
          const size = Math.abs(value)
          if (size > peak) peak = size
          const [shelf, pass] = weight[channel]!
          const weighted = pass(shelf(value))
          sum += weighted * weighted
        }
        if (++count === HOP) {
          hops.push(sum)
          sum = 0
          count = 0
        }
      }
    },
    integrated() {
      const all = count > 0 ? [...hops, sum] : [...hops]
      while (all.length < HOPS) all.push(0)
      const powers: number[] = []
      for (let i = 0; i + HOPS <= all.length; i++)
        powers.push((all[i]! + all[i + 1]! + all[i + 2]! + all[i + 3]!) / (HOP * HOPS))
      const heard = powers.filter((power) => lufs(power) > SILENCE_LUFS)
      if (heard.length === 0) return null
      const gate = lufs(mean(heard)) - RELATIVE_LU
      return lufs(mean(heard.filter((power) => lufs(power) > gate)))
    },
    peak: () => peak,
  }
}

const lufs = (power: number): number => -0.691 + 10 * Math.log10(power)

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length

/** Direct form II, transposed. */
function biquad([b0, b1, b2, a1, a2]: readonly number[]): (value: number) => number {
  let s1 = 0
  let s2 = 0
  return (x) => {
    const y = b0! * x + s1
    s1 = b1! * x - a1! * y + s2
    s2 = b2! * x - a2! * y
    return y
  }
}
