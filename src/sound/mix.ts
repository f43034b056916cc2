// Many tracks into one stream, a tenth of a second at a time. Pure, but for the sounds that the tracks open.

import type { Track } from '../story/track.js'
import { createLimiter } from './limiter.js'
import { CHANNELS, openReader, RATE, type Sound, type SoundReader } from './samples.js'

export type MixTrack = Track & {
  /** Opens the sound from its beginning; again for each time that it repeats. */
  open(): Sound
  isSpeech: boolean
}

const BLOCK = RATE / 10
/** Music goes down before somebody speaks and comes up after, and stays down between two sentences. */
const DOWN = RATE / 4
const UP = RATE / 2
const PAUSE = RATE

/** Yields exactly `samples` of each channel, interleaved; the array is used again for the next block. */
export async function* mixTracks(tracks: readonly MixTrack[], samples: number): AsyncGenerator<Float32Array> {
  const limiter = createLimiter()
  const speech = joinedSpans(
    tracks.filter((t) => t.isSpeech).map(({ start, length }) => [start, start + length]),
  )
  const players = tracks.map((track) => createPlayer(track, speech))
  const block = new Float32Array(BLOCK * CHANNELS)
  try {
    // The limiter gives everything late: its first samples are nothing, and silence drives out its last ones.
    for (let at = 0; at < samples + limiter.delay; at += BLOCK) {
      block.fill(0)
      for (const player of players) await player.addTo(block, at)
      limiter.process(block)
      const from = Math.max(0, limiter.delay - at)
      const to = Math.min(BLOCK, samples + limiter.delay - at)
      if (to > from) yield block.subarray(from * CHANNELS, to * CHANNELS)
    }
  } finally {
    for (const player of players) await player.close()
  }
}

type Player = { addTo(block: Float32Array, at: number): Promise<void>; close(): Promise<void> }

function createPlayer(track: MixTrack, speech: readonly Span[]): Player {
  let reader: SoundReader | null = null
  let { skip } = track
  const piece = new Float32Array(BLOCK * CHANNELS)
  const end = track.start + track.length
  /** Fills with the sound, from its beginning again where it repeats; gives how many samples it got. */
  const fill = async (out: Float32Array): Promise<number> => {
    let filled = 0
    for (let isFresh = false; filled < out.length; isFresh = true) {
      if (reader === null) {
        reader = openReader(track.open(), track.from + skip)
        skip = 0
      }
      const got = await reader.read(out.subarray(filled))
      filled += got * CHANNELS
      if (filled === out.length) break
      await close()
      // Nothing at all, from its beginning: it would repeat nothing for ever.
      if (!track.isLooped || (isFresh && got === 0)) break
    }
    return filled / CHANNELS
  }
  const close = async () => {
    await reader?.close()
    reader = null
  }
  let isOver = false
  return {
    async addTo(block, at) {
      const from = Math.max(0, track.start - at)
      const to = Math.min(BLOCK, end - at)
      if (isOver || to <= from) return
      const got = await fill(piece.subarray(0, (to - from) * CHANNELS))
      isOver = got < to - from || end <= at + BLOCK
      // At once: a sound that is open may be a process, and a film may have hundreds of lines.
      if (isOver) await close()
      const near = speech.filter(([start, stop]) => at < stop + UP && at + BLOCK > start - DOWN)
      for (let i = 0; i < got; i++) {
        const t = at + from + i
        const gain = track.gain * fadeAt(track, t - track.start) * duckAt(track, near, t)
        for (let channel = 0; channel < CHANNELS; channel++)
          block[(from + i) * CHANNELS + channel]! += piece[i * CHANNELS + channel]! * gain
      }
    },
    close,
  }
}

/** Quarter waves, so that two that cross keep the same power. */
function fadeAt({ fadeIn, fadeOut, length }: MixTrack, t: number): number {
  let gain = 1
  if (t < fadeIn) gain *= Math.sin((Math.PI / 2) * ((t + 0.5) / fadeIn))
  const left = length - t
  if (left < fadeOut) gain *= Math.sin((Math.PI / 2) * ((left - 0.5) / fadeOut))
  return gain
}

export type Span = readonly [start: number, end: number]

/** In order, with pauses shorter than a second closed. */
export function joinedSpans(spans: readonly Span[]): Span[] {
  const joined: [number, number][] = []
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last && start - last[1] < PAUSE) last[1] = Math.max(last[1], end)
    else joined.push([start, end])
  }
  return joined
}

/** Straight lines of the amplitude between full and ducked. */
function duckAt({ underSpeech }: MixTrack, speech: readonly Span[], t: number): number {
  if (underSpeech === 1) return 1
  let down = 0
  for (const [start, end] of speech) {
    if (t < start - DOWN || t > end + UP) continue
    const amount = t < start ? (t - start + DOWN) / DOWN : t > end ? 1 - (t - end) / UP : 1
    if (amount > down) down = amount
  }
  return 1 - down * (1 - underSpeech)
}
