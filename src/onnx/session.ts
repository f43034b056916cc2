// The main process's side of one session.

import { renderFailure } from '../diagnostic/failure.js'
import { receiveTensors, sendTensors } from './mailbox.js'
import type { SessionSetup, WorkerMessage } from './messages.js'
import { endedFailure, openFailure, runFailure } from './session-failures.js'
import type { FloatTensor, RunResult, Tensor, TensorInfo } from './tensor.js'
import { holdOpen, killWorker, startWorker } from './worker-process.js'

export type Session = {
  readonly path: string
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /**
   * Runs the graph; calls queue up. Feeds are cast to the declared element types, outputs come as float32. `signal`
   * rejects with its reason at once; what the graph is busy with is finished and dropped.
   */
  run(feeds: Record<string, Tensor>, options?: { signal?: AbortSignal | undefined }): Promise<RunResult>
  /** Resolves when the graph is busy with nothing, also not with what was dropped. */
  idle(): Promise<void>
  /** Rejects what is pending and ends the worker. */
  release(): Promise<void>
}

type Job = {
  feeds: Record<string, Tensor>
  resolve(result: RunResult): void
  reject(reason: unknown): void
  /** Aborted: its result isn't wanted any more. */
  isDropped: boolean
}

/** `onEnded` is called when the session's process is gone. */
export function openSession(
  graph: Omit<SessionSetup, 'mailbox'>,
  signal: AbortSignal,
  onEnded: () => void,
): Promise<Session> {
  if (signal.aborted) {
    onEnded()
    return Promise.reject(signal.reason)
  }
  const { child, mailbox, printed } = startWorker({ listens: graph.device !== 'cpu' })
  const waiting: Job[] = []
  let running: Job | null = null
  let startedMs = 0
  let ended: unknown = null
  let onIdle: (() => void)[] = []

  const tellIdle = () => {
    for (const tell of onIdle) tell()
    onIdle = []
  }
  const end = (reason: unknown) => {
    if (ended !== null) return
    ended = reason
    for (const job of [running, ...waiting]) job?.reject(reason)
    tellIdle()
  }
  const stop = async (reason: unknown) => {
    end(reason)
    await killWorker(child)
  }

  const next = () => {
    if (running === null) {
      running = waiting.shift() ?? null
      startedMs = performance.now()
      if (running !== null) child.send({ feeds: sendTensors(running.feeds, mailbox.here) })
      else tellIdle()
    }
    // An idle session doesn't keep the program alive, a busy one does.
    holdOpen(
      child,
      [running, ...waiting].some((job) => job?.isDropped === false),
    )
  }
  const drop = (job: Job) => {
    job.isDropped = true
    if (job !== running) waiting.splice(waiting.indexOf(job), 1)
    next()
  }
  const finish = (settle: (job: Job) => void) => {
    const job = running
    running = null
    if (job !== null && !job.isDropped) settle(job)
    next()
  }

  const session = (inputs: TensorInfo[], outputs: TensorInfo[]): Session => ({
    path: graph.path,
    inputs,
    outputs,
    run(feeds, options = {}) {
      return new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended)
        const { signal: abort } = options
        if (abort?.aborted) return reject(abort.reason)
        const onAbort = () => {
          drop(job)
          reject(abort!.reason)
        }
        const settled = () => abort?.removeEventListener('abort', onAbort)
        const job: Job = {
          feeds,
          resolve(result) {
            settled()
            resolve(result)
          },
          reject(reason) {
            settled()
            reject(reason)
          },
          isDropped: false,
        }
        abort?.addEventListener('abort', onAbort, { once: true })
        waiting.push(job)
        next()
      })
    },
    idle: () =>
      running === null || ended !== null ? Promise.resolve() : new Promise((tell) => onIdle.push(tell)),
    release: () => stop(new Error('the session was released')),
  })

  return new Promise((resolve, reject) => {
    const giveUp = (reason: unknown) => {
      signal.removeEventListener('abort', onAbort)
      reject(reason)
      void stop(reason)
    }
    const onAbort = () => giveUp(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })

    child.on('message', (message: WorkerMessage) => {
      if (ended !== null) return
      if (message.kind === 'opened') {
        holdOpen(child, false)
        resolve(session(message.inputs, message.outputs))
      } else if (message.kind === 'failed') {
        // What it printed is there in full when it has ended.
        child.off('exit', onExit)
        child.once('close', () => giveUp(openFailure(graph, message.problem, message.detail, printed())))
        child.kill('SIGKILL')
      } else if (message.kind === 'result') {
        const outputs = receiveTensors(message.outputs, mailbox.here) as Record<string, FloatTensor>
        const ms = performance.now() - startedMs
        finish((job) => job.resolve({ outputs, ms }))
      } else {
        const failure = runFailure(graph, message.detail)
        finish((job) => job.reject(failure))
      }
    })
    // Both come too late to matter when the session was ended on purpose.
    child.on('error', (error) => {
      giveUp(renderFailure(`the model's process failed: ${error.message}`, null, error))
      if (child.pid === undefined) onEnded()
    })
    const onExit = (code: number | null, killedBy: NodeJS.Signals | null) =>
      giveUp(endedFailure(graph, code, killedBy))
    child.on('exit', onExit)
    child.once('exit', onEnded)
    child.send({ ...graph, mailbox: mailbox.there } satisfies SessionSetup)
  })
}
