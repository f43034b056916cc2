// What is said in a shot: by whom, in which voice, how long.

import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { promptsOf } from '../script/prompts.js'
import type { Duration, FrameRate, Located, SaidLine, ScriptShot, Settings } from '../script/types.js'
import type { CastTable } from './cast.js'
import { findMentions, type Mention } from './mention.js'
import { estimatedSeconds, spokenText, unreadablePart } from './spoken.js'
import type { Line, Shot, Voice } from './types.js'
import { voiceOf } from './voice.js'

/** A voice that is nobody's in the picture. */
export const NARRATOR = 'NARRATOR'

/** How long lines take that were spoken already, by `lineId`. */
export type SpokenLengths = ReadonlyMap<string, number>

/** Lines that sound the same have the same id. */
export const lineId = (spoken: string, { base, pitch, size, rate }: Voice): string =>
  JSON.stringify([spoken, base, pitch, size, rate])

/** Seconds before the first line, between two, and after the last. */
const LEAD = 0.3
const PAUSE = 0.35
const TAIL = 0.5

/** The lines of a shot, each from where it could begin at the earliest. */
export function linesOf(
  shot: ScriptShot,
  settings: Settings,
  year: number | null,
  table: CastTable,
  lengths: SpokenLengths,
  diagnostics: Diagnostic[],
): Line[] {
  let startSeconds = LEAD
  return (shot.say?.value ?? []).map((said) => {
    const speaker = speakerOf(said, shot, table, diagnostics)
    const member = speaker === null ? null : table.cast.get(speaker)!
    const voice = voiceOf(member, ageOf(speaker, shot, year, table), settings.voice?.value ?? null)
    checkLetters(said.text, diagnostics)
    const text = said.text.value.replace(/\s+/g, ' ')
    const spoken = spokenText(text)
    const known = spoken === null ? undefined : lengths.get(lineId(spoken, voice))
    const seconds = known ?? estimatedSeconds(text, voice.rate)
    const line = { speaker, text, spoken, voice, startSeconds, seconds, isMeasured: known !== undefined }
    startSeconds += seconds + PAUSE
    return line
  })
}

/** A shot on the way to its length; it shares `overlap` frames with the one before. */
export type Speaking = { duration: Duration; isOwn: boolean; overlap: number; lines: readonly Line[] }

/** A shot is at least as long as what is said in it, unless it says itself how long it is. */
export function withSpeech(shots: readonly Speaking[], fps: FrameRate): Duration[] {
  let end = 0
  let free = 0
  return shots.map(({ duration, isOwn, overlap, lines }) => {
    const start = end - secondsOf(overlap, fps)
    for (const line of lines) free = Math.max(start + line.startSeconds, free) + line.seconds + PAUSE
    const needed = lines.length === 0 || isOwn ? 0 : free - PAUSE + TAIL - start
    const seconds = 'frames' in duration ? secondsOf(duration.frames, fps) : duration.seconds
    end = start + Math.max(seconds, needed)
    return needed > seconds ? { seconds: needed } : duration
  })
}

const secondsOf = (frames: number, fps: FrameRate): number => (frames * fps.den) / fps.num

/**
 * Moves lines that would begin before the one before them is over, in film order. A line that goes on after its shot is told,
 * where it was measured.
 */
export function placeLines(
  shots: readonly Shot[],
  saidAt: (shot: number) => Located<unknown>['span'],
  fps: FrameRate,
  diagnostics: Diagnostic[],
): Shot[] {
  let free = 0
  return shots.map((shot, i) => {
    if (!shot.lines) return shot
    const startSeconds = secondsOf(shot.start, fps)
    const lines = shot.lines.map((line) => {
      const at = Math.max(startSeconds + line.startSeconds, free)
      free = at + line.seconds + PAUSE
      return { ...line, startSeconds: Math.round((at - startSeconds) * 1e6) / 1e6 }
    })
    const last = lines.at(-1)!
    const over = last.startSeconds + last.seconds - secondsOf(shot.frames, fps)
    if (over > 0.02 && lines.every(({ isMeasured }) => isMeasured))
      diagnostics.push(tooLong(last, over, saidAt(i)))
    return { ...shot, lines }
  })
}

function tooLong({ startSeconds, seconds }: Line, over: number, span: Located<unknown>['span']): Diagnostic {
  const needed = Math.ceil((startSeconds + seconds + TAIL) * 10) / 10
  return makeDiagnostic(
    'say/too-long',
    `what is said goes on for ${over.toFixed(1)} s after the end of the shot`,
    span,
    { hints: [`give the shot \`duration: ${needed}s\`, or none: then it is as long as what is said`] },
  )
}

/** Plain words belong to the one member in the picture, else to a narrator. */
function speakerOf(
  { speaker }: SaidLine,
  shot: ScriptShot,
  table: CastTable,
  diagnostics: Diagnostic[],
): string | null {
  if (speaker === null) {
    const names = new Set(mentionsIn(shot, table).flatMap(({ member }) => member?.name.value ?? []))
    return names.size === 1 ? [...names][0]! : null
  }
  const { value, span } = speaker
  if (table.cast.has(value)) return value
  if (value.toUpperCase() === NARRATOR) return null
  const near = nearest(value.toUpperCase(), [...table.cast.keys(), NARRATOR])
  const hint =
    near === null ? `describe it under \`cast\`, or write ${NARRATOR}` : `did you mean ${quote(near)}?`
  diagnostics.push(
    makeDiagnostic('say/unknown-speaker', `there is no ${quote(value)} in the cast`, span, {
      hints: [hint],
      fix: near === null ? null : { span, text: near },
    }),
  )
  return null
}

const mentionsIn = (shot: ScriptShot, { cast, pattern }: CastTable): Mention[] =>
  promptsOf(shot).flatMap(({ value }) => findMentions(value, cast, pattern))

const TALKS = /\b(?:talk|speak|sing|shout|laugh|call|say|tell|mouth)/i

/** Who speaks and is named by a prompt, unless that tells of mouths itself. */
export function talkersIn(
  { value }: Located<string>,
  lines: readonly Line[],
  { cast, pattern }: CastTable,
): string[] {
  if (TALKS.test(value)) return []
  const shown = new Set(findMentions(value, cast, pattern).map(({ name }) => name))
  const speakers = lines.flatMap(({ speaker, spoken }) => (spoken === null ? [] : (speaker ?? [])))
  return [...new Set(speakers)].filter((speaker) => shown.has(speaker))
}

/** As the shot shows the member, else by the scene's year. */
function ageOf(name: string | null, shot: ScriptShot, year: number | null, table: CastTable): number | null {
  if (name === null) return null
  const suffixes = mentionsIn(shot, table)
    .filter((mention) => mention.name === name)
    .flatMap((mention) => mention.suffixes)
  const shown = suffixes.find(({ text }) => /^\d+$/.test(text))
  if (shown) return Number(shown.text)
  const born = table.cast.get(name)?.born ?? null
  return year === null || born === null ? null : Math.max(0, year - born.value)
}

function checkLetters({ value, span }: Located<string>, diagnostics: Diagnostic[]): void {
  const part = unreadablePart(value)
  if (part === null) return
  const isAll = spokenText(value) === null
  diagnostics.push(
    makeDiagnostic(
      'say/not-spoken',
      isAll
        ? 'the voices speak English only, so this is silent'
        : `the voices speak English only: ${quote(value.slice(...part).trim())} is left out`,
      span,
      {
        hints: [
          isAll ? 'its time is kept, and subtitles show it: `subtitles: true`' : 'write it in Latin letters',
        ],
      },
    ),
  )
}
