// The frames of a segment as the film shows them: source picture → upscaler → camera → transitions.

import { createFramer } from '../camera/framer.js'
import { viewAt } from '../camera/move.js'
import { dissolve, fade } from '../camera/transition.js'
import type { SegmentNode, TakeView } from '../graph/node.js'
import type { Picture } from '../image/picture.js'
import type { Sources } from './sources.js'
import { type Finish, openTake } from './take-reader.js'

/** Enlarges a picture with a model's upscaler. */
export type Upscale = (model: string, picture: Picture) => Promise<Picture>

/** Yields RGB frames of the film's size; the buffer is used again for the next one. */
export async function* segmentFrames(
  node: SegmentNode,
  sources: Sources,
  upscale: Upscale,
): AsyncGenerator<Uint8Array> {
  const out = new Uint8Array(node.size.width * node.size.height * 3)
  const open = (take: TakeView) => {
    const model = take.upscaler?.model
    const finish = model === undefined ? null : (picture: Picture) => upscale(model, picture)
    return openView(take, node, sources, finish)
  }
  const main = open(node.take)
  const tail = node.tail ? open(node.tail) : null
  try {
    for (let frame = 0; frame < node.frames; frame++) {
      const shown = await main.at(frame)
      const toColor = fadeAt(node, frame)
      if (tail && node.into.kind === 'dissolve' && frame < node.into.frames) {
        const before = await tail.at(node.tail!.frames - node.into.frames + frame)
        dissolve(before, shown, (frame + 1) / (node.into.frames + 1), out)
        if (toColor) fade(out, toColor.color, toColor.amount, out)
        yield out
      } else if (toColor) {
        fade(shown, toColor.color, toColor.amount, out)
        yield out
      } else {
        yield shown
      }
    }
  } finally {
    await main.close()
    await tail?.close()
  }
}

type View = { at(frame: number): Promise<Uint8Array>; close(): Promise<void> }

function openView(take: TakeView, { size, fps }: SegmentNode, sources: Sources, finish: Finish | null): View {
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

/** How much of a fade's colour a frame has. A fade of n frames has floor(n/2) before the cut and the rest after. */
export function fadeAt(node: SegmentNode, frame: number): { color: number; amount: number } | null {
  if (node.into.kind === 'fade') {
    const after = node.into.frames - Math.floor(node.into.frames / 2)
    if (frame < after) return { color: node.into.color, amount: 1 - (frame + 0.5) / after }
  }
  if (node.outOf.kind === 'fade') {
    const before = Math.floor(node.outOf.frames / 2)
    const left = node.frames - frame
    if (left <= before) return { color: node.outOf.color, amount: 1 - (left - 0.5) / before }
  }
  return null
}
