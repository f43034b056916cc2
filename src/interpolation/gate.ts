// Whether two pictures are morphed at all. What a model makes of pictures that have nothing to do with one another is
// a ghost; what it makes of two equal ones is work for nothing.

import { inMatchedLight, lightChanges } from './color-match.js'
import { keptDetail } from './detail.js'
import type { Frame, Interpolator } from './interpolator.js'
import { greatestDifference, movedLikeness, relitLikeness } from './similarity.js'

/** From one picture to the next: the first stays, a cross-fade, an interpolation model, a switch half way. */
export type Motion = 'hold' | 'dissolve' | 'morph' | 'cut'

export type Verdict = {
  motion: Motion
  why: 'asked' | 'nearly equal' | 'alike' | 'too different' | 'ghosts' | 'no model'
  /** 0 to 1: how much of either picture is found again in the other. Null where nobody looked. */
  likeness: number | null
  /** Of the model's picture half way, as a share of what a cross-fade has. Null where none was made. */
  detail: number | null
  /** Whether a morph goes through matched colours. */
  relit: boolean
}

/**
 * Below it two pictures dissolve. Chosen by looking at 118 pairs that storybook painted at 320 × 192: with one figure that
 * moves, grows older or becomes another one in the same place, all have 0.77 and more; of 29 changes of light and weather
 * 27 have 0.70 and more (the two others are streets whose windows light up); of 27 changes of place 23 have less (the
 * four others keep figure and sky).
 */
export const LEAST_LIKENESS = 0.7

/** From it on a model is trusted without a look at what it makes. In real clips it holds of nearly all neighbours. */
const CLEAR_LIKENESS = 0.95

/**
 * A picture half way that keeps less detail than this is a ghost. Chosen by looking at the morphs of 60 pairs that storybook
 * painted: torn ones (a figure that crosses the picture, or comes from a wide shot into a close-up) have less, clean ones
 * more, but for a few that hardly differ from a cross-fade (docs/in-betweens.md).
 */
export const LEAST_DETAIL = 0.9

/** Up to it, in 8-bit levels, nobody sees one picture go over into the other at once. */
const GREATEST_UNSEEN = 2.5

/**
 * Judges two frames of one size; `asked` wins over what they look like. Without a model (`hasModel`) a morph is a
 * cross-fade.
 */
export function judgePair(
  a: Frame,
  b: Frame,
  { asked, hasModel }: { asked: Motion | null; hasModel: boolean },
): Verdict {
  const verdict = (motion: Motion, why: Verdict['why'], likeness: number | null = null): Verdict => ({
    motion,
    why,
    likeness,
    detail: null,
    relit: motion === 'morph' && lightChanges(a, b),
  })
  if (asked !== null && asked !== 'morph') return verdict(asked, 'asked')
  if (asked === null && greatestDifference(a, b) <= GREATEST_UNSEEN) return verdict('hold', 'nearly equal')
  const likeness = likenessOf(a, b)
  if (asked === null && likeness < LEAST_LIKENESS) return verdict('dissolve', 'too different', likeness)
  if (!hasModel) return verdict('dissolve', 'no model', likeness)
  return verdict('morph', asked === null ? 'alike' : 'asked', likeness)
}

/**
 * Puts a morph that is in doubt to the test, with the model's own picture half way, which is handed on: null where none was
 * made. Rejects as the interpolator does.
 */
export async function testMorph(
  verdict: Verdict,
  a: Frame,
  b: Frame,
  openModel: () => Promise<Interpolator>,
  signal: AbortSignal,
): Promise<{ verdict: Verdict; middle: Uint8Array | null }> {
  if (verdict.why !== 'alike' || verdict.likeness! >= CLEAR_LIKENESS) return { verdict, middle: null }
  const middle = await halfWay(lightMatched(await openModel(), verdict), a, b, signal)
  const detail = keptDetail(a, b, middle)
  if (detail >= LEAST_DETAIL) return { verdict: { ...verdict, detail }, middle }
  return { verdict: { ...verdict, motion: 'dissolve', why: 'ghosts', detail, relit: false }, middle: null }
}

/** The interpolator that a morph is made with. */
export const lightMatched = (model: Interpolator, { relit }: Pick<Verdict, 'relit'>): Interpolator =>
  relit ? inMatchedLight(model) : model

async function halfWay(model: Interpolator, a: Frame, b: Frame, signal: AbortSignal): Promise<Uint8Array> {
  for await (const middle of model.between(a, b, [0.5], signal)) return middle.slice()
  throw new Error('an interpolator made no frame')
}

/** What has moved is found elsewhere; what has another light is found by its colours. */
function likenessOf(a: Frame, b: Frame): number {
  const moved = movedLikeness(a, b)
  return moved >= LEAST_LIKENESS ? moved : Math.max(moved, relitLikeness(a, b))
}
