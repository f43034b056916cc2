// Frames in, one H.264 segment out. One frame is in memory; ffmpeg's pace is the writer's pace.

import { renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { encodeArguments, type VideoSpec } from './arguments.js'
import type { Ffmpeg } from './find-ffmpeg.js'
import { startFfmpeg } from './run-ffmpeg.js'

export type Encoder = {
  /** Hands over an RGB frame (height x width x 3 bytes). Its buffer may be used again when the promise resolves. */
  write(frame: Uint8Array): Promise<void>
  /** Resolves when the segment is complete in its file. */
  finish(): Promise<void>
  /** Ends ffmpeg and resolves when it is gone. What is in the file is not a segment. Fine after any other call. */
  abort(): Promise<void>
}

/**
 * Starts encoding to an MP4 file, written in place: give a temporary name and rename. All methods reject with a
 * Failure: exit 4 when ffmpeg fails, 3 when it can't be started or the disk is full, 130 when `signal` aborts.
 */
export async function openEncoder(
  host: Host,
  ffmpeg: Ffmpeg,
  spec: VideoSpec,
  path: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Encoder> {
  const frameBytes = spec.width * spec.height * 3
  const { child, ended } = startFfmpeg(
    host,
    ffmpeg,
    encodeArguments(spec, path),
    "can't encode a segment",
    signal,
  )
  let finishing = false
  // An ffmpeg that ends well before it was told to is broken as well: it would leave a film with frames missing.
  const completed = ended.then(() => {
    if (!finishing) throw renderFailure("can't encode a segment: ffmpeg ended before the last frame")
  })
  completed.catch(() => {})
  child.stdout.resume()
  return {
    async write(frame) {
      if (frame.length !== frameBytes)
        throw new RangeError(`a frame of ${frame.length} bytes, not ${frameBytes}`)
      const error = await new Promise((resolve) => child.stdin.write(frame, resolve))
      // A write that fails means that ffmpeg is going: how it ends says why.
      if (error) await completed
    },
    async finish() {
      if (child.stdin.destroyed) await completed
      finishing = true
      child.stdin.end()
      await completed
    },
    async abort() {
      child.kill('SIGKILL')
      await ended.catch(() => {})
    },
  }
}
