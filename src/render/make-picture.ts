// Keyframes, cards and in-betweens: nodes whose artefacts are pictures.

import { renderCard } from '../camera/title.js'
import { renderFailure } from '../diagnostic/failure.js'
import type { CardNode, InbetweenNode, KeyframeNode } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { writeFrames } from '../image/frames-file.js'
import { decodePicture, encodePng } from '../image/picture.js'
import { blend } from '../interpolation/blend.js'
import { inbetweenTimes } from '../interpolation/times.js'
import type { Artefact, Store } from '../store/store.js'
import type { OnEvent } from './events.js'
import type { Painter } from './painter.js'

export async function makeKeyframe(
  node: KeyframeNode,
  painterOf: (model: string) => Promise<Painter>,
  store: Store,
  host: Host,
  signal: AbortSignal,
  onEvent: OnEvent,
): Promise<Artefact> {
  const painter = await painterOf(node.diffusion.model)
  const onStep = (step: number, steps: number) => onEvent({ event: 'step', id: node.id, step, steps })
  const picture = await painter.paint(
    { ...node.diffusion, ...node.size, prompt: node.prompt },
    { signal, onStep },
  )
  const png = await encodePng({ width: picture.width, height: picture.height, data: picture.rgb })
  return store.put(node.key, 'png', (path) => host.writeFile(path, png))
}

export async function makeCard(node: CardNode, store: Store, host: Host): Promise<Artefact> {
  const png = await encodePng(await renderCard(node.text, node.size))
  return store.put(node.key, 'png', (path) => host.writeFile(path, png))
}

export async function makeInbetween(
  node: InbetweenNode,
  fromPath: string,
  toPath: string,
  store: Store,
  host: Host,
  signal: AbortSignal,
): Promise<Artefact> {
  const [from, to] = await Promise.all(
    [fromPath, toPath].map(async (path) => decodePicture(await host.readFile(path))),
  )
  if (from!.width !== to!.width || from!.height !== to!.height) {
    throw renderFailure(`${node.id}: the two keyframes differ in size`)
  }
  const frame = new Uint8Array(from!.data.length)
  async function* frames() {
    for (const t of inbetweenTimes(node.count)) {
      signal.throwIfAborted()
      blend(from!.data, to!.data, t, frame)
      yield frame
    }
  }
  const { width, height } = from!
  return store.put(node.key, 'frames', (path) =>
    writeFrames(path, { width, height, count: node.count }, frames()),
  )
}
