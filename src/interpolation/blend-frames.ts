import { blend } from './blend.js'
import type { Interpolator } from './interpolator.js'
import { checkPair } from './pair.js'

/** The plain cross-fade as an Interpolator. */
export const blendInterpolator: Interpolator = {
  async *between(a, b, times, signal) {
    checkPair(a, b, times)
    const out = new Uint8Array(a.data.length)
    for (const time of times) {
      signal.throwIfAborted()
      blend(a.data, b.data, time, out)
      yield out
    }
  },
}
