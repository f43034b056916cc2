// A text encoder: from token ids to embeddings of each and of all.

import { environmentFailure } from '../diagnostic/failure.js'
import type { TensorView } from '../diffusion/tensor-view.js'
import { createTokenizer, type Tokenizer } from '../diffusion/tokenizer.js'
import type { Model, TextOutputs, TokenizerText } from '../models/model.js'
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

export function createTextEncoder(
  tokenizer: Tokenizer,
  session: Session,
  { hidden, pooled }: TextOutputs,
): TextEncoder {
  const isMasked = session.inputs.some(({ name }) => name === 'attention_mask')
  return {
    tokenizer,
    async encode(ids) {
      const dims = [1, ids.length]
      const feeds: Record<string, Tensor> = { input_ids: { data: Int32Array.from(ids), dims } }
      // Padding is heard like words, as in training.
      if (isMasked) feeds.attention_mask = { data: new Int32Array(ids.length).fill(1), dims }
      const { outputs, ms } = await session.run(feeds)
      return { hidden: outputs[hidden]!, pooled: pooled === null ? null : outputs[pooled]!, ms }
    },
  }
}

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
