// The main process's side of one session.

import { environmentFailure, type Failure, renderFailure } from '../diagnostic/failure.js'
import type { OpenProblem, SessionSetup, WorkerMessage } from './messages.js'
import type { RunResult, Tensor, TensorInfo } from './tensor.js'
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
  /** Rejects what is pending and ends the worker. */
  release(): Promise<void>
}

type Pending = { resolve(result: RunResult): void; reject(reason: unknown): void }

/** `onReleased` is called once, when the session is of no use any more. */
export function openSession(
  setup: SessionSetup,
  signal: AbortSignal,
  onReleased: () => void,
): Promise<Session> {
  if (signal.aborted) return Promise.reject(signal.reason)
  const pending = new Map<number, Pending>()
  const worker = startWorker()
  let nextId = 0
  let ended: unknown = null

  const end = (reason: unknown) => {
    if (ended !== null) return
    ended = reason
    for (const { reject } of pending.values()) reject(reason)
    pending.clear()
    onReleased()
  }
  const stop = async (reason: unknown) => {
    end(reason)
    await killWorker(worker)
  }

  const session = (inputs: TensorInfo[], outputs: TensorInfo[]): Session => ({
    path: setup.path,
    inputs,
    outputs,
    run(feeds, options = {}) {
      return new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended)
        if (options.signal?.aborted) return reject(options.signal.reason)
        const id = nextId++
        const settle = () => {
          pending.delete(id)
          options.signal?.removeEventListener('abort', onAbort)
          if (pending.size === 0) holdOpen(worker, false)
        }
        const onAbort = () => {
          settle()
          reject(options.signal!.reason)
        }
        options.signal?.addEventListener('abort', onAbort, { once: true })
        pending.set(id, {
          resolve: (result) => {
            settle()
            resolve(result)
          },
          reject: (reason) => {
            settle()
            reject(reason)
          },
        })
        // An idle session doesn't keep the program alive, a busy one does.
        holdOpen(worker, true)
        worker.send({ id, feeds })
      })
    },
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

    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'opened') {
        if (ended !== null) return
        holdOpen(worker, false)
        resolve(session(message.inputs, message.outputs))
      } else if (message.kind === 'failed') giveUp(openFailure(setup.path, message.problem, message.detail))
      else if (message.kind === 'result') {
        pending.get(message.id)?.resolve({ outputs: message.outputs, ms: message.ms })
      } else {
        const failure = renderFailure(`the model ${setup.path} could not run: ${message.detail}`)
        pending.get(message.id)?.reject(failure)
      }
    })
    // Both come too late to matter when the session was ended on purpose.
    worker.on('error', (error) =>
      giveUp(renderFailure(`the model's process failed: ${error.message}`, null, error)),
    )
    worker.on('exit', (code, killedBy) => {
      const how = killedBy === null ? `code ${code}` : killedBy
      giveUp(renderFailure(`the model's process ended unexpectedly (${how})`, 'is there enough memory?'))
    })
    worker.send(setup)
  })
}

function openFailure(path: string, problem: OpenProblem, detail: string): Failure {
  if (problem === 'missing') {
    return environmentFailure(
      `the model file ${path} can't be used: ${detail}`,
      'get the model again, or choose another',
    )
  }
  if (problem === 'runtime') {
    return environmentFailure(
      `onnxruntime could not be loaded: ${detail}`,
      'run `npm rebuild onnxruntime-node`',
    )
  }
  if (problem === 'unsupported') {
    return environmentFailure(
      `the model file ${path} does not fit this device: ${detail}`,
      'use an export for this device',
    )
  }
  return environmentFailure(
    `the model file ${path} is damaged or not an ONNX graph`,
    `get the model again; onnxruntime says: ${detail}`,
  )
}
