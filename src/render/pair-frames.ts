// The frames between two pictures, in the way that they were judged.

import { blendInterpolator } from '../interpolation/blend-frames.js'
import { inMatchedLight } from '../interpolation/color-match.js'
import type { Verdict } from '../interpolation/gate.js'
import type { Frame, Interpolator } from '../interpolation/interpolator.js'
import { inbetweenTimes } from '../interpolation/times.js'

/**
 * `count` frames, evenly spread between `a` and `b`, as they are made; a yielded array may be used again for the next one.
 * `openModel` is called only for a morph.
 */
export async function* pairFrames(
  { motion, relit }: Pick<Verdict, 'motion' | 'relit'>,
  a: Frame,
  b: Frame,
  count: number,
  openModel: () => Promise<Interpolator>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const times = inbetweenTimes(count)
  const shown = async function* (pictureAt: (t: number) => Frame) {
    for (const t of times) {
      signal.throwIfAborted()
      yield pictureAt(t).data
    }
  }
  switch (motion) {
    case 'hold':
      yield* shown(() => a)
      return
    case 'cut':
      yield* shown((t) => (t <= 0.5 ? a : b))
      return
    case 'dissolve':
      yield* blendInterpolator.between(a, b, times, signal)
      return
    case 'morph': {
      const model = await openModel()
      yield* (relit ? inMatchedLight(model) : model).between(a, b, times, signal)
    }
  }
}
