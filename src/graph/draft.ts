// How a draft is painted.

const ENOUGH = 4

/**
 * Steps of a draft: a third, in which composition and colours settle, but never below 4, under which models that are not
 * made for it draw mud. Models with that few steps keep theirs.
 */
export const draftSteps = (steps: number): number => Math.min(steps, Math.max(ENOUGH, Math.ceil(steps / 3)))
