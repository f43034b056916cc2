/** Things that are opened by plain data, such as names, each once, when they are first asked for. */
export type Openings<Names extends unknown[], T> = {
  get(...names: Names): Promise<T>
  /** Closes what was opened; resolves when all is gone. */
  close(): Promise<void>
}

export function createOpenings<Names extends unknown[], T extends { close(): Promise<void> }>(
  open: (...names: Names) => Promise<T>,
): Openings<Names, T> {
  const opened = new Map<string, Promise<T>>()
  return {
    get(...names) {
      const key = JSON.stringify(names)
      if (!opened.has(key)) opened.set(key, open(...names))
      return opened.get(key)!
    },
    async close() {
      for (const one of opened.values()) await one.then((o) => o.close()).catch(() => {})
    },
  }
}
