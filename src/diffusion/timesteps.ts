// Which training timesteps a sampler visits: numpy's arithmetic, since diffusers uses numpy for it.
// Spacings are those of table 2 of arXiv 2305.08891.

export type TimestepSpacing = 'leading' | 'trailing' | 'linspace'

/** numpy.round: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/** numpy.linspace(start, stop, count) in float64. */
export function linspace(start: number, stop: number, count: number): number[] {
  const step = count > 1 ? (stop - start) / (count - 1) : 0
  return Array.from({ length: count }, (_, i) => (i > 0 && i === count - 1 ? stop : start + i * step))
}

/**
 * `steps` timesteps, descending, of 0…train−1. Evenly spaced ones are fractions. `offset` (steps_offset) only counts for
 * leading ones.
 */
export function spacedTimesteps(
  spacing: TimestepSpacing,
  train: number,
  steps: number,
  offset: number,
): number[] {
  if (spacing === 'leading') return leadingTimesteps(Math.floor(train / steps), steps, offset)
  if (spacing === 'trailing') return trailingTimesteps(train / steps, train)
  return linspace(0, train - 1, steps).reverse()
}

/**
 * The same for solvers that count the clean picture as one more timestep and leave it out. `usable` timesteps from 0 hold
 * enough signal to start from. All are whole.
 */
export function spacedTimestepsAboveClean(
  spacing: TimestepSpacing,
  train: number,
  usable: number,
  steps: number,
  offset: number,
): number[] {
  if (spacing === 'trailing') return trailingTimesteps(train / steps, usable)
  if (spacing === 'leading')
    return leadingTimesteps(Math.floor(usable / (steps + 1)), steps + 1, offset).slice(0, -1)
  return linspace(0, usable - 1, steps + 1)
    .map(roundHalfEven)
    .reverse()
    .slice(0, -1)
}

/** round(arange(last, 0, −stride)) − 1. */
function trailingTimesteps(stride: number, last: number): number[] {
  // numpy.arange takes its stride from the first two values, which drops bits and decides some halves.
  const kept = last - (last - stride)
  return Array.from({ length: Math.ceil(last / stride) }, (_, i) => roundHalfEven(last - i * kept) - 1)
}

/** Descending multiples of `stride`, `count` of them down to 0, plus `offset`. */
const leadingTimesteps = (stride: number, count: number, offset: number): number[] =>
  Array.from({ length: count }, (_, i) => (count - 1 - i) * stride + offset)
