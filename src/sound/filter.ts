// A second-order filter whose cutoff may move while it runs: Andrew Simper's state variable filter in trapezoidal form
// ("Solving the continuous SVF equations using trapezoidal integration", Cytomic, 2013).

import { RATE } from './samples.js'

export type Filter = {
  low: number
  band: number
  high: number
  /** In Hz, below a third of the sample rate; a larger `q` rings longer. */
  tune(cutoff: number, q: number): void
  /** Takes one sample; `low`, `band` and `high` are what comes out. */
  step(input: number): void
}

export function createFilter(cutoff: number, q = Math.SQRT1_2): Filter {
  let s1 = 0
  let s2 = 0
  let a1 = 0
  let a2 = 0
  let a3 = 0
  let k = 1
  const filter: Filter = {
    low: 0,
    band: 0,
    high: 0,
    tune(hertz, quality) {
      const g = Math.tan((Math.PI * hertz) / RATE)
      k = 1 / quality
      a1 = 1 / (1 + g * (g + k))
      a2 = g * a1
      a3 = g * a2
    },
    step(input) {
      const v3 = input - s2
      const v1 = a1 * s1 + a2 * v3
      const v2 = s2 + a2 * s1 + a3 * v3
      s1 = 2 * v1 - s1
      s2 = 2 * v2 - s2
      filter.low = v2
      // Of unit gain at the cutoff.
      filter.band = k * v1
      filter.high = input - k * v1 - v2
    },
  }
  filter.tune(cutoff, q)
  return filter
}
