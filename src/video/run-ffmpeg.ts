// How an ffmpeg process ends, told as a Failure.

import { environmentFailure, Failure, interrupted, renderFailure } from '../diagnostic/failure.js'
import type { Child, ChildResult, Host } from '../host/host.js'
import { type Ffmpeg, INSTALL_HINT } from './find-ffmpeg.js'

export type FfmpegRun = {
  child: Child
  /** Resolves when ffmpeg has ended well, else rejects with a Failure. Never goes unhandled. */
  ended: Promise<void>
}

/** Starts ffmpeg. When `signal` aborts, it is killed. `doing` begins a Failure's message: "can't encode …". */
export function startFfmpeg(
  host: Host,
  ffmpeg: Ffmpeg,
  args: readonly string[],
  doing: string,
  signal?: AbortSignal,
): FfmpegRun {
  const child = host.spawn(ffmpeg.path, args)
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted) kill()
  const ended = child.done
    .then(
      (result) => {
        if (signal?.aborted) throw signal.reason instanceof Failure ? signal.reason : interrupted()
        if (result.code !== 0) throw ffmpegFailure(result, doing)
      },
      (error) => {
        throw environmentFailure(`${doing}: ${ffmpeg.path} can't be started`, INSTALL_HINT, error)
      },
    )
    .finally(() => signal?.removeEventListener('abort', kill))
  ended.catch(() => {})
  return { child, ended }
}

/** A process that failed, in one line, with the last thing that ffmpeg said. */
export function ffmpegFailure({ code, signal, stderrTail }: ChildResult, doing: string): Failure {
  const said = lastLine(stderrTail)
  if (/No space left on device|Disk quota exceeded/.test(stderrTail)) {
    return environmentFailure(
      `${doing}: the disk is full`,
      'free some space, or move the cache with --cache-dir',
    )
  }
  const how = signal ? `ffmpeg was killed (${signal})` : `ffmpeg failed with exit code ${code}`
  return renderFailure(`${doing}: ${how}${said === '' ? '' : `: ${said}`}`)
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim() ?? ''
  )
}
