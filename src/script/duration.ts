import { quote } from '../diagnostic/make.js'
import type { Parsed } from './reader.js'
import type { Duration } from './types.js'

/** Longest shot, and longest film. */
export const MAX_SECONDS = 36_000
/** The same at the highest frame rate. */
const MAX_FRAMES = MAX_SECONDS * 120

const HINTS = ['lengths are written 3s, 1.5s, 250ms, 48f (frames) or 1:02 (minutes and seconds)']

/** `3s`, `1.5s`, `250ms`, `48f`, `1:02`, `1:02:03`; a bare number is seconds. More than 0, at most 10 hours. */
export function parseDuration(text: string): Parsed<Duration> {
  const duration = readDuration(text)
  if (duration === null) return { problem: `${quote(text)} is not a length of time`, hints: HINTS }
  const [amount, max] = 'frames' in duration ? [duration.frames, MAX_FRAMES] : [duration.seconds, MAX_SECONDS]
  if (amount <= 0) return { problem: 'a length of time must be more than 0', hints: HINTS }
  if (amount > max) return { problem: 'a length of time cannot be more than 10 hours', hints: HINTS }
  return { value: duration }
}

/** A point in time: as a length, but 0 too. */
export const parseTime = (text: string): Parsed<Duration> =>
  /^0+(\.0+)? ?(ms|s|f|)$/.test(text) ? { value: { seconds: 0 } } : parseDuration(text)

function readDuration(text: string): Duration | null {
  const amount = /^(\d+(?:\.\d+)?|\.\d+) ?(ms|s|f|)$/.exec(text)
  if (amount) {
    const number = Number(amount[1])
    if (amount[2] === 'f') return Number.isInteger(number) ? { frames: number } : null
    return { seconds: amount[2] === 'ms' ? number / 1000 : number }
  }
  const clock = /^(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)$/.exec(text)
  if (!clock || Number(clock[3]) >= 60) return null
  return { seconds: Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]) }
}

/** Seconds between keyframes, 0.05 to 60: as a duration, but not in frames. */
export function parseSeconds(text: string): Parsed<number> {
  const result = parseDuration(text)
  if ('problem' in result) return result
  if ('frames' in result.value)
    return { problem: 'the distance of keyframes is a time, not frames', hints: ['write it as 0.5s'] }
  const { seconds } = result.value
  if (seconds < 0.05 || seconds > 60) return { problem: 'keyframes can be 0.05 s to 60 s apart' }
  return { value: seconds }
}
