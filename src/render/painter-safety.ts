// A model's safety checker, looking at finished pictures as diffusers' pipelines let it.

import { renderFailure } from '../diagnostic/failure.js'
import type { CheckPicture } from '../diffusion/paint.js'
import type { SafetyChecker } from '../models/model.js'
import { fixed } from '../models/unet.js'
import type { Session } from '../onnx/session.js'
import { prepareForClip } from './clip-picture.js'

export function createCheck(
  { preparation, picture, images, verdict, graph }: SafetyChecker,
  session: Session,
  signal: AbortSignal | undefined,
): CheckPicture {
  return async ({ rgb, width, height }) => {
    const prepared = prepareForClip({ data: rgb, width, height }, preparation)
    const feeds = {
      [picture]: { data: prepared.data, dims: [1, 3, prepared.height, prepared.width] },
      ...(images && { [images.name]: blackImages(images.dims, prepared.height, prepared.width) }),
    }
    const { outputs, ms } = await session.run(feeds, { signal })
    const flagged = outputs[verdict]?.data[0]
    if (flagged === undefined) throw renderFailure(`the safety checker ${graph.path} gave no verdict`)
    return { isFlagged: flagged !== 0, ms }
  }
}

/** The verdict does not depend on them: the graph only hands them on, black where it flags them, which is done here. */
function blackImages(dims: readonly (number | string)[], usualHeight: number, usualWidth: number) {
  const [height, width] = [fixed(dims[1]) ?? usualHeight, fixed(dims[2]) ?? usualWidth]
  return { data: new Float32Array(3 * height * width), dims: [1, height, width, 3] }
}
