import type { ShotTransition } from '../story/types.js'
import type { Size } from './move.js'
import { createSlide, createWhip } from './strip.js'
import { dissolve } from './transition.js'
import { createIris, createWipe } from './wipe.js'

/** Shows two RGB frames of one size as one: `t` 0 is `before` and 1 `after`, exactly but for what blurs. `out` is neither. */
export type Mixer = (before: Uint8Array, after: Uint8Array, t: number, out: Uint8Array) => void

/** How a transition shows the frames in which its two shots overlap. Holds buffers of a line or two, no frames. */
export function createMixer(into: Exclude<ShotTransition, { kind: 'cut' | 'fade' }>, size: Size): Mixer {
  switch (into.kind) {
    case 'dissolve':
    case 'match cut':
    case 'morph':
      return dissolve
    case 'wipe':
      return createWipe(into.direction, size)
    case 'iris':
      return createIris(into.direction, size)
    case 'slide':
      return createSlide(into.direction, size, into.frames)
    case 'whip pan':
      return createWhip(into.direction, size, into.frames)
  }
}
