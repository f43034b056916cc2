// A Brownian motion that gives the same increments wherever and in whatever order it is asked: halves of intervals are
// drawn from seeds of their own. Source: torchsde _brownian/brownian_interval.py (halfway_tree), as diffusers sets it up
// in schedulers/scheduling_dpmsolver_sde.py.

import { TorchGenerator } from './noise.js'
import { seedWords } from './seed-sequence.js'
import { roundHalfEven } from './timesteps.js'

const f = Math.fround
const POOL_SIZE = 24
/** Times are held in millionths. */
const DIGITS = 6

/** A node of the tree: an interval with the motion's increment over it; `key` and `depth` say where in the tree it is. */
type Interval = { start: number; end: number; increment: Float32Array; key: number; depth: number }

export type BrownianTree = {
  /** W(to) − W(from) for start ≤ from < to ≤ end, up to rounding; times beyond the ends count as the ends. */
  increment(from: number, to: number): Float32Array
}

/** `size` independent motions over start…end, the same for the same seed (0 or more). */
export function createBrownianTree(start: number, end: number, size: number, seed: bigint): BrownianTree {
  const draw = (word: number): Float32Array => new TorchGenerator(word).randn(size)
  const [rootWord] = seedWords(seed, [], POOL_SIZE, 1) as Uint32Array & [number]
  const deviation = f(Math.sqrt(end - start))
  const root: Interval = {
    start: roundTime(start),
    end: roundTime(end),
    increment: draw(rootWord).map((value) => value * deviation),
    key: 0,
    depth: 0,
  }

  /** The two halves, by the law of a Brownian bridge. */
  function halve(parent: Interval): [left: Interval, right: Interval] {
    const middle = roundTime(0.5 * (parent.end + parent.start))
    const reciprocal = 1 / (parent.end - parent.start)
    const before = middle - parent.start
    const after = parent.end - middle
    const [word] = seedWords(seed, [parent.key, parent.depth], POOL_SIZE, 1) as Uint32Array & [number]
    const noise = draw(word)
    const spread = f(Math.sqrt(before * after * reciprocal))
    const left = parent.increment.map(
      (value, i) => f(f(f(before) * value) * f(reciprocal)) + f(spread * noise[i]!),
    )
    const right = parent.increment.map((value, i) => value - left[i]!)
    const depth = parent.depth + 1
    return [
      { start: parent.start, end: middle, increment: left, key: 2 * parent.key, depth },
      { start: middle, end: parent.end, increment: right, key: 2 * parent.key + 1, depth },
    ]
  }

  /** Adds up the largest intervals of the tree that make up from…to, from left to right. */
  function collect(interval: Interval, from: number, to: number, sum: Float32Array): void {
    if (from === interval.start && to === interval.end) {
      for (let i = 0; i < size; i++) sum[i] = sum[i]! + interval.increment[i]!
      return
    }
    const [left, right] = halve(interval)
    if (from < left.end) collect(left, from, Math.min(to, left.end), sum)
    if (to > right.start) collect(right, Math.max(from, right.start), to, sum)
  }

  return {
    increment(from, to) {
      const clamp = (time: number) => roundTime(Math.min(Math.max(time, root.start), root.end))
      const sum = new Float32Array(size)
      if (clamp(from) < clamp(to)) collect(root, clamp(from), clamp(to), sum)
      return sum
    },
  }
}

/** Python's round(time, 6): decimal halves, which only multiples of 1/128 can be, go to the even neighbour. */
function roundTime(time: number): number {
  if (Number.isInteger(time * 128)) return roundHalfEven(time * 10 ** DIGITS) / 10 ** DIGITS
  return Number(time.toFixed(DIGITS))
}
