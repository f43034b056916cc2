import { InterpolationFault } from './fault.js'
import type { Frame } from './interpolator.js'

/** Throws an InterpolationFault for frames of two sizes; RangeErrors for what no caller may give. */
export function checkPair(a: Frame, b: Frame, times: readonly number[]): void {
  if (a.width !== b.width || a.height !== b.height) {
    throw new InterpolationFault(
      `no in-betweens of frames of two sizes: ${a.width}x${a.height} and ${b.width}x${b.height}`,
      'bring both to one size first',
    )
  }
  for (const { width, height, data } of [a, b]) {
    if (width < 1 || height < 1 || data.length !== 3 * width * height) throw new RangeError('not a frame')
  }
  const isRising = times.every((time, i) => time > (times[i - 1] ?? 0) && time < 1)
  if (!isRising) throw new RangeError('times of in-betweens rise between 0 and 1')
}
