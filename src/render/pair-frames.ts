// The frames between two pictures, in the way that they were judged.

import { blendInterpolator } from '../interpolation/blend-frames.js'
import { lightMatched, type Verdict } from '../interpolation/gate.js'
import type { Frame, Interpolator } from '../interpolation/interpolator.js'
import { inbetweenTimes } from '../interpolation/times.js'

/**
 * `count` frames, evenly spread between `a` and `b`, as they are made; a yielded array may be used again for the next one.
 * `openModel` is called only for a morph; `middle` is what it made half way, if it was asked.
 */
export async function* pairFrames(
  verdict: Pick<Verdict, 'motion' | 'relit'>,
  a: Frame,
  b: Frame,
  count: number,
  openModel: () => Promise<Interpolator>,
  middle: Uint8Array | null,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const times = inbetweenTimes(count)
  const shown = async function* (pictureAt: (t: number) => Frame) {
    for (const t of times) {
      signal.throwIfAborted()
      yield pictureAt(t).data
    }
  }
  switch (verdict.motion) {
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
      if (count === 1 && middle !== null) yield middle
      else yield* lightMatched(await openModel(), verdict).between(a, b, times, signal)
    }
  }
}
