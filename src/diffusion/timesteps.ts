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

/** `steps` values from just under `last` in equal strides: round(arange(last, 0, −train/steps)) − 1. */
export function trailingTimesteps(train: number, steps: number, last = train): number[] {
  const stride = train / steps
  const count = Math.ceil(last / stride)
  return Array.from({ length: count }, (_, i) => roundHalfEven(last - i * stride) - 1)
}

/** Descending multiples of `stride`, starting above at (count − 1)·stride, plus `offset`. */
export const leadingTimesteps = (stride: number, count: number, offset: number): number[] =>
  Array.from({ length: count }, (_, i) => (count - 1 - i) * stride + offset)
