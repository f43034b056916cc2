/** Things that are opened by plain data, such as names, when they are first asked for, and stay open. */
export type Openings<Names extends unknown[], T> = {
  get(...names: Names): Promise<T>
  /** Closes what was opened; resolves when all is gone. */
  close(): Promise<void>
}

/** Each choice of model, LoRAs and words is a model in memory. */
export const MOST_PAINTERS = 3

/** With `most`, the one that was not asked for the longest is closed for another: for things that are used one after the other. */
export function createOpenings<Names extends unknown[], T extends { close(): Promise<void> }>(
  open: (...names: Names) => Promise<T>,
  most = Number.POSITIVE_INFINITY,
): Openings<Names, T> {
  /** The last asked for is the last. */
  const opened = new Map<string, Promise<T>>()
  const closeOne = (one: Promise<T>) => one.then((o) => o.close()).catch(() => {})
  return {
    get(...names) {
      const key = JSON.stringify(names)
      const known = opened.get(key)
      opened.delete(key)
      const [oldest] = known || opened.size < most ? [] : opened
      if (oldest) opened.delete(oldest[0])
      const one = known ?? (oldest ? closeOne(oldest[1]).then(() => open(...names)) : open(...names))
      opened.set(key, one)
      return one
    },
    async close() {
      for (const one of opened.values()) await closeOne(one)
    },
  }
}
