// Byte-pair merging of one word in O(n log n), so that a hostile prompt of one endless word is no trap.

type Candidate = { rank: number; left: number; pair: string }

/**
 * Joins neighbouring symbols by ascending rank (leftmost first among equals) until no pair has one.
 * `ranks` is keyed by `left + ' ' + right`.
 */
export function mergeWord(symbols: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  const text: (string | null)[] = [...symbols]
  const next = text.map((_, i) => i + 1)
  const previous = text.map((_, i) => i - 1)
  const queue: Candidate[] = []

  const offer = (left: number) => {
    const right = next[left]!
    if (left < 0 || right >= text.length) return
    const pair = `${text[left]} ${text[right]}`
    const rank = ranks.get(pair)
    if (rank !== undefined) push(queue, { rank, left, pair })
  }

  for (let i = 0; i + 1 < text.length; i++) offer(i)
  for (let best = pop(queue); best !== undefined; best = pop(queue)) {
    const { left, pair } = best
    const right = next[left]!
    // A candidate is stale when one of its ends was merged in the meantime.
    if (text[left] === null || right >= text.length || `${text[left]} ${text[right]}` !== pair) continue
    text[left] += text[right]!
    text[right] = null
    next[left] = next[right]!
    if (next[left]! < text.length) previous[next[left]!] = left
    if (previous[left]! >= 0) offer(previous[left]!)
    offer(left)
  }
  return text.filter((symbol) => symbol !== null)
}

const isBefore = (a: Candidate, b: Candidate) => a.rank < b.rank || (a.rank === b.rank && a.left < b.left)

function push(heap: Candidate[], item: Candidate): void {
  let at = heap.push(item) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(item, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = item
}

function pop(heap: Candidate[]): Candidate | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
    if (!isBefore(heap[child]!, last)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
  return top
}
