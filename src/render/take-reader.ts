// The source pictures of a take, frame by frame and forwards only: at most three held pictures and two of a run of
// in-betweens are in memory.

import { type PictureNode, stripAt, type TakeView } from '../graph/node.js'
import type { FramesReader } from '../image/frames-file.js'
import type { Picture } from '../image/picture.js'
import type { Sources } from './sources.js'

export type TakeReader = {
  /** The source picture of a local frame; frames must be asked for in rising order. Valid until the next call. */
  at(frame: number): Promise<Picture>
  close(): Promise<void>
}

/** Held pictures that are not read again when they come back. */
const KEPT = 3

/**
 * What is done to a picture before it is seen; gives one of its own.
 */
export type Finish = (picture: Picture) => Promise<Picture>

export function openTake(
  take: Pick<TakeView, 'strips'>,
  sources: Sources,
  finish: Finish | null,
): TakeReader {
  let strip = -1
  let held: Picture | null = null
  let run: Run | null = null
  const kept = new Map<string, Picture>()

  const closeRun = async () => {
    await run?.close()
    run = null
  }
  const open = async (index: number) => {
    await closeRun()
    strip = index
    held = null
    const { node } = take.strips[index]!
    if (node.kind === 'inbetween') {
      run = openRun(await sources.frames(node), finish)
      return
    }
    held = kept.get(node.key) ?? (await load(node))
    // A mouth that opens and closes shows the same few pictures again and again.
    kept.delete(node.key)
    kept.set(node.key, held)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!)
  }
  const load = async (node: PictureNode) => {
    const picture = await sources.picture(node)
    return finish ? finish(picture) : picture
  }

  return {
    async at(frame) {
      const index = take.strips.indexOf(stripAt(take, frame))
      if (index !== strip) await open(index)
      const { frame: first, count, node } = take.strips[index]!
      if (held !== null || node.kind !== 'inbetween') return held!
      return run!.at(Math.floor(((frame - first) * node.count) / count))
    },
    close: closeRun,
  }
}

/** Pictures by their index in a frames file, rising. */
type Run = { at(index: number): Promise<Picture>; close(): Promise<void> }

/** While a finished picture is seen, the next one is being finished; pictures that are passed over never are. */
function openRun(frames: FramesReader, finish: Finish | null): Run {
  const { width, height, count } = frames
  const iterator = frames[Symbol.asyncIterator]()
  let read = 0
  const next = async (): Promise<Picture> => {
    const { value, done } = await iterator.next()
    if (done) throw new Error('a run of in-betweens is shorter than planned')
    read++
    return { width, height, data: value }
  }
  const start = (index: number) => {
    const make = async () => {
      while (read < index) await next()
      const picture = await next()
      return finish ? finish(picture) : picture
    }
    const picture = make()
    picture.catch(() => {}) // told by whoever asks for it
    return { index, picture }
  }
  let shown: ReturnType<typeof start> | null = null
  let ahead: ReturnType<typeof start> | null = null
  return {
    async at(index) {
      if (shown?.index === index) return shown.picture
      await ahead?.picture
      shown = ahead?.index === index ? ahead : start(index)
      ahead = null
      const picture = await shown.picture
      if (finish && index + 1 < count) ahead = start(index + 1)
      return picture
    },
    async close() {
      await iterator.return?.()
      await frames.close()
    },
  }
}
