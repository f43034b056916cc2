// Tries a device for real, in a process of its own: does it open, and does it count right?

import { fileURLToPath } from 'node:url'
import { EXIT, Failure } from '../diagnostic/failure.js'
import { openSession } from './session.js'
import { DeviceFailure } from './session-failures.js'

/** A convolution, a normalisation, an attention: made by tools/golden/device_trial.py, as is what the CPU makes of it. */
const GRAPH = fileURLToPath(new URL('../../models/trial/model.onnx', import.meta.url))
const RIGHT = [0.00476, -0.26452, -0.6397, 0.24387, 0.33498, 0.0828, -0.49437, 0.32457]
/** GPUs may count in half or TF32 precision. */
const TOLERANCE = 0.02
/** A driver that hangs is as good as none. */
const LONGEST_MS = 60_000

export type TrialFailure = { reason: string; hint: string | null }

const tried = new Map<string, Promise<TrialFailure | null>>()

/** Null when the device works. Tried once a process. */
export function tryDevice(device: string): Promise<TrialFailure | null> {
  let trial = tried.get(device)
  if (trial === undefined) {
    trial = tryNow(device)
    tried.set(device, trial)
  }
  return trial
}

async function tryNow(device: string): Promise<TrialFailure | null> {
  const late = new Failure(EXIT.environment, `it has not answered for ${LONGEST_MS / 1000} s`)
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(late), LONGEST_MS)
  try {
    const session = await openSession({ path: GRAPH, threads: 1, device }, abort.signal, () => {})
    try {
      const picture = { data: Float32Array.from({ length: 128 }, (_, i) => i / 64 - 1), dims: [1, 2, 8, 8] }
      const { outputs } = await session.run({ picture }, { signal: abort.signal })
      const isRight = RIGHT.every((value, i) => Math.abs(outputs.result!.data[i]! - value) <= TOLERANCE)
      return isRight ? null : { reason: 'it counts wrong', hint: "update the GPU's driver" }
    } finally {
      await session.release()
    }
  } catch (error) {
    if (error instanceof DeviceFailure) return { reason: error.reason, hint: error.hint }
    if (error instanceof Failure) return { reason: error.message, hint: error.hint }
    throw error
  } finally {
    clearTimeout(timer)
  }
}
