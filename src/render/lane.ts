// A lane runs at most `width` jobs at once, in the order in which they were asked for.

export type Lane = <T>(job: () => Promise<T>) => Promise<T>

export function openLane(width: number): Lane {
  let running = 0
  const waiting: (() => void)[] = []
  return async (job) => {
    if (running >= width) await new Promise<void>((go) => waiting.push(go))
    else running++
    try {
      return await job()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
