// What the main process and a session's worker say to each other. One run at a time: the mailbox holds one parcel.

import type { ParcelledTensor } from './mailbox.js'
import type { TensorInfo } from './tensor.js'

/** `bytes` in place of what a file has from `start` to `end`. */
export type Splice = { start: number; end: number; bytes: Uint8Array }

/** The first thing that the worker is told. `mailbox` is its file descriptor. */
export type SessionSetup = {
  path: string
  /** Bytes of the file that read otherwise, in order. */
  splices?: readonly Splice[] | undefined
  threads: number
  device: string
  mailbox: number | null
}

export type RunRequest = { feeds: Record<string, ParcelledTensor> }

export type WorkerMessage =
  | { kind: 'opened'; inputs: TensorInfo[]; outputs: TensorInfo[] }
  | { kind: 'failed'; problem: OpenProblem; detail: string }
  | { kind: 'result'; outputs: Record<string, ParcelledTensor> }
  | { kind: 'error'; detail: string }

/**
 * Why a session didn't open: no such file, unreadable as a graph, an operator that the device lacks, no runtime, or no such
 * device.
 */
export type OpenProblem = 'missing' | 'damaged' | 'unsupported' | 'runtime' | 'device'
