// In-betweens from a model that knows the middle best: by halves, depth first, so that frames come in order and only as
// many are alive as the halving is deep.

import type { HonouredTimes } from './layout.js'

/** A time whose halving is deeper than this is made at the nearest one that isn't: 1/65536 of the pair's span. */
const DEEPEST = 16

/** How far from its time a frame may be, of the smallest step between two frames. */
const TOLERANCE = 1 / 16

/** Makes the frame at `time` (0..1) of the span between two others. */
export type Make<F> = (a: F, b: F, time: number) => Promise<F>

/**
 * Frames at `times`, which rise strictly between 0 (`a`) and 1 (`b`).
 *
 * `near-middle`: of the times that fall between two frames, the one nearest to their middle is made next, with its own
 * share of that span, so every frame lies exactly at its time (the rule of dajes/frame-interpolation-pytorch's
 * inference.py). `middle`: only middles are made; a time is replaced by the fraction k/2^d with the smallest d that lies
 * within 1/16 of the smallest step.
 */
export async function* subdivide<F>(
  a: F,
  b: F,
  times: readonly number[],
  rule: Exclude<HonouredTimes, 'any'>,
  make: Make<F>,
): AsyncGenerator<F> {
  const goals = rule === 'middle' ? dyadicTimes(times) : times
  yield* between({ frame: a, time: 0 }, { frame: b, time: 1 }, goals, rule, make)
}

type Placed<F> = { frame: F; time: number }

async function* between<F>(
  low: Placed<F>,
  high: Placed<F>,
  goals: readonly number[],
  rule: Exclude<HonouredTimes, 'any'>,
  make: Make<F>,
): AsyncGenerator<F> {
  if (goals.length === 0) return
  const middle = (low.time + high.time) / 2
  const time = rule === 'middle' ? middle : nearestTo(middle, goals)
  const frame = await make(low.frame, high.frame, (time - low.time) / (high.time - low.time))
  const split = { frame, time }
  yield* between(
    low,
    split,
    goals.filter((goal) => goal < time),
    rule,
    make,
  )
  for (const goal of goals) if (goal === time) yield frame
  yield* between(
    split,
    high,
    goals.filter((goal) => goal > time),
    rule,
    make,
  )
}

function nearestTo(middle: number, goals: readonly number[]): number {
  let best = goals[0]!
  for (const goal of goals) if (Math.abs(goal - middle) < Math.abs(best - middle)) best = goal
  return best
}

/** Each time as the shallowest k/2^d that is near enough. */
export function dyadicTimes(times: readonly number[]): number[] {
  const ends = [0, ...times, 1]
  const smallest = Math.min(...ends.slice(1).map((time, i) => time - ends[i]!))
  // The bound is met exactly by 1/3, which rounding must not turn down.
  const tolerance = smallest * TOLERANCE * (1 + 1e-9)
  return times.map((time) => {
    for (let depth = 1; ; depth++) {
      const parts = 2 ** depth
      const near = Math.min(parts - 1, Math.max(1, Math.round(time * parts))) / parts
      if (depth === DEEPEST || Math.abs(near - time) <= tolerance) return near
    }
  })
}
