// A take as the film shows it: source picture → upscaler → camera → look → letterbox.

import { createFramer } from '../camera/framer.js'
import { fitInside, placeInMiddle } from '../camera/letterbox.js'
import { createLook } from '../camera/look.js'
import { type View as CameraView, viewAt } from '../camera/move.js'
import type { DepthMap } from '../depth/depth-map.js'
import {
  type DepthNode,
  depthsAt,
  type SegmentNode,
  type Size,
  stripAt,
  type TakeView,
} from '../graph/node.js'
import type { Picture } from '../image/picture.js'
import type { Sources } from './sources.js'
import { openTake } from './take-reader.js'

/** Enlarges a picture with a model's upscaler. */
export type Upscale = (model: string, picture: Picture) => Promise<Picture>

/** What a view needs to know of its film. */
export type Film = Pick<SegmentNode, 'size' | 'fps'>

export type View = {
  /** The RGB frame of a local frame, to be asked for in rising order. Valid, and not to be written to, until the next call. */
  at(frame: number): Promise<Uint8Array>
  close(): Promise<void>
}

export function openView(take: TakeView, film: Film, sources: Sources, upscale: Upscale): View {
  const model = take.upscaler?.model
  const finish = model === undefined ? null : (picture: Picture) => upscale(model, picture)
  const reader = openTake(take, sources, finish)
  const depthAt = depthReader(take, sources)
  let stage: Stage | null = null
  let last: { picture: Picture; view: string } | null = null
  return {
    async at(frame) {
      const picture = await reader.at(frame)
      stage ??= openStage(take, picture, film.size)
      const t = take.frames > 1 ? frame / (take.frames - 1) : 0
      const moment = { t, seconds: (frame * film.fps.den) / film.fps.num }
      const view = viewAt(take.camera, take.camera.seed, moment, picture, stage.size)
      const same = JSON.stringify(view)
      // A held picture under a still camera is resampled once, however long it is seen.
      if (last?.picture === picture && last.view === same) return stage.frame
      const depth = view.bend && (await depthAt(frame))
      last = { picture, view: same }
      stage.render(picture, view, depth)
      return stage.frame
    },
    close: () => reader.close(),
  }
}

/** What a camera films: the whole frame, or the part of it that a letterbox leaves. */
type Stage = {
  size: Size
  frame: Uint8Array
  render(picture: Picture, view: CameraView, depth: DepthMap | null): void
}

function openStage({ fit, look }: TakeView, picture: Size, film: Size): Stage {
  const size = fit === 'letterbox' ? fitInside(picture, film) : film
  const framer = createFramer(size)
  const grade = createLook(look, size)
  const frame = new Uint8Array(film.width * film.height * 3)
  const isWhole = size.width === film.width && size.height === film.height
  const seen = isWhole ? frame : new Uint8Array(size.width * size.height * 3)
  return {
    size,
    frame,
    render(source, view, depth) {
      framer.render(source, view, seen, depth)
      grade?.(seen)
      if (!isWhole) placeInMiddle(seen, size, frame, film)
    },
  }
}

/** The depth of what a local frame shows: on in-betweens it goes over from the one picture's to the other's. */
function depthReader(take: TakeView, sources: Sources): (frame: number) => Promise<DepthMap | null> {
  let read = new Map<DepthNode, DepthMap>()
  return async (frame) => {
    const nodes = depthsAt(take, frame)
    const maps = new Map<DepthNode, DepthMap>()
    for (const node of nodes) maps.set(node, read.get(node) ?? (await sources.depth(node)))
    read = maps
    const [from, to] = nodes.map((node) => maps.get(node)!)
    if (from === undefined || to === undefined) return from ?? null
    const strip = stripAt(take, frame)
    const part = (frame - strip.frame + 1) / (strip.count + 1)
    return { ...from, data: from.data.map((near, i) => near + (to.data[i]! - near) * part) }
  }
}
