// The script of ffmpeg's concat demuxer: https://ffmpeg.org/ffmpeg-formats.html#concat-1

import { usageFailure } from '../diagnostic/failure.js'
import type { FrameRate } from './arguments.js'

export type Segment = { path: string; frames: number }

/**
 * Lists segments with their exact durations: without them ffmpeg takes the MP4 header's, rounded to milliseconds. A
 * duration has microseconds; they are cut from the running total, so that rounding never adds up over a long film.
 */
export function formatFfconcat(segments: readonly Segment[], fps: FrameRate): string {
  const microseconds = (frames: number) => Math.round((frames * fps.den * 1e6) / fps.num)
  let frames = 0
  const lines = ['ffconcat version 1.0']
  for (const segment of segments) {
    const startUs = microseconds(frames)
    frames += segment.frames
    lines.push(`file ${quote(segment.path)}`, `duration ${formatSeconds(microseconds(frames) - startUs)}`)
  }
  return `${lines.join('\n')}\n`
}

const formatSeconds = (us: number) => `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`

/** In single quotes only the quote itself is special; it is put outside of them, escaped. */
function quote(path: string): string {
  if (/[\n\r\0]/.test(path)) {
    throw usageFailure(`ffmpeg can't join files whose path has a line break: ${JSON.stringify(path)}`)
  }
  return `'file:${path.replaceAll("'", "'\\''")}'`
}
