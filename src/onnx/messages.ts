// What the main process and a session's worker say to each other. One run at a time: the mailbox holds one parcel.

import type { ParcelledTensor } from './mailbox.js'
import type { TensorInfo } from './tensor.js'

/** The first thing that the worker is told. `mailbox` is its file descriptor. */
export type SessionSetup = {
  path: string
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
