import type { DepthMap } from '../depth/depth-map.js'
import type { DepthNode, InbetweenNode, PictureNode } from '../graph/node.js'
import type { FramesReader } from '../image/frames-file.js'
import type { Picture } from '../image/picture.js'

/** What a segment is made of, as it comes: both wait for what is still being made, and fail with it. */
export type Sources = {
  picture(node: PictureNode): Promise<Picture>
  depth(node: DepthNode): Promise<DepthMap>
  /** To be closed by the caller; frames may still be in the making. */
  frames(node: InbetweenNode): Promise<FramesReader>
}
