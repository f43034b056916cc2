// In-betweens: judged, made, and readable while they are being made.

import { renderFailure } from '../diagnostic/failure.js'
import type { InbetweenNode } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { type FramesReader, readFrames, writeFrames } from '../image/frames-file.js'
import { openGrowth } from '../image/growth.js'
import { decodePicture, type Picture } from '../image/picture.js'
import { judgePair, testMorph, type Verdict } from '../interpolation/gate.js'
import type { Interpolator } from '../interpolation/interpolator.js'
import { BLEND } from '../models/find-interpolation.js'
import type { Artefact, Store } from '../store/store.js'
import { pairFrames } from './pair-frames.js'

export type InbetweenContext = {
  store: Store
  host: Host
  openModel: (name: string) => Promise<Interpolator>
  signal: AbortSignal
  onVerdict: (verdict: Verdict) => void
  onFrame: () => void
}

/** In-betweens on their way to the store. */
export type GrowingInbetween = {
  /** Makes them from two keyframes, a few of them in memory. */
  make(fromPath: string, toPath: string): Promise<Artefact>
  /** Tells readers that they will not be made. */
  fail(reason: unknown): void
  /** Opens them, made or not: the reader waits for each frame, and fails with the maker. */
  open(): Promise<FramesReader>
}

/** How a pair of keyframes is gone through; `middle` is the frame half way, where the model had to show what it makes. */
export const judgeInbetween = (
  { motion: asked, interpolation }: InbetweenNode,
  from: Picture,
  to: Picture,
  openModel: (name: string) => Promise<Interpolator>,
  signal: AbortSignal,
): Promise<{ verdict: Verdict; middle: Uint8Array | null }> => {
  const verdict = judgePair(from, to, { asked, hasModel: interpolation !== BLEND })
  return testMorph(verdict, from, to, () => openModel(interpolation), signal)
}

export function openInbetween(
  node: InbetweenNode,
  { store, host, openModel, signal, onVerdict, onFrame }: InbetweenContext,
): GrowingInbetween {
  const growth = openGrowth()
  let artefact: Promise<Artefact>
  let temporary: string
  const read = async (path: string) => decodePicture(await host.readFile(path))
  const write = async (path: string, fromPath: string, toPath: string) => {
    const [from, to] = await Promise.all([read(fromPath), read(toPath)])
    const { width, height } = from
    if (width !== to.width || height !== to.height)
      throw renderFailure(`${node.id}: the two keyframes differ in size`)
    const { verdict, middle } = await judgeInbetween(node, from, to, openModel, signal)
    onVerdict(verdict)
    temporary = path
    const open = () => openModel(node.interpolation)
    const frames = pairFrames(verdict, from, to, node.count, open, middle, signal)
    await writeFrames(path, { width, height, count: node.count }, frames, (written) => {
      growth.grow(written)
      if (written > 0) onFrame()
    })
  }
  return {
    make(fromPath, toPath) {
      artefact = store.put(node.key, 'frames', (path) => write(path, fromPath, toPath))
      return artefact
    },
    fail: growth.fail,
    async open() {
      await growth.reached(0)
      // The store may have given the file its name for good just now.
      return readFrames(temporary, growth.reached).catch(async () => readFrames((await artefact).path))
    },
  }
}
