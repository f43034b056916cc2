// The frames of a segment as the film shows them: the views of its takes, and the transitions between them.

import { setCaption } from '../camera/caption.js'
import { createMixer } from '../camera/mixer.js'
import { fade } from '../camera/transition.js'
import type { InbetweenNode, SegmentNode, TakeView } from '../graph/node.js'
import { overlapOf } from '../story/transitions.js'
import type { ShotTransition } from '../story/types.js'
import type { Sources } from './sources.js'
import { openTake } from './take-reader.js'
import { type Film, openView, type Upscale, type View } from './take-view.js'

/** Yields RGB frames of the film's size; the buffer is used again for the next one. */
export async function* segmentFrames(
  node: SegmentNode,
  sources: Sources,
  upscale: Upscale,
): AsyncGenerator<Uint8Array> {
  const out = new Uint8Array(node.size.width * node.size.height * 3)
  const captions = await openCaptions(node)
  let frame = 0
  for await (const shown of pictureFrames(node, sources, upscale)) {
    const toColor = fadeAt(node, frame)
    if (captions || toColor) out.set(shown)
    captions?.draw(out, frame)
    if (toColor) fade(out, toColor.color, toColor.amount, out)
    yield captions || toColor ? out : shown
    frame++
  }
}

/**
 * Captions stay where they are while pictures move, and two are never seen at once: in an overlap the one before is gone when
 * the next one comes. One that goes on with the same words stays. While a subtitle is seen, no caption is.
 */
async function openCaptions({ captions: { own, before }, texts, into, size }: SegmentNode) {
  if (own === null && before === null && texts.length === 0) return null
  const shown = own === null ? null : await setCaption(own, size)
  const earlier = before === null || before === own ? null : await setCaption(before, size)
  const subtitles = await Promise.all(
    texts.map(async ({ from, to, text }) => ({ from, to, set: await setCaption(text, size) })),
  )
  const overlap = overlapOf(into)
  return {
    draw(frame: Uint8Array, at: number): void {
      const said = subtitles.find(({ from, to }) => at >= from && at < to)
      if (said) {
        said.set?.draw(frame, 1)
        return
      }
      const along = at < overlap ? (at + 1) / (overlap + 1) : 1
      earlier?.draw(frame, Math.max(0, 1 - 2 * along))
      shown?.draw(frame, before === own ? 1 : Math.max(0, 2 * along - 1))
    },
  }
}

/** Yields frames that are not to be written to: each is shown for `every` frames. */
async function* pictureFrames(
  { take, tail, across, into, frames, size, fps, every }: SegmentNode,
  sources: Sources,
  upscale: Upscale,
): AsyncGenerator<Uint8Array> {
  const film = { size, fps }
  const main = openView(take, film, sources, upscale)
  const overlap = across
    ? openRun(across, overlapOf(into), sources)
    : tail && openOverlap(main, openView(tail, film, sources, upscale), tail, into, film)
  try {
    let shown: Uint8Array | null = null
    const alone = overlap ? overlapOf(into) : 0
    for (let frame = 0; frame < frames; frame++) {
      if (shown === null || frame % every === 0 || frame === alone)
        shown = await (overlap && frame < alone ? overlap : main).at(frame)
      yield shown
    }
  } finally {
    await main.close()
    await overlap?.close()
  }
}

/** Both shots as one, while a transition shows them at once. */
function openOverlap(main: View, before: View, tail: TakeView, into: ShotTransition, { size }: Film): View {
  if (into.kind === 'cut' || into.kind === 'fade') return before
  const mix = createMixer(into, size)
  const mixed = new Uint8Array(size.width * size.height * 3)
  return {
    async at(frame) {
      const going = await before.at(tail.frames - into.frames + frame)
      mix(going, await main.at(frame), (frame + 1) / (into.frames + 1), mixed)
      return mixed
    },
    close: () => before.close(),
  }
}

/** In-betweens as the frames of an overlap. */
function openRun(node: InbetweenNode, count: number, sources: Sources): View {
  const reader = openTake({ strips: [{ frame: 0, count, node }] }, sources, null)
  return { at: async (frame) => (await reader.at(frame)).data, close: () => reader.close() }
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
