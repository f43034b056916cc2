// The files that a shot is made with: its own, and those of the members of the cast that it shows.

import type { CastMember, EmbeddingUse, Located, LoraUse, Settings } from '../script/types.js'
import type { Diffusion } from './types.js'

/** The shot's own word on a file wins over a member's, an earlier member's over a later one's. */
export function filesOf(
  settings: Settings,
  members: readonly CastMember[],
): Pick<Diffusion, 'loras' | 'embeddings'> {
  const loras = byFile<LoraUse>([settings.lora ?? [], ...members.map(({ lora }) => lora)])
  const embeddings = byFile<EmbeddingUse>([
    settings.embedding ?? [],
    ...members.map(({ embedding }) => embedding),
  ])
  return { ...(loras.length > 0 && { loras }), ...(embeddings.length > 0 && { embeddings }) }
}

function byFile<T extends { file: string }>(lists: readonly (readonly Located<T>[])[]): T[] {
  const uses = new Map<string, T>()
  for (const { value } of lists.flat()) if (!uses.has(value.file)) uses.set(value.file, value)
  return [...uses.values()]
}
