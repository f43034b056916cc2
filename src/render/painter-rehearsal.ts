// While the graphs load, this process has nothing to do: it paints one picture without them, so that the code between the
// model calls is compiled by the time of the first real one. On a short `still` that is several per cent.

import { paint } from '../diffusion/paint.js'
import type { Scheduler } from '../diffusion/scheduler.js'
import type { Model } from '../models/model.js'

/** Goes through the motions at the model's native size; `encode` is only asked for its work. */
export async function rehearse(
  model: Model,
  scheduler: Scheduler,
  encode: (text: string) => void,
): Promise<void> {
  const { width, height } = model.sizes[0]!
  const latents = {
    channels: model.latentChannels,
    width: width / model.vaeScale,
    height: height / model.vaeScale,
  }
  encode('a boy and a fox by the sea')
  await paint(
    {
      encode: async () => ({ data: new Float32Array(1), dims: [1, 1, 1], ms: 0 }),
      predict: async ({ data, dims }) => ({ data, dims, ms: 0 }),
      decode: async () => ({
        data: new Float32Array(3 * width * height),
        dims: [1, 3, height, width],
        ms: 0,
      }),
    },
    {
      prompt: [{ prompt: '', weight: 1 }],
      negative: '',
      seed: 0,
      guidance: model.defaults.guidance,
      scheduler,
      latents,
      scalingFactor: model.scalingFactor,
    },
  )
}
