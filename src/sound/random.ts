// Random numbers that are the same everywhere: xorshift32 (Marsaglia, "Xorshift RNGs", 2003).

export type Random = {
  /** From -1 to 1. */
  signed(): number
  /** From 0 to 1. */
  unit(): number
}

export function createRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return { signed: () => next() / 0x7fffffff - 1, unit: () => next() / 0x1_0000_0000 }
}
