// What shots show: a card, a picture file, or keyframes to diffuse.

import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic } from '../diagnostic/make.js'
import type { Located, Script, ShotContent } from '../script/types.js'
import { agesBetween } from './ages-between.js'
import type { CastTable } from './cast.js'
import { diffusionOf } from './diffusion.js'
import { type PromptComposer, promptComposer } from './prompt-composer.js'
import { BUILT_IN, type ResolvedShot } from './settings.js'
import { talkersIn } from './speech.js'
import { keyframeFrames } from './timeline.js'
import type { Line, PromptBlend, Take, Waypoint } from './types.js'
import { keyframesOn } from './walk.js'

/** Of all walks of a film together. */
const MAX_KEYFRAMES = 50_000

/** `lines` are what is said in the shot, `frames` is how long it is. */
export type TakeReader = (shot: ResolvedShot, lines: readonly Line[], frames: number) => Take

/** Reads the takes of one film, in its order; `source` is the text of the script. */
export function takeReader(
  script: Script,
  table: CastTable,
  source: string,
  diagnostics: Diagnostic[],
): TakeReader {
  const compose = promptComposer(script, table, source, diagnostics)
  const fps = script.fps?.value ?? BUILT_IN.fps
  let walked = 0
  /** Frames of a walk's keyframes: none from the walk on that is too much for one film. */
  const framesOfWalk = ({ settings }: ResolvedShot, frames: number, span: Span): number[] => {
    const at = keyframeFrames(frames, settings.keyframes?.value ?? BUILT_IN.keyframesSeconds, fps)
    const before = walked
    walked += at.length
    if (walked <= MAX_KEYFRAMES) return at
    if (before <= MAX_KEYFRAMES) diagnostics.push(tooManyKeyframes(span))
    return []
  }
  return (shot, lines, frames) => {
    const { content } = shot.shot
    if (content.kind === 'card') return { kind: 'card', text: content.text.value }
    if (content.kind === 'image' && content.prompt === null)
      return { kind: 'image', file: content.file.value }
    const diffused = {
      kind: 'diffused',
      diffusion: diffusionOf(shot, table, source, diagnostics),
      motion: shot.settings.motion?.value ?? null,
    } as const
    if (content.kind === 'walk') {
      const waypoints = waypointsOf(content, shot, compose, table)
      const at = framesOfWalk(shot, frames, content.prompts[0]!.span)
      return { ...diffused, waypoints, keyframes: keyframesOn(waypoints, at) }
    }
    const talking = content.kind === 'prompt' ? talkingIn(content.prompt, shot, lines, compose, table) : []
    return {
      ...diffused,
      waypoints: null,
      keyframes: [{ frame: 0, prompt: compose(content.prompt!, shot), seed: shot.seed, towards: null }],
      ...(talking.length > 0 && { talking }),
    }
  }
}

/** Those of the script, and the ages between them. */
function waypointsOf(
  { prompts, seeds: own }: Extract<ShotContent, { kind: 'walk' }>,
  shot: ResolvedShot,
  compose: PromptComposer,
  table: CastTable,
): Waypoint[] {
  const seeds = own.map((seed) => seed?.value ?? shot.seed)
  return prompts.flatMap((prompt, i): Waypoint[] => {
    const next = prompts[i + 1]
    const isHeld = seeds[i] === seeds[i + 1]
    const between = next && isHeld ? agesBetween(prompt.value, next.value, table) : []
    const passed = [prompt, ...between.map((value) => ({ ...prompt, value }))]
    return passed.map((words) => ({ prompt: compose(words, shot), seed: seeds[i]! }))
  })
}

/** The prompts of those who are seen to speak, with open mouths. */
function talkingIn(
  prompt: Located<string>,
  shot: ResolvedShot,
  lines: readonly Line[],
  compose: PromptComposer,
  table: CastTable,
): { speaker: string; prompt: PromptBlend }[] {
  if (shot.settings.lips?.value === false) return []
  return talkersIn(prompt, lines, table).map((speaker) => ({
    speaker,
    prompt: compose(prompt, shot, speaker),
  }))
}

const tooManyKeyframes = (span: Span): Diagnostic =>
  makeDiagnostic(
    'walk/too-many-keyframes',
    `the walks of this film have more than ${MAX_KEYFRAMES} keyframes`,
    span,
    { hints: ['give `keyframes` a longer distance, or make the walks shorter'] },
  )
