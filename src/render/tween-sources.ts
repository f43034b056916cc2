// What `tween` makes in-betweens for: two pictures, a folder of them, or a clip. All come as a stream of frames.

import { basename, join, resolve } from 'node:path'
import { fileFailure, renderFailure, usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { decodePicture, type Picture, resizePicture } from '../image/picture.js'
import type { FrameRate } from '../video/arguments.js'
import { decodeFrames } from '../video/decode.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { probeVideo } from '../video/probe.js'

export type TweenSource = {
  width: number
  height: number
  /** How many frames there are, two or more. */
  count: number
  /** What its frames come from, when that is a film: `path`, its frame rate, and when its video begins. */
  clip: { path: string; fps: FrameRate; startSeconds: number } | null
  /** In order; a yielded array may be used again for the next one. */
  frames(): AsyncIterable<Uint8Array>
}

/** The frames between which others are to be made. `b` is null for a folder or a clip. */
export async function openTweenSource(
  a: string,
  b: string | null,
  host: Host,
  ffmpeg: () => Promise<Ffmpeg>,
  signal: AbortSignal,
): Promise<TweenSource> {
  if (b !== null) return pairSource(a, b, host)
  const stat = await host.stat(resolve(host.cwd, a))
  if (stat?.isDirectory) return folderSource(a, host)
  if (stat === null) throw fileFailure({ code: 'ENOENT' }, `can't read ${a}`)
  return clipSource(a, host, await ffmpeg(), signal)
}

/** B is scaled to A's size. */
async function pairSource(a: string, b: string, host: Host): Promise<TweenSource> {
  const first = await readPicture(a, host)
  const { width, height } = first
  const last = await resizePicture(await readPicture(b, host), width, height, 'fill')
  async function* frames() {
    yield first.data
    yield last.data
  }
  return { width, height, count: 2, clip: null, frames }
}

const PICTURE = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i

async function folderSource(folder: string, host: Host): Promise<TweenSource> {
  const path = resolve(host.cwd, folder)
  const names = await host.list(path).catch((error) => {
    throw fileFailure(error, `can't read the folder ${folder}`)
  })
  const files = names.filter((name) => PICTURE.test(name) && !name.startsWith('.')).sort(inNaturalOrder)
  if (files.length < 2) {
    const found = files.length === 0 ? 'no pictures' : 'one picture only'
    throw renderFailure(`${folder} has ${found}`, 'in-betweens need two pictures or more')
  }
  const { width, height } = await readPicture(join(path, files[0]!), host)
  async function* frames() {
    for (const file of files) {
      const picture = await readPicture(join(path, file), host)
      if (picture.width !== width || picture.height !== height)
        throw renderFailure(
          `${join(folder, file)} has ${picture.width}x${picture.height} pixels, ${files[0]} has ${width}x${height}`,
          'all pictures of a folder must have one size',
        )
      yield picture.data
    }
  }
  return { width, height, count: files.length, clip: null, frames }
}

/** As people count: 2 before 10. Names that differ in other ways only are told apart by their characters. */
const inNaturalOrder = (a: string, b: string): number =>
  naturally.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

const naturally = new Intl.Collator('en', { numeric: true })

/** Decoded twice: once to learn its frame rate and number of frames, then frame by frame. */
async function clipSource(
  file: string,
  host: Host,
  ffmpeg: Ffmpeg,
  signal: AbortSignal,
): Promise<TweenSource> {
  const path = resolve(host.cwd, file)
  const facts = await probeVideo(host, ffmpeg, path, { signal })
  if (facts.frames < 2)
    throw usageFailure(
      `${basename(file)} has one frame`,
      'give a second picture, a folder of pictures, or a clip',
    )
  const size = { width: Math.max(1, Math.round(facts.width * facts.pixelAspect)), height: facts.height }
  const { fps, startSeconds } = facts
  return {
    ...size,
    count: facts.frames,
    clip: { path, fps, startSeconds },
    frames: () => decodeFrames(host, ffmpeg, path, size, { signal }),
  }
}

async function readPicture(path: string, host: Host): Promise<Picture> {
  const bytes = await host.readFile(resolve(host.cwd, path)).catch((error) => {
    throw fileFailure(error, `can't read the picture ${path}`)
  })
  return decodePicture(bytes, path)
}
