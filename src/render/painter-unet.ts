// Calls a UNet in the dialect that its graph declares.

import type { Conditioning } from '../diffusion/conditioning.js'
import type { Predict } from '../diffusion/denoise.js'
import type { TensorView } from '../diffusion/tensor-view.js'
import type { Graph } from '../models/model.js'
import { fixed } from '../models/unet.js'
import type { Session } from '../onnx/session.js'
import type { FloatTensor } from '../onnx/tensor.js'

/** Types are the session's business; shapes are as declared, and a batch larger than the declared one is taken in parts. */
export function createPredict({ inputs }: Graph, unet: Session, signal: AbortSignal | undefined): Predict {
  const dimsOf = (name: string) => inputs.find((input) => input.name === name)!.dims
  const timestepDims = dimsOf('timestep').map((dimension) => fixed(dimension) ?? 1)
  const timestepCount = timestepDims.reduce((product, each) => product * each, 1)
  const most = fixed(dimsOf('sample')[0]) ?? Number.POSITIVE_INFINITY
  const output = unet.outputs[0]!.name

  const call = async (latents: TensorView, timestep: number, conditioning: Conditioning) => {
    const given: Record<string, TensorView | null> = {
      sample: latents,
      timestep: { data: new Float32Array(timestepCount).fill(timestep), dims: timestepDims },
      encoder_hidden_states: conditioning.context,
      text_embeds: conditioning.textEmbeds,
      time_ids: conditioning.timeIds,
      timestep_cond: conditioning.timestepCond,
    }
    const feeds: Record<string, TensorView> = {}
    for (const [name, tensor] of Object.entries(given)) if (tensor !== null) feeds[name] = tensor
    const { outputs, ms } = await unet.run(feeds, { signal })
    return { ...outputs[output]!, ms }
  }

  return async (latents, timestep, conditioning) => {
    const batch = latents.dims[0]!
    if (batch <= most) return call(latents, timestep, conditioning)
    const parts: (FloatTensor & { ms: number })[] = []
    for (let i = 0; i < batch; i++) {
      parts.push(await call(rowOf(latents, i), timestep, conditioningOf(conditioning, i)))
    }
    const data = new Float32Array(latents.data.length)
    for (const [i, part] of parts.entries()) data.set(part.data, i * part.data.length)
    return { data, dims: latents.dims, ms: parts.reduce((sum, { ms }) => sum + ms, 0) }
  }
}

const conditioningOf = (
  { context, textEmbeds, timeIds, timestepCond }: Conditioning,
  index: number,
): Conditioning => ({
  context: rowOf(context, index),
  textEmbeds: textEmbeds && rowOf(textEmbeds, index),
  timeIds: timeIds && rowOf(timeIds, index),
  timestepCond,
})

function rowOf({ data, dims }: TensorView, index: number): TensorView {
  const size = data.length / dims[0]!
  return { data: data.subarray(index * size, (index + 1) * size), dims: [1, ...dims.slice(1)] }
}
