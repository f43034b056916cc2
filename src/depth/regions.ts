// Parts of a picture that look alike: P. Felzenszwalb and D. Huttenlocher, "Efficient graph-based image segmentation",
// IJCV 59 (2004).

/** Rows of R, G, B in 8-bit levels and fractions of them. */
export type Colors = { width: number; height: number; data: Float32Array }

/** How different neighbours in one region may be, in 8-bit levels times pixels: larger makes larger regions. */
const SCALE = 220
/** Smaller regions join a neighbour, in pixels. */
const LEAST_PIXELS = 12

/** The region of each pixel, numbered from 0. */
export function findRegions({ width, height, data }: Colors): { labels: Int32Array; count: number } {
  const pixels = width * height
  const edges: { a: number; b: number; weight: number }[] = []
  const connect = (a: number, b: number) => {
    const [red, green, blue] = [0, 1, 2].map((c) => data[a * 3 + c]! - data[b * 3 + c]!)
    edges.push({ a, b, weight: Math.hypot(red!, green!, blue!) })
  }
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      if (x + 1 < width) connect(at, at + 1)
      if (y + 1 < height) connect(at, at + width)
      if (x + 1 < width && y + 1 < height) connect(at, at + width + 1)
      if (x > 0 && y + 1 < height) connect(at, at + width - 1)
    }
  edges.sort((p, q) => p.weight - q.weight || p.a - q.a || p.b - q.b)

  const parent = Int32Array.from({ length: pixels }, (_, i) => i)
  const size = new Int32Array(pixels).fill(1)
  const inside = new Float32Array(pixels)
  const root = (i: number): number => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]!]!
      i = parent[i]!
    }
    return i
  }
  const join = (a: number, b: number, weight: number) => {
    const [large, small] = size[a]! >= size[b]! ? [a, b] : [b, a]
    parent[small] = large
    size[large]! += size[small]!
    inside[large] = weight
  }
  for (const { a, b, weight } of edges) {
    const [from, to] = [root(a), root(b)]
    if (from === to) continue
    const limit = Math.min(inside[from]! + SCALE / size[from]!, inside[to]! + SCALE / size[to]!)
    if (weight <= limit) join(from, to, weight)
  }
  for (const { a, b, weight } of edges) {
    const [from, to] = [root(a), root(b)]
    if (from !== to && Math.min(size[from]!, size[to]!) < LEAST_PIXELS) join(from, to, weight)
  }
  const numbers = new Map<number, number>()
  const labels = Int32Array.from({ length: pixels }, (_, i) => {
    const own = root(i)
    if (!numbers.has(own)) numbers.set(own, numbers.size)
    return numbers.get(own)!
  })
  return { labels, count: numbers.size }
}
