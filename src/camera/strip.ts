// Slides and whip pans: pictures stand side by side on a strip, and the view travels along it. What a shutter would smear
// is smeared: each pixel is the mean of what passes it while the shutter is open, from running sums, so that a wide blur costs
// no more than a narrow one, and fractions of a pixel are exact.

import type { Side } from '../story/types.js'
import { eased } from './ease.js'
import type { Size } from './move.js'

/** A picture on the strip, perhaps mirrored. */
type Panel = { isAfter: boolean; isMirrored: boolean }

const BEFORE: Panel = { isAfter: false, isMirrored: false }
const AFTER: Panel = { isAfter: true, isMirrored: false }

/** Open for half of a frame, as film cameras are. */
const SLIDE_SHUTTER = 0.5
/** Open all the time: streaks without gaps. */
const WHIP_SHUTTER = 1

/** Both pictures move towards `side`, the next one after the one before, starting and ending at rest. */
export const createSlide = (side: Side, size: Size, frames: number) =>
  createStrip([BEFORE, AFTER], side, size, SLIDE_SHUTTER / (frames + 1))

/**
 * The camera is torn to the `side`. What it sees on its way is either picture mirrored, so that nothing but the middle of the
 * way, where all is streaks, has a seam.
 */
export const createWhip = (side: 'left' | 'right', size: Size, frames: number) =>
  createStrip(
    [BEFORE, { ...BEFORE, isMirrored: true }, { ...AFTER, isMirrored: true }, AFTER],
    side === 'right' ? 'left' : 'right',
    size,
    WHIP_SHUTTER / (frames + 1),
  )

/** `shutter` is how long it is open, in the transition's own time (0 to 1). `out` must be neither of the pictures. */
function createStrip(panels: readonly Panel[], towards: Side, { width, height }: Size, shutter: number) {
  const isUpright = towards === 'up' || towards === 'down'
  const isBackwards = towards === 'right' || towards === 'down'
  const order = isBackwards ? panels.toReversed() : panels
  const length = isUpright ? height : width
  const lines = isUpright ? width : height
  const step = isUpright ? width * 3 : 3
  const lineStep = isUpright ? 3 : width * 3
  const way = (panels.length - 1) * length
  const samples = new Uint8Array(length * panels.length)
  const sums = new Int32Array(samples.length + 1)
  return (before: Uint8Array, after: Uint8Array, t: number, out: Uint8Array): void => {
    const along = eased('in-out', t)
    const start = way * (isBackwards ? 1 - along : along)
    const blur = Math.max(
      1,
      way * Math.abs(eased('in-out', t + shutter / 2) - eased('in-out', t - shutter / 2)),
    )
    const integral = (at: number) => {
      const inside = Math.min(samples.length, Math.max(0, at))
      const whole = Math.min(samples.length - 1, Math.floor(inside))
      // Beyond the strip's ends its last samples go on.
      return sums[whole]! + (inside - whole) * samples[whole]! + (at - inside) * samples[whole]!
    }
    for (let line = 0; line < lines; line++) {
      for (let channel = 0; channel < 3; channel++) {
        const first = line * lineStep + channel
        for (const [i, { isAfter, isMirrored }] of order.entries()) {
          const picture = isAfter ? after : before
          const to = i * length
          for (let n = 0; n < length; n++)
            samples[to + n] = picture[first + (isMirrored ? length - 1 - n : n) * step]!
        }
        for (let n = 0; n < samples.length; n++) sums[n + 1] = sums[n]! + samples[n]!
        for (let n = 0; n < length; n++) {
          const from = start + n + 0.5 - blur / 2
          out[first + n * step] = Math.round((integral(from + blur) - integral(from)) / blur)
        }
      }
    }
  }
}
