// Depth maps: made from pictures, kept as pictures of nearness, read again.

import type { DepthMap } from '../depth/depth-map.js'
import type { DepthNode } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { decodePicture, encodePng } from '../image/picture.js'
import type { Artefact, Store } from '../store/store.js'
import type { DepthFinder } from './depth-finder.js'

export async function makeDepth(
  node: DepthNode,
  picturePath: string,
  finder: DepthFinder,
  store: Store,
  host: Host,
  signal: AbortSignal,
): Promise<Artefact> {
  const picture = await decodePicture(await host.readFile(picturePath))
  const { width, height, data } = await finder.find(picture, signal)
  const grey = Uint8Array.from({ length: data.length * 3 }, (_, i) =>
    Math.round(data[Math.floor(i / 3)]! * 255),
  )
  const png = await encodePng({ width, height, data: grey })
  return store.put(node.key, 'png', (path) => host.writeFile(path, png))
}

export async function readDepth(path: string, host: Host): Promise<DepthMap> {
  const { width, height, data } = await decodePicture(await host.readFile(path))
  return { width, height, data: Float32Array.from({ length: width * height }, (_, i) => data[i * 3]! / 255) }
}
