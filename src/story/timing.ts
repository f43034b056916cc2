// When shots are seen: how long each is, how the film goes over into it, and which of its frames it has.

import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import type { LineIndex } from '../diagnostic/line-index.js'
import { makeDiagnostic } from '../diagnostic/make.js'
import { MAX_SECONDS } from '../script/duration.js'
import type { FrameRate, Script } from '../script/types.js'
import { BUILT_IN, type ResolvedShot } from './settings.js'
import { type Speaking, withSpeech } from './speech.js'
import { framesOf, isUnderOneFrame, shotFrames } from './timeline.js'
import { overlapOf, overlapWanted, resolveTransitions } from './transitions.js'
import type { Line, Shot, ShotTransition } from './types.js'

/** `start` is the first frame in the film. */
export type Timing = { start: number; frames: number; transition: ShotTransition }

/** Of each shot, given what is said in it; `lines` is the index of the script's text. */
export function timeShots(
  script: Script,
  shots: readonly ResolvedShot[],
  said: readonly (readonly Line[])[],
  fps: FrameRate,
  lines: LineIndex,
  diagnostics: Diagnostic[],
): Timing[] {
  const speaking = shots.map(({ settings, shot }, i): Speaking => {
    const duration = settings.duration?.value ?? { seconds: BUILT_IN.durationSeconds }
    if (isUnderOneFrame(duration, fps))
      diagnostics.push(tooShort(settings.duration?.span ?? firstLine(shot.span, lines), fps))
    const isOwn = shot.settings.duration !== null
    const overlap = i === 0 ? 0 : overlapWanted({ written: settings.transition }, fps)
    return { duration, isOwn, overlap, lines: said[i]! }
  })
  const frames = shotFrames(withSpeech(speaking, fps), fps)
  const transitions = resolveTransitions(
    shots.map(({ shot, settings: { transition: written } }, i) => ({
      written,
      isOwn: written !== null && written !== script.settings.transition,
      shotSpan: firstLine(shot.span, lines),
      frames: frames[i]!,
    })),
    fps,
  )
  diagnostics.push(...transitions.diagnostics)
  let end = 0
  return transitions.value.map((transition, i) => {
    const start = end - overlapOf(transition)
    end = start + frames[i]!
    return { start, frames: frames[i]!, transition }
  })
}

/** `frames` is the film's length; one that is too long is told at the first shot beyond. */
export function checkLength(
  shots: readonly Pick<Shot, 'start' | 'frames' | 'span'>[],
  frames: number,
  fps: FrameRate,
  lines: LineIndex,
  diagnostics: Diagnostic[],
): void {
  const limit = framesOf({ seconds: MAX_SECONDS }, fps)
  if (frames <= limit) return
  const over = shots.find((shot) => shot.start + shot.frames > limit)
  diagnostics.push(
    makeDiagnostic(
      'script/too-long',
      'the film is longer than 10 hours from here on',
      over ? firstLine(over.span, lines) : null,
      { hints: ['make it shorter, or several films'] },
    ),
  )
}

const tooShort = (span: Span, fps: FrameRate): Diagnostic =>
  makeDiagnostic('shot/too-short', 'the shot is shorter than one frame', span, {
    hints: [`a frame of this film takes ${Math.ceil((1000 * fps.den) / fps.num)} ms`],
  })

/** A shot of many lines is shown by its first one. */
function firstLine(span: Span, lines: LineIndex): Span {
  const line = lines.lineAt(span.start)
  return { ...span, end: Math.min(span.end, lines.lineStart(line) + lines.lineText(line).length) }
}
