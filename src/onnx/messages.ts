// What the main process and a session's worker say to each other.

import type { FloatTensor, Tensor, TensorInfo } from './tensor.js'

/** The first thing that the worker is told. */
export type SessionSetup = { path: string; threads: number; providers: readonly string[] }

export type RunRequest = { id: number; feeds: Record<string, Tensor> }

export type WorkerMessage =
  | { kind: 'opened'; inputs: TensorInfo[]; outputs: TensorInfo[] }
  | { kind: 'failed'; problem: OpenProblem; detail: string }
  | { kind: 'result'; id: number; outputs: Record<string, FloatTensor>; ms: number }
  | { kind: 'error'; id: number; detail: string }

/** Why a session didn't open: no such file, unreadable as a graph, or an operator that the device lacks. */
export type OpenProblem = 'missing' | 'damaged' | 'unsupported' | 'runtime'
