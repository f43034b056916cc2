// Film frames of a picture as a camera sees it: upright views row by row, turned and bent ones through a mesh.

import type { DepthMap } from '../depth/depth-map.js'
import type { Picture } from '../image/picture.js'
import { fillMesh } from './bend.js'
import type { Size, View } from './move.js'
import { createResampler } from './resample.js'
import { quarterTurns, turnMesh, turnPicture } from './turn.js'
import { createMesh, createWarper, type Mesh, type Warper } from './warp.js'

export type Framer = {
  /** Writes the RGB frame (height x width x 3 bytes) of a view to `out`. Without a depth map it is not bent. */
  render(picture: Picture, view: View, out: Uint8Array, depth?: DepthMap | null): void
}

/** For frames of one size; buffers are reused, so one framer serves one frame at a time. */
export function createFramer(film: Size): Framer {
  const upright = createResampler(film)
  let bent: { mesh: Mesh; warper: Warper } | null = null
  let turned: { from: Picture; turns: number; picture: Picture } | null = null
  return {
    render(picture, view, out, depth = null) {
      if (view.roll === 0 && (view.bend === null || depth === null)) {
        upright.render(picture, view, out)
        return
      }
      bent ??= { mesh: createMesh(film), warper: createWarper(film) }
      const turns = quarterTurns(view.roll)
      if (turns > 0 && (turned?.from !== picture || turned.turns !== turns))
        turned = { from: picture, turns, picture: turnPicture(picture, turns) }
      fillMesh(view, depth, picture, film, bent.mesh)
      turnMesh(bent.mesh, picture, turns)
      bent.warper.render(turns > 0 ? turned!.picture : picture, bent.mesh, view.width / film.width, out)
    },
  }
}
