// While the graphs load, this process has nothing to do: it paints one picture without them, so that the code between the
// model calls is compiled by the time of the first real one. On a short `still` that is several per cent.

import { paint } from '../diffusion/paint.js'
import { chunkPrompt } from '../diffusion/prompt-chunks.js'
import { parsePrompt } from '../diffusion/prompt-syntax.js'
import { createScheduler, type Scheduler, schedulerOfConfig } from '../diffusion/scheduler.js'
import type { Tokenizer } from '../diffusion/tokenizer.js'
import type { Model } from '../models/model.js'
import { schedulerConfigOf } from './painter-scheduler.js'

const REHEARSED_STEPS = 4

/** Goes through the motions at the model's native size, with its own scheduler. */
export async function rehearse(model: Model, tokenizer: Tokenizer): Promise<void> {
  const scheduler = ownScheduler(model)
  if (scheduler === null) return
  const { width, height } = model.sizes[0]!
  chunkPrompt(parsePrompt('a boy and a fox by the sea'), tokenizer)
  await paint(
    {
      encode: async (prompts) => ({
        embeddings: prompts.map(() => ({
          context: { data: new Float32Array(1), dims: [1, 1, 1] },
          pooled: null,
        })),
        ms: 0,
      }),
      encodePicture: async (pixels) => ({ ...pixels, ms: 0 }),
      predict: async ({ data, dims }) => ({ data, dims, ms: 0 }),
      decode: async () => ({
        data: new Float32Array(3 * width * height),
        dims: [1, 3, height, width],
        ms: 0,
      }),
      check: null,
    },
    {
      prompt: [{ prompt: '', weight: 1 }],
      negative: '',
      seed: 0,
      guidance: model.defaults.guidance,
      scheduler,
      latents: {
        channels: model.latentChannels,
        width: Math.floor(width / model.vaeScale),
        height: Math.floor(height / model.vaeScale),
      },
      placedSeeds: [],
      source: null,
      isShownMask: false,
      scalingFactor: model.scalingFactor,
      decoderScalingFactor: model.scalingFactor,
      guidanceRescale: 0,
      zerosForEmptyNegative: false,
      timeIds: null,
      timestepCondWidth: null,
    },
  )
}

/** Null when it can't be made: painting may still be asked for with another one. */
function ownScheduler(model: Model): Scheduler | null {
  try {
    const { name } = schedulerOfConfig(model.schedulerConfig)
    return createScheduler(name, schedulerConfigOf(model), REHEARSED_STEPS)
  } catch {
    return null
  }
}
