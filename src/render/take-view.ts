// A take as the film shows it: source picture → upscaler → camera.

import { createFramer } from '../camera/framer.js'
import { viewAt } from '../camera/move.js'
import type { SegmentNode, TakeView } from '../graph/node.js'
import type { Picture } from '../image/picture.js'
import type { Sources } from './sources.js'
import { openTake } from './take-reader.js'

/** Enlarges a picture with a model's upscaler. */
export type Upscale = (model: string, picture: Picture) => Promise<Picture>

/** What a view needs to know of its film. */
export type Film = Pick<SegmentNode, 'size' | 'fps'>

export type View = {
  /** The RGB frame of a local frame, to be asked for in rising order. Valid, and not to be written to, until the next call. */
  at(frame: number): Promise<Uint8Array>
  close(): Promise<void>
}

export function openView(take: TakeView, { size, fps }: Film, sources: Sources, upscale: Upscale): View {
  const model = take.upscaler?.model
  const finish = model === undefined ? null : (picture: Picture) => upscale(model, picture)
  const reader = openTake(take, sources, finish)
  const framer = createFramer(size)
  const seen = new Uint8Array(size.width * size.height * 3)
  let last: { picture: Picture; view: string } | null = null
  return {
    async at(frame) {
      const picture = await reader.at(frame)
      const t = take.frames > 1 ? frame / (take.frames - 1) : 0
      const moment = { t, seconds: (frame * fps.den) / fps.num }
      const view = viewAt(take.camera, take.camera.seed, moment, picture, size)
      const same = JSON.stringify(view)
      // A held picture under a still camera is resampled once, however long it is seen.
      if (last?.picture === picture && last.view === same) return seen
      framer.render(picture, view, seen)
      last = { picture, view: same }
      return seen
    },
    close: () => reader.close(),
  }
}
