// How a draft is painted.

import type { Storyboard } from '../story/types.js'

const ENOUGH = 4

/**
 * Steps of a draft: a third, in which composition and colours settle, but never below 4, under which models that are not
 * made for it draw mud. Of a picture that is painted from,
 * `strength` of them are taken, and one at least must be. Models with that few steps keep theirs.
 */
export function draftSteps(steps: number, strength = 1): number {
  const some = Math.max(ENOUGH, Math.ceil(steps / 3), Math.ceil(1 / strength))
  return Math.min(steps, some)
}

/** Pictures a second of a draft, about. */
const DRAFT_RATE = 6

/** For how many frames each picture of a film is held: all frames are there, so all times hold. 1 but in drafts. */
export const holdsOf = ({ isDraft, fps }: Pick<Storyboard, 'isDraft' | 'fps'>): number =>
  isDraft ? Math.max(1, Math.round(fps.num / fps.den / DRAFT_RATE)) : 1

/** In-betweens that are made for `count` frames, of which each is held: as many as are seen, and one at least. */
export const heldInbetweens = (count: number, holds: number): number =>
  Math.max(1, Math.round((count + 1) / holds) - 1)

/** A third of the size (even, as video needs it), and marked as a draft: the same seeds, so the same composition. */
export function draftOf(storyboard: Storyboard): Storyboard {
  const third = (n: number) => Math.max(16, Math.round(n / 6) * 2)
  const { width, height } = storyboard.size
  return { ...storyboard, isDraft: true, size: { width: third(width), height: third(height) } }
}
