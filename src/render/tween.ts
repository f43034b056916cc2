// In-betweens of two pictures, outside any film.

import { dirname, join, resolve } from 'node:path'
import { fileFailure, usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { nodeHost } from '../host/node-host.js'
import { decodePicture, encodePng, type Picture, resizePicture } from '../image/picture.js'
import { blend } from '../interpolation/blend.js'
import { inbetweenTimes } from '../interpolation/times.js'
import { temporaryName } from '../store/temporary.js'
import { openEncoder } from '../video/encoder.js'
import { findFfmpeg } from '../video/find-ffmpeg.js'

export type TweenRequest = { output: string; count: number; model: string; fps: number }

/**
 * Writes the in-betweens of A and B: numbered pictures for a name with `%d`, else a film that holds both ends too.
 * B is scaled to A's size where they differ.
 * @returns the files written.
 */
export async function tween(
  a: string,
  b: string,
  request: TweenRequest,
  signal: AbortSignal,
): Promise<string[]> {
  if (request.model !== 'blend') {
    throw usageFailure(`--model: no interpolation model '${request.model}'`, 'there is: blend')
  }
  const host = nodeHost()
  const first = await readPicture(a, host)
  const last = await resizePicture(await readPicture(b, host), first.width, first.height, 'fill')
  if (/%0?\d*d/.test(request.output)) return writePictures(first, last, request, host, signal)
  if (!/\.(mp4|m4v|mov)$/i.test(request.output)) {
    throw usageFailure(`-o ${request.output}: neither a film (.mp4) nor a picture pattern (-%04d.png)`)
  }
  await writeFilm(first, last, request, host, signal)
  return [request.output]
}

async function readPicture(path: string, host: Host): Promise<Picture> {
  const bytes = await host.readFile(resolve(path)).catch((error) => {
    throw fileFailure(error, `can't read the picture ${path}`)
  })
  return decodePicture(bytes, path)
}

async function writePictures(
  a: Picture,
  b: Picture,
  { output, count }: TweenRequest,
  host: Host,
  signal: AbortSignal,
): Promise<string[]> {
  const files: string[] = []
  const data = new Uint8Array(a.data.length)
  for (const [i, t] of inbetweenTimes(count).entries()) {
    signal.throwIfAborted()
    blend(a.data, b.data, t, data)
    const file = output.replace(/%(0?)(\d*)d/, (_, zero: string, width: string) =>
      String(i + 1).padStart(Number(width || 1), zero ? '0' : ' '),
    )
    await host.writeFileAtomic(resolve(file), await encodePng({ ...a, data })).catch((error) => {
      throw fileFailure(error, `can't write ${file}`)
    })
    files.push(file)
  }
  return files
}

async function writeFilm(
  a: Picture,
  b: Picture,
  { output, count, fps }: TweenRequest,
  host: Host,
  signal: AbortSignal,
): Promise<void> {
  // Video with subsampled colour needs even sides.
  const size = { width: a.width - (a.width % 2), height: a.height - (a.height % 2) }
  if (size.width < 2 || size.height < 2) throw usageFailure('the pictures are too small for a film')
  const [from, to] = await Promise.all([a, b].map((p) => resizePicture(p, size.width, size.height, 'fill')))
  const path = resolve(output)
  const temporary = join(dirname(path), `.${temporaryName('mp4')}`)
  const ffmpeg = await findFfmpeg(host)
  const encoder = await openEncoder(host, ffmpeg, { ...size, fps: { num: fps, den: 1 } }, temporary, {
    signal,
  })
  try {
    const frame = new Uint8Array(from!.data.length)
    for (const t of [0, ...inbetweenTimes(count), 1]) {
      signal.throwIfAborted()
      blend(from!.data, to!.data, t, frame)
      await encoder.write(frame)
    }
    await encoder.finish()
    await host.rename(temporary, path)
  } catch (error) {
    await encoder.abort()
    await host.remove(temporary).catch(() => {})
    throw signal.aborted ? error : fileFailure(error, `can't write ${output}`)
  }
}
