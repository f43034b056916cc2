// One job at a time, the latest one: a new job stops the one before, and starts when nothing of that runs any more.

export type Latest = {
  readonly isRunning: boolean
  start(job: (signal: AbortSignal) => Promise<void>): void
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>
}

export type LatestOptions = {
  /** With the time from the stop to the end of the job. */
  onStopped: (ms: number) => void
  /** Of a job that was not stopped. */
  onFailed: (error: unknown) => void
}

export function createLatest({ onStopped, onFailed }: LatestOptions): Latest {
  let running: { stop: AbortController; over: Promise<void> } | null = null

  const stop = async () => {
    if (running === null) return
    const { stop, over } = running
    const isFirst = !stop.signal.aborted
    const stoppedMs = performance.now()
    stop.abort()
    await over
    if (isFirst) onStopped(performance.now() - stoppedMs)
  }
  return {
    get isRunning() {
      return running !== null && !running.stop.signal.aborted
    },
    start(job) {
      const before = stop()
      const mine = new AbortController()
      const over = before
        .then(() => (mine.signal.aborted ? undefined : job(mine.signal)))
        .catch((error) => {
          if (!mine.signal.aborted) onFailed(error)
        })
        .finally(() => {
          if (running?.stop === mine) running = null
        })
      running = { stop: mine, over }
    },
    stop,
  }
}
