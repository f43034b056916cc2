// The sound of a clip to a film that was made of its pictures.

import { EXIT, Failure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { type FrameRate, soundArguments } from './arguments.js'
import type { Ffmpeg } from './find-ffmpeg.js'
import { startFfmpeg } from './run-ffmpeg.js'

/**
 * Writes `film`'s video with all sound of `clip`, if it has any, to an MP4 file, in place: give a temporary name and rename. What
 * can lie in MP4 is copied, other sound becomes AAC. Failures as in openEncoder.
 */
export async function addSound(
  host: Host,
  ffmpeg: Ffmpeg,
  input: { film: string; clip: string; fps: FrameRate; startSeconds: number },
  path: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<void> {
  const run = async (codec: 'copy' | 'aac') => {
    const args = soundArguments(input, codec, path)
    const { child, ended } = startFfmpeg(host, ffmpeg, args, `can't add the sound of ${input.clip}`, signal)
    child.stdout.resume()
    child.stdin.end()
    await ended
  }
  await run('copy').catch((error) => {
    if (error instanceof Failure && error.exitCode === EXIT.render) return run('aac')
    throw error
  })
}
