// Whether two pictures are morphed at all. What a model makes of pictures that have nothing to do with one another is
// a ghost; what it makes of two equal ones is work for nothing.

import { lightChanges } from './color-match.js'
import type { Frame } from './interpolator.js'
import { greatestDifference, movedLikeness, relitLikeness } from './similarity.js'

/** From one picture to the next: the first stays, a cross-fade, an interpolation model, a switch half way. */
export type Motion = 'hold' | 'dissolve' | 'morph' | 'cut'

export type Verdict = {
  motion: Motion
  why: 'asked' | 'nearly equal' | 'alike' | 'too different' | 'no model'
  /** 0 to 1: how much of either picture is found again in the other. Null where nobody looked. */
  likeness: number | null
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
    relit: motion === 'morph' && lightChanges(a, b),
  })
  if (asked !== null && asked !== 'morph') return verdict(asked, 'asked')
  if (asked === null && greatestDifference(a, b) <= GREATEST_UNSEEN) return verdict('hold', 'nearly equal')
  const likeness = likenessOf(a, b)
  if (asked === null && likeness < LEAST_LIKENESS) return verdict('dissolve', 'too different', likeness)
  if (!hasModel) return verdict('dissolve', 'no model', likeness)
  return verdict('morph', asked === null ? 'alike' : 'asked', likeness)
}

/** What has moved is found elsewhere; what has another light is found by its colours. */
function likenessOf(a: Frame, b: Frame): number {
  const moved = movedLikeness(a, b)
  return moved >= LEAST_LIKENESS ? moved : Math.max(moved, relitLikeness(a, b))
}
