// The source pictures of a take, frame by frame and forwards only: at most one held picture and one run of in-betweens
// are in memory.

import type { TakeView } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { readFrames } from '../image/frames-file.js'
import { decodePicture, type Picture } from '../image/picture.js'

export type TakeReader = {
  /** The source picture of a local frame; frames must be asked for in rising order. Valid until the next call. */
  at(frame: number): Promise<Picture>
  close(): Promise<void>
}

/** @param pathOf the artefact of a node's key. */
export function openTake(take: TakeView, pathOf: (key: string) => string, host: Host): TakeReader {
  let strip = -1
  let held: Picture | null = null
  let run: AsyncIterator<Uint8Array> | null = null
  let runPicture: Picture | null = null
  let runFrame = -1

  const closeRun = async () => {
    await run?.return?.()
    run = null
    runPicture = null
  }
  const open = async (index: number) => {
    await closeRun()
    strip = index
    held = null
    const { node } = take.strips[index]!
    if (node.kind !== 'inbetween') {
      held = await decodePicture(await host.readFile(pathOf(node.key)))
      return
    }
    const frames = await readFrames(pathOf(node.key))
    run = frames[Symbol.asyncIterator]()
    runPicture = { width: frames.width, height: frames.height, data: new Uint8Array(0) }
    runFrame = -1
  }

  return {
    async at(frame) {
      const index = take.strips.findIndex((s) => frame >= s.frame && frame < s.frame + s.count)
      if (index < 0) throw new Error(`the take has no frame ${frame}`)
      if (index !== strip) await open(index)
      if (held) return held
      while (runFrame < frame - take.strips[index]!.frame) {
        const { value, done } = await run!.next()
        if (done) throw new Error('a run of in-betweens is shorter than planned')
        runPicture = { ...runPicture!, data: value }
        runFrame++
      }
      return runPicture!
    },
    close: closeRun,
  }
}
