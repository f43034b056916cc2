// For cameras with parallax: how near things are, picture by picture.

import type { Shot, Storyboard } from '../story/types.js'
import { type DepthNode, keyOf, type Manifest, type PictureNode } from './node.js'

/** What a plan must know of the film's depth model; null for `layout`, which is no model. */
export type DepthFacts = { digest: string } | null

/** Raised when the code that makes depth maps changes them. */
const FORMAT = 1

/** A card is flat. */
export function planDepths(
  { id, camera, take }: Shot,
  pictures: readonly PictureNode[],
  { depth: model }: Storyboard,
  facts: { depth?: DepthFacts; runtime: string; device: string },
): DepthNode[] {
  if (camera.parallax === 0 || take.kind === 'card') return []
  return pictures.map((picture, i) => {
    const manifest: Manifest = [
      ['kind', `depth ${FORMAT}`],
      ['depth', model],
      ...modelManifest(facts),
      ['input picture', picture.key],
    ]
    return { kind: 'depth', id: `${id}/depth ${i + 1}`, key: keyOf(manifest), manifest, picture, model }
  })
}

const modelManifest = ({ depth = null, runtime, device }: Parameters<typeof planDepths>[3]): Manifest =>
  depth === null
    ? []
    : [
        ['depth model digest', depth.digest],
        ['runtime', runtime],
        ['device', device],
      ]
