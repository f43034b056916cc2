// Prompts to embeddings: cut into chunks, each chunk encoded once while it is in use, words weighed.

import { renderFailure } from '../diagnostic/failure.js'
import type { Embedding, EncodePrompts } from '../diffusion/conditioning.js'
import { emphasize } from '../diffusion/emphasis.js'
import { chunkPrompt, emptyChunk, type PromptChunk } from '../diffusion/prompt-chunks.js'
import { parsePrompt } from '../diffusion/prompt-syntax.js'
import type { TensorView } from '../diffusion/tensor-view.js'
import { RecentMap } from './painter-recent.js'
import type { TextEmbedding, TextEncoder } from './painter-text.js'

const REMEMBERED_CHUNKS = 128

/**
 * By one encoder, or by several whose embeddings stand side by side; the last one's of the first chunk as a whole counts.
 * Shorter prompts are filled up with what an empty one is encoded as; `ms` is 0 when all was known. `longest` is how many
 * tokens the UNet takes, null for any number: a prompt that needs more fails (exit 4).
 */
export function createPromptEncoder(
  encoders: readonly TextEncoder[],
  longest: number | null = null,
): EncodePrompts {
  const remembering = encoders.map(rememberChunks)
  return async (prompts) => {
    const pieces = prompts.map(parsePrompt)
    const chunked = encoders.map(({ tokenizer }) => pieces.map((piece) => chunkPrompt(piece, tokenizer)))
    const count = Math.max(...chunked.flat().map((chunks) => chunks.length))
    const tokens = count * encoders[0]!.tokenizer.maxLength
    if (longest !== null && tokens > longest) {
      throw renderFailure(
        `a prompt is too long: it fills ${tokens} tokens, and the model is made for ${longest}`,
        'say it in fewer words',
      )
    }
    const encoded = await Promise.all(
      encoders.map(({ tokenizer }, i) => {
        const empty = emptyChunk(tokenizer)
        return Promise.all(
          chunked[i]!.flatMap((chunks) =>
            Array.from({ length: count }, (_, k) => remembering[i]!(chunks[k] ?? empty)),
          ),
        )
      }),
    )
    const embeddings = prompts.map((_, p): Embedding => {
      const parts = encoded.map((chunks) => chunks.slice(p * count, (p + 1) * count))
      return {
        context: sideBySide(parts.map((chunks) => oneAfterAnother(chunks.map(({ hidden }) => hidden)))),
        pooled: parts.at(-1)![0]!.pooled,
      }
    })
    const ms = encoded.map((chunks) => chunks.reduce((sum, chunk) => sum + chunk.ms, 0))
    return { embeddings, ms: Math.max(...ms) }
  }
}

/** `ms` is 0 for a chunk whose ids were encoded before, with whatever weights. */
function rememberChunks({ encode }: TextEncoder): (chunk: PromptChunk) => Promise<TextEmbedding> {
  const known = new RecentMap<string, Promise<TextEmbedding>>(REMEMBERED_CHUNKS)
  return async ({ ids, weights }) => {
    const key = ids.join()
    const running = known.get(key)
    const encoding = running ?? encode(ids)
    if (running === undefined) {
      known.set(key, encoding)
      encoding.catch(() => known.delete(key))
    }
    const { hidden, pooled, ms } = await encoding
    const weighed = weights === null ? hidden : { ...hidden, data: emphasize(hidden.data, weights) }
    return { hidden: weighed, pooled, ms: running === undefined ? ms : 0 }
  }
}

/** 1 × tokens × width each, along the tokens. */
function oneAfterAnother(parts: readonly TensorView[]): TensorView {
  const first = parts[0]!
  if (parts.length === 1) return first
  const data = new Float32Array(parts.length * first.data.length)
  for (const [i, part] of parts.entries()) data.set(part.data, i * first.data.length)
  return { data, dims: [1, parts.length * first.dims[1]!, first.dims[2]!] }
}

/** 1 × tokens × widths to 1 × tokens × the sum of the widths. */
function sideBySide(parts: readonly TensorView[]): TensorView {
  if (parts.length === 1) return parts[0]!
  const tokens = parts[0]!.dims[1]!
  const widths = parts.map(({ dims }) => dims[2]!)
  const width = widths.reduce((a, b) => a + b, 0)
  const data = new Float32Array(tokens * width)
  for (let token = 0, to = 0; token < tokens; token++) {
    for (const [i, part] of parts.entries()) {
      data.set(part.data.subarray(token * widths[i]!, (token + 1) * widths[i]!), to)
      to += widths[i]!
    }
  }
  return { data, dims: [1, tokens, width] }
}
