// Transitions in frames, checked against the shots that they take frames from.

import type { Checked, Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic } from '../diagnostic/make.js'
import type { FrameRate, Located, Transition, TransitionKind } from '../script/types.js'
import { framesOf } from './timeline.js'
import type { ShotTransition } from './types.js'

const DEFAULT_SECONDS = 1
/** What happens at once to the eye, or strains the in-betweens. */
const QUICK_SECONDS = 0.5
const QUICK: readonly TransitionKind[] = ['whip pan', 'match cut', 'morph']
const BLACK = 0x000000

/** A shot's transition as written; `isOwn` when the shot or its scene says it, not the film as a whole. */
export type Into = { written: Located<Transition> | null; isOwn: boolean; shotSpan: Span; frames: number }

/** The transitions into shots; one that does not fit is an error, and a cut in the value. */
export function resolveTransitions(shots: readonly Into[], fps: FrameRate): Checked<ShotTransition[]> {
  const diagnostics: Diagnostic[] = []
  const value = shots.map((shot, i) =>
    i === 0 ? firstTransition(shot, fps, diagnostics) : transitionOf(shot, fps),
  )
  shots.forEach((shot, i) => {
    const into = value[i]!
    const inside = framesAfter(into)
    const before = shots[i - 1]
    if (inside >= shot.frames && into.kind !== 'cut') {
      diagnostics.push(tooLong(shot, shot, inside))
      value[i] = { kind: 'cut' }
    } else if (before && into.kind !== 'cut') {
      const outside = framesBefore(into)
      if (outside + framesAfter(value[i - 1]!) > before.frames || outside >= before.frames) {
        diagnostics.push(tooLong(shot, before, outside + framesAfter(value[i - 1]!)))
        value[i] = { kind: 'cut' }
      }
    }
  })
  return { value, diagnostics }
}

/** Frames that a shot shares with the one before. */
export const overlapOf = (into: ShotTransition): number =>
  into.kind === 'cut' || into.kind === 'fade' ? 0 : into.frames

/** The same of a transition as it is written, before it is looked at whether it fits. */
export const overlapWanted = (into: Pick<Into, 'written'>, fps: FrameRate): number =>
  overlapOf(transitionOf(into, fps))

/** Frames of the shot itself that a transition into it takes. */
const framesAfter = (into: ShotTransition): number =>
  into.kind === 'fade' ? into.frames - Math.floor(into.frames / 2) : overlapOf(into)

/** Frames of the shot before that it takes. */
const framesBefore = (into: ShotTransition): number =>
  into.kind === 'fade' ? Math.floor(into.frames / 2) : overlapOf(into)

function transitionOf({ written }: Pick<Into, 'written'>, fps: FrameRate): ShotTransition {
  if (written === null || written.value.kind === 'cut') return { kind: 'cut' }
  const { kind, duration, color, direction } = written.value
  const frames = framesOf(
    duration ?? { seconds: QUICK.includes(kind) ? QUICK_SECONDS : DEFAULT_SECONDS },
    fps,
  )
  if (kind === 'fade') return { kind, frames, color: color ?? BLACK }
  return (direction === null ? { kind, frames } : { kind, frames, direction }) as ShotTransition
}

/** Nothing is before the first shot: only the second half of a fade is seen, so it is made twice as long. */
function firstTransition(shot: Into, fps: FrameRate, diagnostics: Diagnostic[]): ShotTransition {
  const into = transitionOf(shot, fps)
  if (into.kind === 'cut' || !shot.isOwn) return { kind: 'cut' }
  if (into.kind !== 'fade')
    diagnostics.push(
      makeDiagnostic(
        'transition/first',
        'nothing is before the first shot, so it fades in from black',
        shot.written!.span,
        {
          hints: ['write `fade black` to say so'],
          fix: { span: shot.written!.span, text: 'fade black' },
        },
      ),
    )
  return { kind: 'fade', frames: into.frames * 2, color: into.kind === 'fade' ? into.color : BLACK }
}

function tooLong(into: Into, shot: Into, needed: number): Diagnostic {
  const written = into.written!
  const which = into === shot ? 'this shot' : 'the shot before'
  const span = into.isOwn ? written.span : into.shotSpan
  const other = into.isOwn
    ? { message: 'the shot is here', span: shot.shotSpan }
    : { message: 'the transition is set here', span: written.span }
  return makeDiagnostic(
    'transition/too-long',
    `the transitions take ${needed} of the ${shot.frames} frames of ${which}, which leaves too few`,
    span,
    { notes: [other], hints: ['make the transition shorter or the shot longer'] },
  )
}
