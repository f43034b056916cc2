// Prompts to embeddings, each computed once while it is in use.

import type { Embedding, TimedEmbedding } from '../diffusion/conditioning.js'
import type { TensorView } from '../diffusion/tensor-view.js'
import { RecentMap } from './painter-recent.js'
import type { TextEncoder } from './painter-text.js'

const REMEMBERED_PROMPTS = 64

export type PromptEncoder = (prompt: string) => Promise<TimedEmbedding>

/** By one encoder, or by several whose embeddings stand side by side; the last one's pooled embedding counts. */
export function createPromptEncoder(encoders: readonly TextEncoder[]): PromptEncoder {
  const embeddings = new RecentMap<string, Promise<Embedding>>(REMEMBERED_PROMPTS)
  return async (prompt) => {
    const known = embeddings.get(prompt)
    if (known !== undefined) return { ...(await known), ms: 0 }
    const running = Promise.all(encoders.map(({ tokenizer, encode }) => encode(tokenizer.encode(prompt))))
    const embedding = running.then((parts) => ({
      context: sideBySide(parts.map(({ hidden }) => hidden)),
      pooled: parts.at(-1)!.pooled,
    }))
    embeddings.set(prompt, embedding)
    embedding.catch(() => embeddings.delete(prompt))
    const [found, parts] = await Promise.all([embedding, running])
    return { ...found, ms: Math.max(...parts.map(({ ms }) => ms)) }
  }
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
