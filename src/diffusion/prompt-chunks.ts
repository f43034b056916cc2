// Prompts of any length as chunks that a text encoder takes, cut as AUTOMATIC1111's web UI does
// (modules/sd_hijack_clip.py, tokenize_line and process_tokens).

import type { PromptPiece } from './prompt-syntax.js'
import type { Token, Tokenizer } from './tokenizer.js'

export type PromptChunk = {
  /** As many as the encoder takes: BOS, tokens, EOS, padding. */
  ids: number[]
  /** What the encoder's output for each id is multiplied by; null when that is 1 for all. */
  weights: number[] | null
}

/** The web UI's default: how near to a full chunk's end a comma must be for what follows it to move to the next chunk. */
const COMMA_BACKTRACK = 20

type Placed = { token: Token; weight: number }

const lengthOf = (token: Token): number => (typeof token === 'number' ? 1 : token.length)

/**
 * At least one chunk. Each is `maxLength` ids, two of them BOS and EOS; the vectors of a learned word stay in one chunk, and
 * there must not be more of them than a chunk has room for.
 */
export function chunkPrompt(pieces: readonly PromptPiece[], tokenizer: Tokenizer): PromptChunk[] {
  const room = tokenizer.maxLength - 2
  const chunks: Placed[][] = []
  let chunk: Placed[] = []
  let filled = 0
  /** Tokens before the last comma of the chunk, and its place in it. */
  let comma: { filled: number; end: number } | null = null
  const next = (kept: Placed[] = []) => {
    chunks.push(chunk)
    chunk = kept
    filled = kept.reduce((sum, { token }) => sum + lengthOf(token), 0)
    comma = null
  }

  for (const piece of pieces) {
    if (piece === 'break') {
      next()
      continue
    }
    for (const token of tokenizer.tokens(piece.text)) {
      if (token === tokenizer.comma) comma = { filled, end: chunk.length + 1 }
      else if (filled === room && comma !== null && filled - comma.filled <= COMMA_BACKTRACK) {
        next(chunk.splice(comma.end))
      }
      if (filled === room || filled + lengthOf(token) > room) next()
      chunk.push({ token, weight: piece.weight })
      filled += lengthOf(token)
    }
  }
  if (chunk.length > 0 || chunks.length === 0) next()
  return chunks.map((placed) => finishChunk(placed, tokenizer))
}

/** What fills up the shorter of two prompts. */
export const emptyChunk = (tokenizer: Tokenizer): PromptChunk => finishChunk([], tokenizer)

/** SD 2 pads with another token than EOS: it stands wherever one follows the first EOS. */
function finishChunk(placed: readonly Placed[], { maxLength, bos, eos, pad }: Tokenizer): PromptChunk {
  const ids = [bos, ...placed.flatMap(({ token }) => token)]
  const weights = [1, ...placed.flatMap(({ token, weight }) => Array<number>(lengthOf(token)).fill(weight))]
  while (ids.length < maxLength) ids.push(eos)
  while (weights.length < maxLength) weights.push(1)
  ids.fill(pad, ids.indexOf(eos) + 1)
  return { ids, weights: weights.every((weight) => weight === 1) ? null : weights }
}
