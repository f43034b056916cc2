// What is in a film, by ffmpeg alone: there may be no ffprobe. Frames are counted by decoding them.

import { renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { type FrameRate, probeArguments } from './arguments.js'
import type { Ffmpeg } from './find-ffmpeg.js'
import { startFfmpeg } from './run-ffmpeg.js'

export type VideoFacts = {
  width: number
  height: number
  fps: FrameRate
  frames: number
  durationSeconds: number
}

/** Decodes the first video track once. A film that can't be read is a Failure, exit 4. */
export async function probeVideo(
  host: Host,
  ffmpeg: Ffmpeg,
  path: string,
  { signal }: { signal?: AbortSignal } = {},
): Promise<VideoFacts> {
  const { child, ended } = startFfmpeg(
    host,
    ffmpeg,
    probeArguments(ffmpeg, path),
    `can't read ${path}`,
    signal,
  )
  child.stdin.end()
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk: string) => {
    text += chunk
  })
  await ended
  const facts = parseFramecrc(text)
  if (facts === null) throw renderFailure(`can't read ${path}: it has no video`)
  return facts
}

/** Reads the output of ffmpeg's framecrc muxer; null when it has no frame. */
export function parseFramecrc(text: string): VideoFacts | null {
  const base = /^#tb 0: (\d+)\/(\d+)$/m.exec(text)
  const size = /^#dimensions 0: (\d+)x(\d+)$/m.exec(text)
  // Stream, decoding time, time, duration, bytes, checksum.
  const frames = [...text.matchAll(/^0, *-?\d+, *(-?\d+), *(\d+),/gm)]
  if (base === null || size === null || frames.length === 0) return null
  const [num, den] = [Number(base[1]), Number(base[2])]
  const first = Number(frames[0]![1])
  const last = Number(frames.at(-1)![1])
  // One frame has no distance to another; its own duration is it then.
  const ticks = frames.length > 1 ? last - first : Number(frames[0]![2])
  const steps = Math.max(1, frames.length - 1)
  const fps = reduce(den * steps, num * ticks)
  return {
    width: Number(size[1]),
    height: Number(size[2]),
    fps,
    frames: frames.length,
    durationSeconds: (frames.length * fps.den) / fps.num,
  }
}

function reduce(num: number, den: number): FrameRate {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  const divisor = gcd(num, den) || 1
  return { num: num / divisor, den: den / divisor }
}
