// Segments into a film, without re-encoding.

import { renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { type FrameRate, joinArguments } from './arguments.js'
import { formatFfconcat, type Segment } from './ffconcat.js'
import type { Ffmpeg } from './find-ffmpeg.js'
import { startFfmpeg } from './run-ffmpeg.js'

export type JoinOptions = {
  title?: string
  sound?: string | null
  /** SubRip. */
  subtitles?: string | null
  signal?: AbortSignal
}

/**
 * Joins segments of one film (paths absolute) into an MP4 file, written in place: give a temporary name and rename.
 * Every frame of every segment is there once, at its exact time. `sound` and `subtitles` are files whose tracks the film gets. Failures as in
 * openEncoder.
 */
export async function joinSegments(
  host: Host,
  ffmpeg: Ffmpeg,
  segments: readonly Segment[],
  fps: FrameRate,
  path: string,
  { title = '', signal, ...tracks }: JoinOptions = {},
): Promise<void> {
  if (segments.length === 0) throw renderFailure("can't join the film: it has no segments")
  const script = formatFfconcat(segments, fps)
  const { child, ended } = startFfmpeg(
    host,
    ffmpeg,
    joinArguments(fps, title, path, tracks),
    "can't join the film",
    signal,
  )
  child.stdout.resume()
  child.stdin.end(script)
  await ended
}
