// Prompts to embeddings, each computed once while it is in use.

import type { TimedTensor } from '../diffusion/paint.js'
import type { Tokenizer } from '../diffusion/tokenizer.js'
import type { Session } from '../onnx/session.js'
import type { FloatTensor } from '../onnx/tensor.js'
import { RecentMap } from './painter-recent.js'

const REMEMBERED_PROMPTS = 64

/** The embedding, 1 × tokens × width; `ms` is 0 when it was known. */
export type PromptEncoder = (prompt: string) => Promise<TimedTensor>

export function createPromptEncoder(tokenizer: Tokenizer, textEncoder: Session): PromptEncoder {
  const embeddings = new RecentMap<string, Promise<FloatTensor>>(REMEMBERED_PROMPTS)
  return async (prompt) => {
    const known = embeddings.get(prompt)
    if (known !== undefined) return { ...(await known), ms: 0 }
    const ids = Int32Array.from(tokenizer.encode(prompt))
    const running = textEncoder.run({ input_ids: { data: ids, dims: [1, ids.length] } })
    const embedding = running.then(({ outputs }) => outputs.last_hidden_state ?? Object.values(outputs)[0]!)
    embeddings.set(prompt, embedding)
    embedding.catch(() => embeddings.delete(prompt))
    const [tensor, { ms }] = await Promise.all([embedding, running])
    return { ...tensor, ms }
  }
}
