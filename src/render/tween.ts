// In-betweens of pictures and clips, outside any film.

import { availableParallelism } from 'node:os'
import type { Host } from '../host/host.js'
import { nodeHost } from '../host/node-host.js'
import { programVersion } from '../host/program-version.js'
import type { Picture } from '../image/picture.js'
import { judgePair, testMorph, type Verdict } from '../interpolation/gate.js'
import { BLEND } from '../models/find-interpolation.js'
import { modelsFolder } from '../models/models-folder.js'
import { BUILT_IN } from '../story/storyboard.js'
import type { Motion } from '../story/types.js'
import type { FrameRate } from '../video/arguments.js'
import { type Ffmpeg, findFfmpeg } from '../video/find-ffmpeg.js'
import { type InBetweener, openInBetweener } from './in-betweener.js'
import { pairFrames } from './pair-frames.js'
import { MACHINE_ENHANCED, xmpPacket } from './provenance.js'
import { isPicturePattern, openFilm, openPictures, type TweenOutput } from './tween-outputs.js'
import { openTweenSource, type TweenSource } from './tween-sources.js'

export type TweenRequest = {
  output: string
  /** In-betweens of each pair; default 7 for two pictures, 1 for a folder or a clip. */
  count?: number
  /** Name or path of an interpolation model; default the one of films. */
  model?: string
  /** Frames a second of a film; default 24, or what keeps a clip's speed. */
  fps?: number
  device?: string
  /** For all pairs, whatever they look like. */
  motion?: Motion
}

export type TweenOptions = {
  signal: AbortSignal
  /** Frames of the output so far. */
  onFrame?: (done: number, total: number) => void
}

export type TweenResult = {
  files: string[]
  /** How many pairs went which way. */
  pairs: Record<Motion, number>
  /** Frames of the output, the given ones among them where they are in it. */
  frames: number
  /** A clip's sound is left out when its speed changes. */
  isSilenced: boolean
  /** Why the model's device is not a better one, where a better one seems to be there. */
  deviceWarning: string | null
}

/**
 * Writes the in-betweens of A and B, or of each pair of neighbours in a folder of pictures or a clip (`b` null): numbered
 * pictures for a name with `%d`, else a film that holds the given frames too, (frames - 1) × (count + 1) + 1 of them. Frames
 * are streamed: however long a clip is, a few of them are in memory.
 */
export async function tween(
  a: string,
  b: string | null,
  request: TweenRequest,
  { signal, onFrame }: TweenOptions,
): Promise<TweenResult> {
  const host = nodeHost()
  let found: Promise<Ffmpeg> | null = null
  const ffmpeg = () => (found ??= findFfmpeg(host))
  const source = await openTweenSource(a, b, host, ffmpeg, signal)
  const count = request.count ?? (b === null ? 1 : 7)
  const natural = source.clip ? times(source.clip.fps, count + 1) : { num: 24, den: 1 }
  const fps = request.fps === undefined ? natural : { num: request.fps, den: 1 }
  const keepsSpeed = fps.num * natural.den === natural.num * fps.den
  const isFilm = !isPicturePattern(request.output)
  const xmp = xmpPacket({
    sourceType: MACHINE_ENHANCED,
    program: programVersion,
    models: [{ name: request.model ?? BUILT_IN.interpolation, digest: null }],
    prompt: null,
    script: null,
  })
  const output = isFilm
    ? await openFilm(
        request.output,
        source,
        fps,
        keepsSpeed ? source.clip : null,
        xmp,
        host,
        await ffmpeg(),
        signal,
      )
    : openPictures(request.output, xmp, host)
  const total = (source.count - 1) * (count + (isFilm ? 1 : 0)) + (isFilm ? 1 : 0)
  try {
    const made = await writeAll(source, output, count, request, host, signal, (frames) =>
      onFrame?.(frames, total),
    )
    const isSilenced = isFilm && source.clip !== null && !keepsSpeed
    return { files: await output.finish(), ...made, isSilenced }
  } catch (error) {
    await output.abort()
    throw error
  }
}

const times = ({ num, den }: FrameRate, factor: number): FrameRate => {
  const gcd = (x: number, y: number): number => (y === 0 ? x : gcd(y, x % y))
  const divisor = gcd(num * factor, den)
  return { num: (num * factor) / divisor, den: den / divisor }
}

async function writeAll(
  source: TweenSource,
  output: TweenOutput,
  count: number,
  { model: name = BUILT_IN.interpolation, device = 'auto', motion }: TweenRequest,
  host: Host,
  signal: AbortSignal,
  onFrames: (frames: number) => void,
): Promise<Pick<TweenResult, 'pairs' | 'frames' | 'deviceWarning'>> {
  let opened: Promise<InBetweener> | null = null
  const openModel = () =>
    (opened ??= openInBetweener(name, host, {
      threads: availableParallelism(),
      device,
      folders: [modelsFolder(host)],
      signal,
    }))
  const pairs: TweenResult['pairs'] = { hold: 0, dissolve: 0, morph: 0, cut: 0 }
  let frames = 0
  const write = async (picture: Picture, isBetween: boolean) => {
    signal.throwIfAborted()
    await output.write(picture, isBetween)
    onFrames(++frames)
  }
  const { width, height } = source
  let before: Picture | null = null
  // A name that is none is told before any work, whether or not a pair needs the model.
  if (motion === undefined || motion === 'morph') await openModel()
  try {
    for await (const data of source.frames()) {
      const picture: Picture = { width, height, data: data.slice() }
      if (before !== null) {
        const judged = judgePair(before, picture, { asked: motion ?? null, hasModel: name !== BLEND })
        const { verdict, middle } = source.clip
          ? { verdict: asInClip(judged), middle: null }
          : await testMorph(judged, before, picture, openModel, signal)
        pairs[verdict.motion]++
        for await (const between of pairFrames(verdict, before, picture, count, openModel, middle, signal))
          await write({ width, height, data: between }, true)
      }
      await write(picture, false)
      before = picture
    }
  } finally {
    await (opened as Promise<InBetweener> | null)?.then((model) => model.close()).catch(() => {})
  }
  const used = await (opened as Promise<InBetweener> | null)
  return { pairs, frames, deviceWarning: used?.warning ?? null }
}

/**
 * Two neighbours in a clip that have nothing to do with one another are a cut of the clip's own. No others are doubted: there
 * things do move, and what is too fast for a model is no better as two things at once.
 */
const asInClip = (verdict: Verdict): Verdict =>
  verdict.why === 'too different' ? { ...verdict, motion: 'cut' } : verdict
