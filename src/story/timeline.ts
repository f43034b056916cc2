// Times to frames. Shots' ends are rounded from their exact sums, so that errors never add up.

import type { Duration, FrameRate } from '../script/types.js'

/** Durations are exact to this part of a second. */
const TICKS_PER_SECOND = 1_000_000

/** Frames of a length on its own, at least 1. */
export const framesOf = (duration: Duration, fps: FrameRate): number =>
  'frames' in duration ? duration.frames : Math.max(1, Math.round((duration.seconds * fps.num) / fps.den))

/** True when a length is less than one frame. */
export const isUnderOneFrame = (duration: Duration, fps: FrameRate): boolean =>
  'seconds' in duration && duration.seconds * fps.num < fps.den * 0.999999

/**
 * Frames of consecutive shots: each end is the rounded sum of the exact lengths so far, halves up. Lengths in frames
 * stay what they are. Sums stay exact for ten hours at 120 frames a second.
 */
export function shotFrames(durations: readonly Duration[], fps: FrameRate): number[] {
  const unit = fps.den * TICKS_PER_SECOND
  let whole = 0
  let rest = 0
  let end = 0
  return durations.map((duration) => {
    if ('frames' in duration) whole += duration.frames
    else {
      rest += Math.round(duration.seconds * TICKS_PER_SECOND) * fps.num
      whole += Math.floor(rest / unit)
      rest %= unit
    }
    const next = whole + (rest * 2 >= unit ? 1 : 0)
    const frames = Math.max(1, next - end)
    end += frames
    return frames
  })
}

/**
 * Frames of a walk's keyframes: the first, the last, and others spaced evenly and at most `seconds` apart; never more
 * than there are frames.
 */
export function keyframeFrames(frames: number, seconds: number, fps: FrameRate): number[] {
  const last = frames - 1
  if (last === 0) return [0]
  const steps = Math.min(last, Math.max(1, Math.ceil((last * fps.den) / fps.num / seconds - 1e-9)))
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((i * last) / steps))
}
