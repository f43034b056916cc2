// Weighted sums of prompts.

import type { PromptBlend } from './types.js'

/** More prompts than this in one picture cost time and show nothing. */
const MAX_TERMS = 4

/** Equal prompts become one; the heaviest four stay, heaviest first, and their weights are scaled to sum 1. */
export function normalizeBlend(terms: PromptBlend): PromptBlend {
  const merged = new Map<string, number>()
  for (const { prompt, weight } of terms)
    if (weight > 0) merged.set(prompt, (merged.get(prompt) ?? 0) + weight)
  const kept = [...merged].sort((a, b) => b[1] - a[1]).slice(0, MAX_TERMS)
  const sum = kept.reduce((total, [, weight]) => total + weight, 0)
  return kept.map(([prompt, weight]) => ({ prompt, weight: kept.length === 1 ? 1 : weight / sum }))
}

/** From `a` at t = 0 to `b` at t = 1, linearly. */
export const mixBlends = (a: PromptBlend, b: PromptBlend, t: number): PromptBlend =>
  normalizeBlend([
    ...a.map(({ prompt, weight }) => ({ prompt, weight: weight * (1 - t) })),
    ...b.map(({ prompt, weight }) => ({ prompt, weight: weight * t })),
  ])
