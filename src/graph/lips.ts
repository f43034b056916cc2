// Faces that talk: the picture with an open mouth while a voice is loud, the one with a closed mouth while it is not. Pure.

import type { Line } from '../story/types.js'

/** How loud a line is, from 0 to 1, every hundredth of a second. */
export type SpeechLevels = readonly number[]

/** Of the line's usual loudness: above it a mouth is open. */
const OPEN = 0.3
/** A mouth that moves faster than this only flickers. */
const SHORTEST_SECONDS = 0.08

/** Half-open ranges of a shot's frames in which a mouth is open. */
export function openMouths(
  { startSeconds, seconds }: Pick<Line, 'startSeconds' | 'seconds'>,
  levels: SpeechLevels,
  frames: number,
  fps: { num: number; den: number },
): { from: number; to: number }[] {
  const secondsOf = (frame: number) => (frame * fps.den) / fps.num
  const frameAt = (time: number) => Math.round((time * fps.num) / fps.den)
  const first = Math.max(0, frameAt(startSeconds))
  const last = Math.min(frames, frameAt(startSeconds + seconds))
  const isOpen = Array.from({ length: Math.max(0, last - first) }, (_, i) => {
    const from = Math.floor((secondsOf(first + i) - startSeconds) * 100)
    const heard = levels.slice(Math.max(0, from), Math.max(1, from + Math.ceil(secondsOf(1) * 100)))
    return heard.reduce((sum, level) => sum + level, 0) / Math.max(1, heard.length) >= OPEN
  })
  const shortest = Math.max(1, frameAt(SHORTEST_SECONDS))
  const spans: { from: number; to: number }[] = []
  for (let at = 0; at < isOpen.length; at++) {
    if (!isOpen[at]) continue
    const span = { from: first + at, to: first + at }
    while (at < isOpen.length && isOpen[at]) {
      span.to++
      at++
    }
    const before = spans.at(-1)
    if (before && span.from - before.to < shortest) before.to = span.to
    else spans.push(span)
  }
  return spans.filter(({ from, to }) => to - from >= shortest)
}
