// What a picture may ask of a model, found out before anything is loaded.

import { renderFailure } from '../diagnostic/failure.js'
import type { LatentSize } from '../diffusion/latents.js'
import type { Scheduler } from '../diffusion/scheduler.js'
import type { Model, Size } from '../models/model.js'
import { fixed } from '../models/unet.js'
import { openScheduler } from './painter-scheduler.js'
import { type Asked, sourceProblem, spacesAllSteps } from './painter-source.js'

/** `isSpaced`: see `spacesAllSteps`. Fails (exit 4) when the model can't paint so. */
export function readRequest(
  model: Model,
  request: Size & Asked,
): { latents: LatentSize; scheduler: Scheduler; isSpaced: boolean } {
  const latents = latentSize(model, request)
  const problem = sourceProblem(model, request)
  if (problem !== null) throw renderFailure(problem.message, problem.hint)
  const { source = null } = request
  const isSpaced = spacesAllSteps(model, request)
  const scheduler = openScheduler(model, request, {
    share: isSpaced ? source!.strength : 1,
    isInpainting: source !== null && source.mask !== null,
  })
  return { latents, scheduler, isSpaced }
}

function latentSize(model: Model, { width, height }: Size): LatentSize {
  const refuse = (hint: string) =>
    renderFailure(`the model ${model.name} can't draw ${width}x${height} pixels`, hint)
  const scale = model.vaeScale
  if ([width, height].some((side) => !Number.isInteger(side) || side <= 0 || side % scale !== 0))
    throw refuse(`width and height must be multiples of ${scale}`)
  const size = { channels: model.latentChannels, width: width / scale, height: height / scale }
  const declared = model.graphs.unet.inputs.find(({ name }) => name === 'sample')!.dims
  if (
    (fixed(declared[2]) ?? size.height) !== size.height ||
    (fixed(declared[3]) ?? size.width) !== size.width
  ) {
    const [native] = model.sizes
    throw refuse(`its graphs are made for ${native!.width}x${native!.height} alone`)
  }
  return size
}
