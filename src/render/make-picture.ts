// Keyframes, images, cards and frames: nodes whose artefacts are pictures.

import { fitInside } from '../camera/letterbox.js'
import { renderCard } from '../camera/title.js'
import { environmentFailure } from '../diagnostic/failure.js'
import type { CardNode, FrameNode, ImageNode, KeyframeNode, PainterChoice } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { cropToShape } from '../image/crop.js'
import { encodePng, type Picture, resizePicture } from '../image/picture.js'
import type { Artefact, Store } from '../store/store.js'
import type { Step } from '../story/types.js'
import type { OnEvent } from './events.js'
import { FLAGGED_MARK } from './flagged.js'
import type { Painted, Painter, PainterOptions } from './painter.js'
import { placedSeedsOf, withReferences } from './references.js'
import type { Sources } from './sources.js'
import { readPicture } from './still-source.js'
import { openView, type Upscale } from './take-view.js'

/** What pictures are painted with, and where they go. */
export type Painting = {
  painterOf: (choice: PainterChoice) => Promise<Painter>
  store: Store
  host: Host
  signal: AbortSignal
}

export async function makeKeyframe(
  node: KeyframeNode,
  step: Step,
  painting: Painting,
  onEvent: OnEvent,
): Promise<Artefact> {
  const { store, host } = painting
  const onStep = (done: number, steps: number) => onEvent({ event: 'step', id: node.id, step: done, steps })
  const picture = await paintKeyframe(node, step, painting, onStep)
  const png = await encodePng(pictureOf(picture), picture.isFlagged ? FLAGGED_MARK : {})
  return store.put(node.key, 'png', (path) => host.writeFile(path, png))
}

/** Paints as the node says what stands at a place of its walk. */
export async function paintKeyframe(
  node: KeyframeNode,
  step: Step,
  { painterOf, host, signal }: Painting,
  onStep?: PainterOptions['onStep'],
): ReturnType<Painter['paint']> {
  const painter = await painterOf(node.diffusion)
  const { source: from, ...diffusion } = node.diffusion
  const source = from && {
    picture: cropToShape(await readUnchanged(from.image, from.digest, host), node.size),
    mask: from.mask === null ? null : cropToShape(await readPicture(from.mask, host), node.size),
    strength: from.strength,
  }
  const again = node.diffusion.fromReferences
  const all = diffusion.steps + (again?.steps ?? 0)
  const counting = (before: number) => ({
    signal,
    onStep: (done: number) => onStep?.(before + done, all),
  })
  const request = {
    ...diffusion,
    ...node.size,
    ...step,
    placedSeeds: placedSeedsOf(node.diffusion, node.size.width / painter.vaeScale),
  }
  const painted = await painter.paint({ ...request, source }, counting(0))
  if (again === null || painted.isFlagged) return painted
  const picture = await withReferences(pictureOf(painted), node.diffusion, (file, digest) =>
    readUnchanged(file, digest, host),
  )
  return painter.paint(
    { ...request, steps: again.steps, source: { picture, mask: null, strength: again.strength } },
    counting(diffusion.steps),
  )
}

const pictureOf = ({ width, height, rgb }: Painted): Picture => ({ width, height, data: rgb })

/** A camera that comes near finds detail up to here: sides of a picture, over those of the film. */
const MOST_DETAIL = 2

export async function makeImage(node: ImageNode, store: Store, host: Host): Promise<Artefact> {
  const whole = await readUnchanged(node.file, node.digest, host)
  const picture = node.fit === 'crop' ? cropToShape(whole, node.size) : whole
  const shown = node.fit === 'crop' ? node.size : fitInside(whole, node.size)
  const width = shown.width * MOST_DETAIL
  const height = shown.height * MOST_DETAIL
  const png = await encodePng(
    picture.width > width ? await resizePicture(picture, width, height, 'fill') : picture,
  )
  return store.put(node.key, 'png', (path) => host.writeFile(path, png))
}

async function readUnchanged(file: string, digest: string, host: Host): Promise<Picture> {
  const picture = await readPicture(file, host)
  if (picture.sha256 === digest) return picture
  throw environmentFailure(`${file} has changed since the film was planned`, 'give the command again')
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
