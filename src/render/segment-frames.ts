// The frames of a segment as the film shows them: the views of its takes, and the transitions between them.

import { setCaption } from '../camera/caption.js'
import { createMixer } from '../camera/mixer.js'
import { fade } from '../camera/transition.js'
import type { InbetweenNode, SegmentNode } from '../graph/node.js'
import { overlapOf } from '../story/transitions.js'
import type { Sources } from './sources.js'
import { openView, type Upscale } from './take-view.js'

/** Yields RGB frames of the film's size; the buffer is used again for the next one. */
export async function* segmentFrames(
  node: SegmentNode,
  sources: Sources,
  upscale: Upscale,
): AsyncGenerator<Uint8Array> {
  const out = new Uint8Array(node.size.width * node.size.height * 3)
  const captions = await openCaptions(node)
  let frame = 0
  for await (const shown of pictureFrames(node, sources, upscale, out)) {
    const toColor = fadeAt(node, frame)
    if ((captions || toColor) && shown !== out) out.set(shown)
    captions?.draw(out, frame)
    if (toColor) fade(out, toColor.color, toColor.amount, out)
    yield captions || toColor ? out : shown
    frame++
  }
}

/**
 * Captions stay where they are while pictures move, and two are never seen at once: in an overlap the one before is gone when
 * the next one comes. One that goes on with the same words stays.
 */
async function openCaptions({ captions: { own, before }, into, size }: SegmentNode) {
  if (own === null && before === null) return null
  const shown = own === null ? null : await setCaption(own, size)
  const earlier = before === null || before === own ? null : await setCaption(before, size)
  const overlap = overlapOf(into)
  return {
    draw(frame: Uint8Array, at: number): void {
      const along = at < overlap ? (at + 1) / (overlap + 1) : 1
      earlier?.draw(frame, Math.max(0, 1 - 2 * along))
      shown?.draw(frame, before === own ? 1 : Math.max(0, 2 * along - 1))
    },
  }
}

/** May write to `out`, and yields it or other frames, which are not to be written to. */
async function* pictureFrames(
  { take, tail, across, into, frames, size, fps }: SegmentNode,
  sources: Sources,
  upscale: Upscale,
  out: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const main = openView(take, { size, fps }, sources, upscale)
  const before = tail ? openView(tail, { size, fps }, sources, upscale) : null
  try {
    let frame = 0
    if (across) {
      yield* framesAcross(across, sources)
      frame = across.count
    } else if (before && into.kind !== 'cut' && into.kind !== 'fade') {
      const mix = createMixer(into, size)
      for (; frame < into.frames; frame++) {
        const going = await before.at(tail!.frames - into.frames + frame)
        mix(going, await main.at(frame), (frame + 1) / (into.frames + 1), out)
        yield out
      }
    }
    for (; frame < frames; frame++) yield await main.at(frame)
  } finally {
    await main.close()
    await before?.close()
  }
}

async function* framesAcross(node: InbetweenNode, sources: Sources): AsyncGenerator<Uint8Array> {
  const run = await sources.frames(node)
  try {
    yield* run
  } finally {
    await run.close()
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
