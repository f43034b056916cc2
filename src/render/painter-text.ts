// A text encoder: from token ids to embeddings of each and of all.

import { environmentFailure } from '../diagnostic/failure.js'
import type { TensorView } from '../diffusion/tensor-view.js'
import { createTokenizer, type Tokenizer } from '../diffusion/tokenizer.js'
import type { Model, TokenizerText } from '../models/model.js'
import type { Session } from '../onnx/session.js'
import type { Tensor } from '../onnx/tensor.js'

export type TextEmbedding = {
  /** 1 × tokens × width. */
  hidden: TensorView
  /** 1 × width; null where the model doesn't use it. */
  pooled: TensorView | null
  ms: number
}

export type TextEncoder = {
  readonly tokenizer: Tokenizer
  encode(ids: readonly number[]): Promise<TextEmbedding>
}

/** XL's UNet was trained with what comes out before the last layer, and with the whole prompt pooled. */
export type TextOutput = 'last' | 'penultimate'

/** Fails (exit 3) when the graph lacks an output that is asked for. */
export function createTextEncoder(
  model: Pick<Model, 'name'>,
  tokenizer: Tokenizer,
  session: Session,
  wanted: TextOutput,
): TextEncoder {
  const hiddenName = hiddenOutput(model, session, wanted)
  const pooledName = wanted === 'last' ? null : pooledOutput(session)
  const isMasked = session.inputs.some(({ name }) => name === 'attention_mask')
  return {
    tokenizer,
    async encode(ids) {
      const dims = [1, ids.length]
      const feeds: Record<string, Tensor> = { input_ids: { data: Int32Array.from(ids), dims } }
      // Padding is heard like words, as in training.
      if (isMasked) feeds.attention_mask = { data: new Int32Array(ids.length).fill(1), dims }
      const { outputs, ms } = await session.run(feeds)
      return { hidden: outputs[hiddenName]!, pooled: pooledName === null ? null : outputs[pooledName]!, ms }
    },
  }
}

function hiddenOutput(model: Pick<Model, 'name'>, { outputs, path }: Session, wanted: TextOutput): string {
  if (wanted === 'last') {
    const named = outputs.find(({ name }) => name === 'last_hidden_state')
    return (named ?? outputs[0]!).name
  }
  // From the embeddings before the first layer to the output of the last.
  const layers = outputs
    .map(({ name }) => ({ name, layer: Number(/^hidden_states[._](\d+)$/.exec(name)?.[1] ?? -1) }))
    .filter(({ layer }) => layer >= 0)
    .sort((a, b) => b.layer - a.layer)
  const penultimate = layers[1]
  if (penultimate !== undefined) return penultimate.name
  throw environmentFailure(
    `the model ${model.name} can't be used: ${path} gives no hidden_states`,
    'export it as part of a Stable Diffusion XL pipeline',
  )
}

/** Projected where there is one: only the second encoder's is used, which has it. */
const pooledOutput = ({ outputs }: Session): string | null =>
  outputs.find(({ name }) => name === 'text_embeds')?.name ?? null

/** Fails (exit 3) when the vocabulary is damaged. */
export function openTokenizer(model: Pick<Model, 'name'>, files: TokenizerText): Tokenizer {
  try {
    return createTokenizer(files)
  } catch (error) {
    throw environmentFailure(
      `the model ${model.name}: ${(error as Error).message}`,
      'get the model again',
      error,
    )
  }
}
