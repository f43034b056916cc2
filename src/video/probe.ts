// What is in a film, by ffmpeg alone: there may be no ffprobe. Frames are counted by decoding them.

import { renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { type FrameRate, probeArguments } from './arguments.js'
import type { Ffmpeg } from './find-ffmpeg.js'
import { startFfmpeg } from './run-ffmpeg.js'

export type VideoFacts = {
  width: number
  height: number
  /** How much wider than high a pixel is: 1 but in old formats. */
  pixelAspect: number
  /** From the first frame to the last; the mean of a clip of uneven times. */
  fps: FrameRate
  frames: number
  durationSeconds: number
  /** When its first frame is shown, counted from the start of the file. */
  startSeconds: number
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
  const reader = openFramecrc()
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', reader.read)
  await ended
  const facts = reader.facts()
  if (facts === null) throw renderFailure(`can't read ${path}: it has no video`)
  return facts
}

/** Reads the output of ffmpeg's framecrc muxer; null when it has no frame. */
export function parseFramecrc(text: string): VideoFacts | null {
  const reader = openFramecrc()
  reader.read(text)
  return reader.facts()
}

/** Reads the same piece by piece: of a long film nothing is kept but the sums. */
function openFramecrc(): { read(text: string): void; facts(): VideoFacts | null } {
  let base: [number, number] | null = null
  let size: [number, number] | null = null
  let aspect: [number, number] | null = null
  let frames = 0
  let first = 0
  let last = 0
  let firstDuration = 0
  let rest = ''
  const readLine = (line: string) => {
    const pair = /^#(tb|dimensions|sar) 0: (\d+)[/x](\d+)$/.exec(line)
    if (pair) {
      const value: [number, number] = [Number(pair[2]), Number(pair[3])]
      if (pair[1] === 'tb') base = value
      else if (pair[1] === 'sar') aspect = value
      else size = value
      return
    }
    // Stream, decoding time, time, duration, bytes, checksum.
    const frame = /^0, *-?\d+, *(-?\d+), *(\d+),/.exec(line)
    if (!frame) return
    last = Number(frame[1])
    if (frames++ > 0) return
    first = last
    firstDuration = Number(frame[2])
  }
  return {
    read(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) readLine(line)
    },
    facts() {
      readLine(rest)
      rest = ''
      if (base === null || size === null || frames === 0) return null
      const [num, den] = base
      // One frame has no distance to another; its own duration is it then.
      const ticks = frames > 1 ? last - first : firstDuration
      const steps = Math.max(1, frames - 1)
      const fps = reduce(den * steps, num * ticks)
      return {
        width: size[0],
        height: size[1],
        pixelAspect: aspect !== null && aspect[0] > 0 && aspect[1] > 0 ? aspect[0] / aspect[1] : 1,
        fps,
        frames,
        durationSeconds: (frames * fps.den) / fps.num,
        startSeconds: (first * num) / den,
      }
    },
  }
}

function reduce(num: number, den: number): FrameRate {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  const divisor = gcd(num, den) || 1
  return { num: num / divisor, den: den / divisor }
}
