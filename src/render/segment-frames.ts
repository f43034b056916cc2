// The frames of a segment as the film shows them: the views of its takes, and the transitions between them.

import { createMixer } from '../camera/mixer.js'
import { fade } from '../camera/transition.js'
import type { InbetweenNode, SegmentNode } from '../graph/node.js'
import type { Sources } from './sources.js'
import { openView, type Upscale } from './take-view.js'

/** Yields RGB frames of the film's size; the buffer is used again for the next one. */
export async function* segmentFrames(
  node: SegmentNode,
  sources: Sources,
  upscale: Upscale,
): AsyncGenerator<Uint8Array> {
  const out = new Uint8Array(node.size.width * node.size.height * 3)
  let frame = 0
  for await (const shown of unfadedFrames(node, sources, upscale, out)) {
    const toColor = fadeAt(node, frame++)
    if (toColor) fade(shown, toColor.color, toColor.amount, out)
    yield toColor ? out : shown
  }
}

/** May write to `out`, and yields it or other frames, which are not to be written to. */
async function* unfadedFrames(
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
