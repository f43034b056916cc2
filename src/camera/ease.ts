// How a move goes on in time.

import type { Camera } from '../story/types.js'

/**
 * How much of a move is done at time `t`, which is clamped to [0, 1]. `in` starts at rest (t²), `out` ends at rest, `in-out`
 * does both (3t² - 2t³): a cut never meets a picture that jerks into motion.
 */
export function eased(ease: Camera['ease'], t: number): number {
  const clamped = Math.min(1, Math.max(0, t))
  switch (ease) {
    case 'linear':
      return clamped
    case 'in':
      return clamped * clamped
    case 'out':
      return clamped * (2 - clamped)
    case 'in-out':
      return clamped * clamped * (3 - 2 * clamped)
  }
}
