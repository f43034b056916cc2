// Sound files in, whatever ffmpeg reads.

import { EXIT, Failure, renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { decodeSoundArguments } from '../video/arguments.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { startFfmpeg } from '../video/run-ffmpeg.js'
import { createLoudnessMeter } from './loudness.js'
import { CHANNELS, RATE } from './samples.js'

const FRAME_BYTES = 4 * CHANNELS

/**
 * Yields the samples of a file's first sound track, interleaved. ffmpeg waits for the reader, and is ended when the reader
 * stops. What is no sound is a Failure, exit 4.
 */
export async function* decodeSound(
  host: Host,
  ffmpeg: Ffmpeg,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array> {
  const args = decodeSoundArguments(path, RATE)
  const { child, ended } = startFfmpeg(host, ffmpeg, args, `can't read ${path}`, signal)
  child.stdin.end()
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const whole = bytes.length - (bytes.length % FRAME_BYTES)
      rest = bytes.subarray(whole)
      if (whole > 0) yield floatsOf(bytes.subarray(0, whole))
    }
    await ended
  } finally {
    child.kill('SIGKILL')
    await ended.catch(() => {})
  }
}

/** A copy: a chunk need not lie at a multiple of four. */
function floatsOf(bytes: Buffer): Float32Array {
  const floats = new Float32Array(bytes.length / 4)
  new Uint8Array(floats.buffer).set(bytes)
  return floats
}

export type SoundMeasure = {
  /** Of each channel, at 48 kHz. */
  samples: number
  /** LUFS; null for silence. */
  loudness: number | null
}

/** Decodes the whole file once. Failures as in decodeSound. */
export async function measureSound(
  host: Host,
  ffmpeg: Ffmpeg,
  path: string,
  signal?: AbortSignal,
): Promise<SoundMeasure> {
  const meter = createLoudnessMeter()
  let samples = 0
  for await (const piece of decodeSound(host, ffmpeg, path, signal)) {
    meter.add(piece)
    samples += piece.length / CHANNELS
  }
  return { samples, loudness: meter.integrated() }
}

/** Decodes its beginning. @throws Failure (exit 4) in the words of the script when there is no sound in the file. */
export async function checkSound(host: Host, ffmpeg: Ffmpeg, name: string, path: string): Promise<void> {
  try {
    for await (const _ of decodeSound(host, ffmpeg, path)) return
  } catch (error) {
    throw noSound(name, error)
  }
  throw noSound(name, null)
}

function noSound(name: string, error: unknown): unknown {
  if (error !== null && !(error instanceof Failure && error.exitCode === EXIT.render)) return error
  const hint = 'is it a sound file? wav, mp3, ogg, flac and m4a are'
  return renderFailure(`there is no sound in ${name} that ffmpeg can read`, hint, error)
}
