// Samples in, AAC out.

import { renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { encodeSoundArguments } from '../video/arguments.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { startFfmpeg } from '../video/run-ffmpeg.js'
import { RATE, type Sound } from './samples.js'

/** Encodes to an MP4 file, written in place: give a temporary name and rename. Failures as in video/encoder.ts. */
export async function encodeSound(
  host: Host,
  ffmpeg: Ffmpeg,
  sound: Sound,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const doing = "can't encode the sound"
  const { child, ended } = startFfmpeg(host, ffmpeg, encodeSoundArguments(RATE, path), doing, signal)
  child.stdout.resume()
  try {
    for await (const piece of sound) {
      const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      const error = await new Promise((resolve) => child.stdin.write(bytes, resolve))
      // A write that fails means that ffmpeg is going: how it ends says why.
      if (error) {
        await ended
        throw renderFailure(`${doing}: ffmpeg ended before the last sample`)
      }
    }
    child.stdin.end()
    await ended
  } finally {
    child.kill('SIGKILL')
    await ended.catch(() => {})
  }
}
