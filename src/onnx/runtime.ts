// Opens ONNX graphs and runs them outside the main process, one worker a session: graphs load side by side, progress and
// cancelling go on while one runs, and releasing a session gives all of its memory back.

import { chooseDevice } from './choose-device.js'
import type { Splice } from './messages.js'
import { openSession, type Session } from './session.js'

export type Runtime = {
  /** What the sessions run on. */
  readonly device: string
  /** Why it is not a better one, where a better one seems to be there. */
  readonly warning: string | null
  /**
   * Loads a graph. A file that is missing, damaged or not for this device rejects with a Failure (exit 3) naming it;
   * `signal` rejects with its reason at once. `splices` change the graph on its way from the file.
   */
  open(
    path: string,
    options?: { signal?: AbortSignal | undefined; splices?: readonly Splice[] | undefined },
  ): Promise<Session>
  /** Resolves when no session that was opened is busy, also not with what was dropped. */
  idle(): Promise<void>
  /** Rejects all that is pending and ends every session. Resolves when the workers are gone. */
  close(): Promise<void>
}

/** `threads` is how many a session computes with. Fails (exit 3) when the device isn't there. */
export async function openRuntime({
  threads,
  device: requested = 'auto',
}: {
  threads: number
  device?: string
}): Promise<Runtime> {
  const { device, warning } = await chooseDevice(requested)
  const closing = new AbortController()
  const opened = new Set<Promise<Session>>()
  /** Of every process that is still there. */
  const endings = new Set<Promise<void>>()
  return {
    device,
    warning,
    open(path, { signal, splices } = {}) {
      // Each session listens to a signal of its own, since a runtime may have many.
      const either = AbortSignal.any(signal ? [signal, closing.signal] : [closing.signal])
      let onEnded = () => {}
      const ending = new Promise<void>((resolve) => {
        onEnded = resolve
      })
      const session = openSession({ path, splices, threads, device }, either, onEnded)
      opened.add(session)
      endings.add(ending)
      void ending.then(() => {
        opened.delete(session)
        endings.delete(ending)
      })
      return session
    },
    async idle() {
      const sessions = await Promise.allSettled(opened)
      await Promise.all(sessions.map((one) => (one.status === 'fulfilled' ? one.value.idle() : undefined)))
    },
    async close() {
      closing.abort(new Error('the runtime was closed'))
      await Promise.all(endings)
    },
  }
}
