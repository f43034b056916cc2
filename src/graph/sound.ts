// What is heard, as one node: tracks in samples of the film. Pure.

import { basename } from 'node:path'
import { SAMPLE_RATE } from '../story/track.js'
import type { Cue, Shot, Storyboard } from '../story/types.js'
import type { SpeechLevels } from './lips.js'
import { keyOf, type Manifest, type MixNode, type MixTrack } from './node.js'
import { planSpeech } from './speech.js'

/** A sound file as a plan needs it. */
export type SoundFacts = {
  digest: string
  /** Of each channel, at `SAMPLE_RATE`. */
  samples: number
  /** LUFS; null for silence. */
  loudness: number | null
}

export type MixFacts = {
  /** Sound files by path, as the storyboard names them. */
  sounds?: ReadonlyMap<string, SoundFacts>
  /** Identity of what decodes and encodes sound. */
  mixer?: string
  /** Identity of what speaks. */
  speech?: string
  /** How loud lines are whose speakers are seen, by the keys of their nodes. */
  levels?: ReadonlyMap<string, SpeechLevels>
}

/** Raised when the code that mixes changes its samples. */
const FORMAT = 1
/** Music is brought to this loudness, in LUFS: under speech, which has -16. */
const MUSIC_LUFS = -20
/** Factors under speech: -12 dB and -6 dB. */
const UNDER_SPEECH = { music: 0.25, ambience: 0.5, effect: 1, speech: 1 } as const
/** What the end of the film or of its place cuts off is faded, so that it does not click. */
const SOFT_CUT = SAMPLE_RATE / 20

/** From and to are frames of the film. */
type Scope = { from: number; to: number }

/** Null for a film in which nothing is heard. */
export function planMix(storyboard: Storyboard, facts: MixFacts): MixNode | null {
  const { shots, scenes, frames } = storyboard
  const clock = clockOf(storyboard)
  const whole = { from: 0, to: frames }
  const tracks = [
    ...(storyboard.sounds ?? []).map((cue) => effectTrack(cue, whole, clock, facts)),
    ...scenes.flatMap(({ sounds = [] }, i) => {
      const scope = scopeOf(shots.filter(({ scene }) => scene === i))
      return scope === null ? [] : sounds.map((cue) => effectTrack(cue, scope, clock, facts))
    }),
    ...shots.flatMap((shot) =>
      (shot.sounds ?? []).map((cue) => effectTrack(cue, scopeOf([shot])!, clock, facts)),
    ),
    ...musicRuns(shots).flatMap(({ cues, scope, playedFrames }) =>
      cues.map((cue) => musicTrack(cue, scope, playedFrames, clock, facts)),
    ),
    ...shots.flatMap((shot) => speechTracks(shot, clock, facts)),
  ].filter((track) => track !== null)
  if (tracks.length === 0) return null
  const samples = clock.sampleAt(frames)
  const manifest: Manifest = [
    ['kind', `mix ${FORMAT}`],
    ['mixer', facts.mixer ?? ''],
    ['samples', samples],
    ...tracks.flatMap((track, i) => trackManifest(track, i + 1, facts)),
  ]
  return { kind: 'mix', id: 'mix', key: keyOf(manifest), manifest, tracks, samples }
}

/** Names of the files that are heard, with the line that names each first. */
export function soundFilesOf(storyboard: Storyboard): Map<string, number | null> {
  const files = new Map<string, number | null>()
  const { sounds = [], scenes, shots } = storyboard
  const used = new Set(shots.map(({ scene }) => scene))
  const cues = [
    ...sounds,
    ...scenes.flatMap((scene, i) => (used.has(i) ? (scene.sounds ?? []) : [])),
    ...shots.flatMap((shot) => [...(shot.sounds ?? []), ...(shot.music?.cues ?? [])]),
  ]
  for (const { source, line } of cues)
    if (source.kind === 'file' && !files.has(source.file)) files.set(source.file, line)
  return files
}

type Clock = { end: number; sampleAt(frame: number): number }

const clockOf = ({ fps, frames }: Storyboard): Clock => {
  const sampleAt = (frame: number) => Math.round((frame * SAMPLE_RATE * fps.den) / fps.num)
  return { sampleAt, end: sampleAt(frames) }
}

const samplesOf = (seconds: number): number => Math.round(seconds * SAMPLE_RATE)

function scopeOf(shots: readonly Shot[]): Scope | null {
  const first = shots[0]
  const last = shots.at(-1)
  return first && last ? { from: first.start, to: last.start + last.frames } : null
}

type MusicRun = { cues: readonly Cue[]; scope: Scope; playedFrames: number }

/** Neighbouring shots with one music are one run. Music that comes back goes on as if it had played meanwhile. */
function musicRuns(shots: readonly Shot[]): MusicRun[] {
  const runs: MusicRun[] = []
  const firstOf = new Map<string, number>()
  let last: string | null = null
  for (const shot of shots) {
    const { music = null, start, frames } = shot
    if (music !== null && music.id === last) runs.at(-1)!.scope.to = start + frames
    else if (music !== null) {
      const first = firstOf.get(music.id) ?? start
      firstOf.set(music.id, first)
      runs.push({ cues: music.cues, scope: { from: start, to: start + frames }, playedFrames: start - first })
    }
    last = music?.id ?? null
  }
  return runs
}

/** An effect is heard to its end, over the cut if need be; what repeats ends with what names it. */
function effectTrack(cue: Cue, scope: Scope, clock: Clock, facts: MixFacts): MixTrack | null {
  const role = cue.source.kind === 'ambience' ? 'ambience' : 'effect'
  const end = cue.isLooped ? clock.sampleAt(scope.to) : clock.end
  return trackOf(cue, role, clock.sampleAt(scope.from), end, 0, cue.volume, facts)
}

/** Music never outlasts what names it. */
function musicTrack(
  cue: Cue,
  scope: Scope,
  playedFrames: number,
  clock: Clock,
  facts: MixFacts,
): MixTrack | null {
  const loudness = cue.source.kind === 'file' ? factsOf(cue.source.file, facts).loudness : MUSIC_LUFS
  const level = loudness === null ? 1 : 10 ** ((MUSIC_LUFS - loudness) / 20)
  const played = clock.sampleAt(playedFrames)
  const gain = cue.volume * level
  return trackOf(cue, 'music', clock.sampleAt(scope.from), clock.sampleAt(scope.to), played, gain, facts)
}

function speechTracks(shot: Shot, clock: Clock, facts: MixFacts): MixTrack[] {
  const shotStart = clock.sampleAt(shot.start)
  return planSpeech(shot, facts.speech ?? '').flatMap(({ node, line }) => {
    const start = shotStart + samplesOf(line.startSeconds)
    const length = Math.min(samplesOf(line.seconds), clock.end - start)
    if (length <= 0) return []
    const cut = length < samplesOf(line.seconds) ? SOFT_CUT : 0
    return {
      role: 'speech' as const,
      source: { kind: 'speech' as const, node },
      ...{ start, length, from: 0, skip: 0, fadeIn: 0, fadeOut: Math.min(length, cut) },
      ...{ gain: 1, isLooped: false, underSpeech: UNDER_SPEECH.speech },
    }
  })
}

/** Null for what is over before it begins. `played` is what would have been heard already. */
function trackOf(
  cue: Cue,
  role: keyof typeof UNDER_SPEECH,
  scopeStart: number,
  end: number,
  played: number,
  gain: number,
  facts: MixFacts,
): MixTrack | null {
  const delay = Math.max(0, samplesOf(cue.startSeconds) - played)
  const heard = Math.max(0, played - samplesOf(cue.startSeconds))
  const start = scopeStart + delay
  const from = samplesOf(cue.fromSeconds)
  const own =
    cue.source.kind === 'file' ? factsOf(cue.source.file, facts).samples - from : Number.POSITIVE_INFINITY
  const natural = (cue.isLooped ? Number.POSITIVE_INFINITY : own) - (cue.isLooped ? 0 : heard)
  const asked = cue.seconds === null ? Number.POSITIVE_INFINITY : samplesOf(cue.seconds) - heard
  const length = Math.min(natural, asked, end - start)
  if (length <= 0 || own <= 0) return null
  const isCut = length < natural
  const fadeOut = Math.min(length, Math.max(samplesOf(cue.fadeOutSeconds), isCut ? SOFT_CUT : 0))
  return {
    role,
    source: cue.source,
    start,
    length,
    from,
    skip: Number.isFinite(own) ? heard % own : 0,
    fadeIn: Math.min(length, heard > 0 ? SOFT_CUT : samplesOf(cue.fadeInSeconds)),
    fadeOut,
    // Four digits are finer than anybody hears, and the same on every machine.
    gain: Math.round(gain * 10_000) / 10_000,
    isLooped: cue.isLooped,
    underSpeech: UNDER_SPEECH[role],
  }
}

function factsOf(file: string, { sounds }: MixFacts): SoundFacts {
  const found = sounds?.get(file)
  if (found === undefined) throw new Error(`no facts about the sound ${file}`)
  return found
}

function trackManifest(track: MixTrack, number: number, facts: MixFacts): Manifest {
  const { role, source, start, length, from, skip, fadeIn, fadeOut, gain, isLooped } = track
  const what = source.kind === 'file' ? basename(source.file) : source.kind === 'ambience' ? source.word : ''
  const name = `${number}. ${role} ${what}`.trim()
  return [
    [name, [start, length, from, skip, fadeIn, fadeOut, gain, isLooped]],
    ...(source.kind === 'file' ? [[`${name} digest`, factsOf(source.file, facts).digest] as const] : []),
    ...(source.kind === 'speech' ? [[`input ${name}`, source.node.key] as const] : []),
  ]
}
