// A film's frames, one at a time.

import { renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { decodeArguments } from './arguments.js'
import type { Ffmpeg } from './find-ffmpeg.js'
import { startFfmpeg } from './run-ffmpeg.js'

/**
 * Yields the frames of the first video track as RGB (height x width x 3 bytes), scaled to `size` when they differ. The
 * yielded array is used again for the next frame. ffmpeg waits for the reader, and is ended when the reader stops.
 */
export async function* decodeFrames(
  host: Host,
  ffmpeg: Ffmpeg,
  path: string,
  size: { width: number; height: number },
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
  const args = decodeArguments(ffmpeg, path, size.width, size.height)
  const { child, ended } = startFfmpeg(host, ffmpeg, args, `can't read ${path}`, signal)
  child.stdin.end()
  const frame = new Uint8Array(size.width * size.height * 3)
  let filled = 0
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + frame.length - filled)
        frame.set(part, filled)
        filled += part.length
        at += part.length
        if (filled < frame.length) continue
        filled = 0
        yield frame
      }
    }
    await ended
    if (filled > 0) throw renderFailure(`can't read ${path}: its last frame is cut short`)
  } finally {
    child.kill('SIGKILL')
    await ended.catch(() => {})
  }
}
