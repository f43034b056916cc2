// Keyframes, cards and frames: nodes whose artefacts are pictures.

import { renderCard } from '../camera/title.js'
import type { CardNode, Decoder, FrameNode, KeyframeNode } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { encodePng } from '../image/picture.js'
import type { Artefact, Store } from '../store/store.js'
import type { OnEvent } from './events.js'
import { FLAGGED_MARK } from './flagged.js'
import type { Painter } from './painter.js'
import type { Sources } from './sources.js'
import { readSource } from './still-source.js'
import { openView, type Upscale } from './take-view.js'

export async function makeKeyframe(
  node: KeyframeNode,
  painterOf: (model: string, decoder: Decoder) => Promise<Painter>,
  store: Store,
  host: Host,
  signal: AbortSignal,
  onEvent: OnEvent,
): Promise<Artefact> {
  const painter = await painterOf(node.diffusion.model, node.diffusion.decoder)
  const { source: from, ...diffusion } = node.diffusion
  const source = from ? await readSource({ ...from, mask: from.mask ?? undefined }, host) : null
  const onStep = (step: number, steps: number) => onEvent({ event: 'step', id: node.id, step, steps })
  const picture = await painter.paint(
    { ...diffusion, ...node.size, prompt: node.prompt, source },
    { signal, onStep },
  )
  const png = await encodePng(
    { width: picture.width, height: picture.height, data: picture.rgb },
    picture.isFlagged ? FLAGGED_MARK : {},
  )
  return store.put(node.key, 'png', (path) => host.writeFile(path, png))
}

export async function makeCard(node: CardNode, store: Store, host: Host): Promise<Artefact> {
  const png = await encodePng(await renderCard(node.text, node.size))
  return store.put(node.key, 'png', (path) => host.writeFile(path, png))
}

export async function makeFrame(
  { key, take, frame, size, fps }: FrameNode,
  sources: Sources,
  store: Store,
  host: Host,
  upscale: Upscale,
): Promise<Artefact> {
  const view = openView(take, { size, fps }, sources, upscale)
  try {
    const png = await encodePng({ ...size, data: await view.at(frame) })
    return await store.put(key, 'png', (path) => host.writeFile(path, png))
  } finally {
    await view.close()
  }
}
