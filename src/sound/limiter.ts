// Keeps peaks under a ceiling by turning down a little before they come.

import { CHANNELS, RATE } from './samples.js'

/** -1 dB of full scale: AAC may overshoot what it was given. */
export const CEILING = 10 ** (-1 / 20)
const AHEAD = RATE / 200
/** Share of the way back to full gain that is gone in a sample: 63 % in 100 ms. */
const RELEASE = 1 - Math.exp(-1 / (RATE / 10))

/** A limiter gives what it was given `delay` samples later. */
export type Limiter = { delay: number; process(block: Float32Array): void }

/** Works in place. What never comes near the ceiling is not changed at all. */
export function createLimiter(): Limiter {
  const line = new Float32Array(AHEAD * CHANNELS)
  /** Gains wanted by the samples in the line, and where each stands. */
  const wanted = new Float64Array(AHEAD).fill(1)
  let at = 0
  let lowest = 1
  let gain = 1
  return {
    delay: AHEAD,
    process(block) {
      for (let i = 0; i < block.length; i += CHANNELS) {
        const size = Math.max(Math.abs(block[i]!), Math.abs(block[i + 1]!))
        const want = size > CEILING ? CEILING / size : 1
        const leaving = wanted[at]!
        wanted[at] = want
        if (want <= lowest) lowest = want
        else if (leaving === lowest && lowest < 1) lowest = minimum(wanted)
        // Down in a straight line that arrives before the peak does, up slowly.
        gain =
          lowest < gain
            ? Math.max(lowest, gain - (1 - lowest) / (AHEAD / 2))
            : gain === 1
              ? 1
              : Math.min(lowest, gain + (1 - gain) * RELEASE)
        if (gain > 0.999999) gain = 1
        for (let channel = 0; channel < CHANNELS; channel++) {
          const k = at * CHANNELS + channel
          const out = line[k]! * gain
          line[k] = block[i + channel]!
          block[i + channel] = out
        }
        if (++at === AHEAD) at = 0
      }
    },
  }
}

function minimum(values: Float64Array): number {
  let least = 1
  for (const value of values) if (value < least) least = value
  return least
}
