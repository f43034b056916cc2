// Members of the cast in a picture: their own noise, and the pictures that they are painted from.

import type { PlacedSeed } from '../diffusion/placed-noise.js'
import type { KeyframeNode } from '../graph/node.js'
import type { Picture } from '../image/picture.js'
import { placePictures } from '../image/place.js'
import { columnShares } from '../story/standing.js'

/** `columns` of the latents. */
export function placedSeedsOf({ standings }: KeyframeNode['diffusion'], columns: number): PlacedSeed[] {
  const own = standings.flatMap((standing) =>
    standing.seed === null ? [] : [{ ...standing, seed: standing.seed }],
  )
  const shares = columnShares(own, columns)
  return own.map(({ seed, x }, i) => ({ seed, x, shares: shares[i]! }))
}

/** Of the place where a member stands: as much as somebody standing takes, and little of the reference's own ground and sky. */
const REFERENCE_WIDTH = 0.6

/** A painted picture with the references laid over it where their members stand. `read` opens one. */
export async function withReferences(
  painted: Picture,
  { standings }: KeyframeNode['diffusion'],
  read: (file: string, digest: string) => Promise<Picture>,
): Promise<Picture> {
  const own = standings.filter(({ reference }) => reference !== null)
  const narrow = own.map((standing) => ({ ...standing, width: standing.width! * REFERENCE_WIDTH }))
  const shares = columnShares(narrow, painted.width)
  const placed = await Promise.all(
    own.map(async ({ reference, digest, x }, i) => ({
      picture: await read(reference!, digest!),
      x,
      shares: shares[i]!,
    })),
  )
  return placePictures(painted, placed)
}
