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

/** Half the size (even, as video needs it), and marked as a draft: the same seeds, so the same composition. */
export function draftOf(storyboard: Storyboard): Storyboard {
  const half = (n: number) => Math.max(16, Math.round(n / 4) * 2)
  const { width, height } = storyboard.size
  return { ...storyboard, isDraft: true, size: { width: half(width), height: half(height) } }
}
