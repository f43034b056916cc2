// At most so many at a time.

export type Slots = <T>(work: () => Promise<T>) => Promise<T>

/** Runs what it is given in order of arrival, `count` of them side by side. */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = []
  let free = count
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((go) => waiting.push(go))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
