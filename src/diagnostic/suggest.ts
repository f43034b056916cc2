// "Did you mean": the nearest of some words.

/**
 * Damerau-Levenshtein distance in its optimal string alignment form (F. J. Damerau, 1964): insertions, deletions,
 * replacements and swaps of neighbours, each 1.
 */
export function editDistance(a: string, b: string): number {
  const rows = a.length + 1
  const columns = b.length + 1
  const table = new Uint16Array(rows * columns)
  for (let i = 0; i < rows; i++) table[i * columns] = i
  for (let j = 0; j < columns; j++) table[j] = j
  for (let i = 1; i < rows; i++) {
    for (let j = 1; j < columns; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(
        table[(i - 1) * columns + j]! + 1,
        table[i * columns + j - 1]! + 1,
        table[(i - 1) * columns + j - 1]! + same,
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, table[(i - 2) * columns + j - 2]! + 1)
      table[i * columns + j] = best
    }
  }
  return table[rows * columns - 1]!
}

/** Mistakes that still look like a slip: none in 1-2 letters, 1 in up to 5, 2 in up to 9, then 3. */
export const slipLimit = (length: number): number => (length <= 2 ? 0 : length <= 5 ? 1 : length <= 9 ? 2 : 3)

/** The candidate nearest to a word, upper and lower case alike; null when none is near enough. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 64) return null
  const wanted = word.toLowerCase()
  let best: string | null = null
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const limit = slipLimit(Math.max(wanted.length, candidate.length))
    if (Math.abs(candidate.length - wanted.length) > limit) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance <= limit && distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}
