// Where the frames of `tween` go: numbered pictures, or a film.

import { basename, dirname, join, resolve } from 'node:path'
import { environmentFailure, fileFailure, usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { evenPicture } from '../image/even.js'
import { encodePng, type Picture } from '../image/picture.js'
import { sweepTemporaryFiles, temporaryName } from '../store/temporary.js'
import { addSound } from '../video/add-sound.js'
import type { FrameRate } from '../video/arguments.js'
import { openEncoder } from '../video/encoder.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { xmpBox } from '../video/xmp-box.js'
import { PNG_XMP } from './provenance.js'
import type { TweenSource } from './tween-sources.js'

export type TweenOutput = {
  /** A given frame, or one between two of them; the buffer may be used again when the promise resolves. */
  write(picture: Picture, isBetween: boolean): Promise<void>
  /** Puts the output in its place; the files written. */
  finish(): Promise<string[]>
  /** Ends it; a film is not left behind. */
  abort(): Promise<void>
}

const NUMBER = /%(0?)(\d*)d/

export const isPicturePattern = (output: string): boolean => NUMBER.test(output)

/** In-betweens alone, numbered from 1. */
export function openPictures(output: string, xmp: string, host: Host): TweenOutput {
  const files: string[] = []
  return {
    async write(picture, isBetween) {
      if (!isBetween) return
      const file = output.replace(NUMBER, (_, zero: string, width: string) =>
        String(files.length + 1).padStart(Number(width || 1), zero ? '0' : ' '),
      )
      await host
        .writeFileAtomic(resolve(host.cwd, file), await encodePng(picture, { [PNG_XMP]: xmp }))
        .catch((error) => {
          throw fileFailure(error, `can't write ${file}`)
        })
      files.push(file)
    },
    finish: async () => files,
    abort: async () => {},
  }
}

/** All frames, at `fps`, with the sound of `soundOf` when that is not null. */
export async function openFilm(
  output: string,
  { width, height }: { width: number; height: number },
  fps: FrameRate,
  soundOf: TweenSource['clip'],
  xmp: string,
  host: Host,
  ffmpeg: Ffmpeg,
  signal: AbortSignal,
): Promise<TweenOutput> {
  if (!/\.(mp4|m4v|mov)$/i.test(output))
    throw usageFailure(`-o ${output}: neither a film (.mp4) nor a picture pattern (-%04d.png)`)
  const path = resolve(host.cwd, output)
  const folder = dirname(path)
  if (!(await host.stat(folder))?.isDirectory)
    throw environmentFailure(
      `can't write ${output}: there is no folder ${folder}`,
      'make the folder, or choose another -o',
    )
  const prefix = `.${basename(path)}.`
  await sweepTemporaryFiles(folder, host, prefix)
  const [silent, whole] = [0, 1].map(() => join(folder, prefix + temporaryName('mp4'))) as [string, string]
  const even = { width: width + (width % 2), height: height + (height % 2) }
  const encoder = await openEncoder(host, ffmpeg, { ...even, fps }, silent, { signal })
  const clean = async () => {
    for (const temporary of [silent, whole]) await host.remove(temporary).catch(() => {})
  }
  return {
    write: (picture) => encoder.write(evenPicture(picture).data),
    async finish() {
      await encoder.finish()
      if (soundOf) {
        const { path: clip, fps: clipRate, startSeconds } = soundOf
        // Less than half a frame is how containers round, not a late start.
        const isLate = startSeconds * clipRate.num > clipRate.den / 2
        const input = { film: silent, clip, fps, startSeconds: isLate ? startSeconds : 0 }
        await addSound(host, ffmpeg, input, whole, { signal })
      }
      const made = soundOf ? whole : silent
      await host.append(made, xmpBox(xmp))
      await host.publish(made, path).catch((error) => {
        throw fileFailure(error, `can't write ${output}`)
      })
      await clean()
      return [output]
    },
    async abort() {
      await encoder.abort()
      await clean()
    },
  }
}
