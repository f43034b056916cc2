// What is said, as subtitles: short lines, shown while they are spoken.

import type { Line, Shot, Storyboard } from './types.js'

/** Seconds in the film; one or two lines. */
export type Subtitle = { start: number; end: number; lines: string[] }

/** What fits into a line, and how many lines fit into the picture: as broadcasters have it. */
const MAX_LINE = 42
const MAX_LINES = 2
/** Nobody reads anything in less. */
const SHORTEST = 1
/** Seconds that a subtitle stays after its words, where nothing follows. */
const LINGER = 0.3

/** Of all lines of a film, in order; none overlap. */
export function subtitlesOf({
  shots,
  fps,
  frames,
}: Pick<Storyboard, 'shots' | 'fps' | 'frames'>): Subtitle[] {
  const secondsOf = (count: number) => (count * fps.den) / fps.num
  const end = secondsOf(frames)
  const shown = shots
    .flatMap((shot) => (shot.lines ?? []).flatMap((line) => partsOf(line, secondsOf(shot.start))))
    .filter(({ start }) => start < end)
  return shown.map((each, i) => {
    const limit = Math.min(end, shown[i + 1]?.start ?? end)
    const wanted = Math.max(each.end + LINGER, each.start + SHORTEST)
    return { ...each, end: rounded(Math.max(Math.min(each.end, limit), Math.min(wanted, limit))) }
  })
}

/** A line that is longer than two lines of text is shown piece by piece, each as long as its share of the letters. */
function partsOf({ text, startSeconds, seconds }: Line, shotStart: number): Subtitle[] {
  const parts = splitText(text)
  const letters = parts.reduce((sum, lines) => sum + lines.join('').length, 0)
  let at = shotStart + startSeconds
  return parts.map((lines) => {
    const start = at
    at += (seconds * lines.join('').length) / letters
    return { start: rounded(start), end: rounded(at), lines }
  })
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** Pieces of at most two lines of at most 42 characters, broken at the ends of sentences and clauses where there are some. */
export function splitText(text: string): string[][] {
  const words = text.trim().split(/\s+/).flatMap(pieces)
  const parts: string[][] = []
  let rest: Word[] = words
  while (rest.length > 0) {
    const fitting = howManyFit(rest)
    const count = fitting === rest.length ? fitting : bestBreak(rest, fitting)
    parts.push(balanced(rest.slice(0, count)))
    rest = rest.slice(count)
  }
  return parts
}

/** `glue` is what stands before it: a space, or nothing where letters have no words. */
type Word = { text: string; glue: '' | ' ' }

/** Letters that are written without spaces may be parted anywhere but before a full stop. */
function pieces(word: string): Word[] {
  const parts = word.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][\p{P}ー]*|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,42}/gu,
  )
  return (parts ?? [word]).map((text, i) => ({ text, glue: i === 0 ? ' ' : '' }))
}

const joined = (words: readonly Word[]): string =>
  words.map(({ text, glue }, i) => (i === 0 ? text : glue + text)).join('')

function howManyFit(words: readonly Word[]): number {
  let at = 0
  for (let line = 0; line < MAX_LINES; line++) {
    const from = at
    while (at < words.length && joined(words.slice(from, at + 1)).length <= MAX_LINE) at++
  }
  return Math.max(1, at)
}

/** The last end of a sentence in the second half of what fits, else of a clause, else all of it. */
function bestBreak(words: readonly Word[], fitting: number): number {
  for (const end of [/[.!?。！？]["'”’)]*$/, /[,;:—，、；]["'”’)]*$/])
    for (let count = fitting; count > fitting / 3; count--) if (end.test(words[count - 1]!.text)) return count
  return fitting
}

/** One line where it fits, else two of nearly the same length. */
function balanced(words: readonly Word[]): string[] {
  const whole = joined(words)
  if (whole.length <= MAX_LINE) return [whole]
  const breaks = words.slice(1).map((_, i) => [joined(words.slice(0, i + 1)), joined(words.slice(i + 1))])
  const longer = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length))
  return breaks.reduce((best, lines) => (longer(lines) < longer(best) ? lines : best))
}

/** Of one shot's segment: half-open ranges of its own frames. */
export type ShownText = { from: number; to: number; text: string }

/** What is seen of subtitles in `frames` frames from the shot's first one. */
export function textsIn(
  subtitles: readonly Subtitle[],
  { start }: Pick<Shot, 'start'>,
  frames: number,
  { fps }: Pick<Storyboard, 'fps'>,
): ShownText[] {
  const frameAt = (seconds: number) => Math.round((seconds * fps.num) / fps.den) - start
  return subtitles.flatMap((each) => {
    const from = Math.max(0, frameAt(each.start))
    const to = Math.min(frames, frameAt(each.end))
    return from < to ? [{ from, to, text: each.lines.join('\n') }] : []
  })
}

/** SubRip. */
export const formatSrt = (subtitles: readonly Subtitle[]): string =>
  subtitles
    .map(
      ({ start, end, lines }, i) =>
        `${i + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${lines.join('\n')}\n`,
    )
    .join('\n')

/** WebVTT: https://www.w3.org/TR/webvtt1/ */
export const formatVtt = (subtitles: readonly Subtitle[]): string =>
  [
    'WEBVTT\n',
    ...subtitles.map(
      ({ start, end, lines }) =>
        `${clock(start, '.')} --> ${clock(end, '.')}\n${lines.map(vttText).join('\n')}\n`,
    ),
  ].join('\n')

const vttText = (line: string): string =>
  line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function clock(seconds: number, point: ',' | '.'): string {
  const ms = Math.round(seconds * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const rest = String(ms % 1000).padStart(3, '0')
  return `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}${point}${rest}`
}

/** Reads SubRip; null for what is none. */
export function parseSrt(text: string): Subtitle[] | null {
  const subtitles: Subtitle[] = []
  for (const block of text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)) {
    const lines = block.split('\n').filter((line) => line.trim() !== '')
    if (lines.length === 0) continue
    if (/^\d+$/.test(lines[0]!.trim())) lines.shift()
    const times = /^(\S+)\s+-->\s+(\S+)/.exec(lines.shift() ?? '')
    const start = times && secondsAt(times[1]!)
    const end = times && secondsAt(times[2]!)
    if (start === null || end === null || end <= start) return null
    if (lines.length > 0) subtitles.push({ start, end, lines })
  }
  return subtitles.length === 0 ? null : subtitles
}

function secondsAt(text: string): number | null {
  const match = /^(\d+):([0-5]\d):([0-5]\d)[,.](\d{1,3})$/.exec(text)
  if (!match) return null
  const [hours, minutes, seconds] = match.slice(1, 4).map(Number)
  return hours! * 3600 + minutes! * 60 + seconds! + Number(match[4]!.padEnd(3, '0')) / 1000
}
