// A segment: its frames streamed into ffmpeg, one frame in memory.

import type { SegmentNode } from '../graph/node.js'
import type { Host } from '../host/host.js'
import type { Artefact, Store } from '../store/store.js'
import { openEncoder } from '../video/encoder.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { segmentFrames } from './segment-frames.js'
import type { Sources } from './sources.js'
import type { Upscale } from './take-view.js'

export async function makeSegment(
  node: SegmentNode,
  sources: Sources,
  store: Store,
  host: Host,
  ffmpeg: Ffmpeg,
  upscale: Upscale,
  signal: AbortSignal,
  onFrame: () => void,
): Promise<Artefact> {
  return store.put(node.key, 'mp4', async (path) => {
    const encoder = await openEncoder(host, ffmpeg, { ...node.size, fps: node.fps }, path, { signal })
    try {
      for await (const frame of segmentFrames(node, sources, upscale)) {
        await encoder.write(frame)
        onFrame()
      }
      await encoder.finish()
    } catch (error) {
      await encoder.abort()
      throw error
    }
  })
}
