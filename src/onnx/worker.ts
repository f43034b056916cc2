// Runs one session in its own process: onnxruntime's run() blocks the thread it is called on, and ending a worker thread in
// the middle of it aborts the whole program.

import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { executionProviders } from './device.js'
import { fromElements, toElements } from './element-types.js'
import { receiveTensors, sendTensors } from './mailbox.js'
import type { OpenProblem, RunRequest, SessionSetup, Splice, WorkerMessage } from './messages.js'
import type { FloatTensor, TensorInfo } from './tensor.js'

// With this global, onnxruntime-common makes Float16Arrays, which the native binding reads as empty; without it, both
// sides use Uint16Array.
Reflect.deleteProperty(globalThis, 'Float16Array')

const post = (message: WorkerMessage): void => void process.send?.(message)

async function open(setup: SessionSetup): Promise<void> {
  const missing = missingFile(setup.path)
  if (missing !== null) return post({ kind: 'failed', problem: 'missing', detail: missing })
  let ort: typeof import('onnxruntime-node')
  try {
    ort = await import('onnxruntime-node')
  } catch (error) {
    return post({ kind: 'failed', problem: 'runtime', detail: firstLine(error) })
  }
  let session: InferenceSession
  try {
    session = await create(ort, setup)
  } catch (error) {
    const detail = firstLine(error)
    return post({ kind: 'failed', problem: openProblem(detail, setup.device), detail })
  }
  const inputs = session.inputMetadata.map(tensorInfo)
  const outputs = session.outputMetadata.map(tensorInfo)
  process.on('message', (request: RunRequest) => run(ort, session, inputs, request, setup.mailbox))
  post({ kind: 'opened', inputs, outputs })
}

function create(ort: typeof import('onnxruntime-node'), setup: SessionSetup): Promise<InferenceSession> {
  const { path, splices = [] } = setup
  const isSpliced = splices.length > 0
  const options = {
    executionProviders: [...executionProviders(setup.device)],
    intraOpNumThreads: setup.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    enableMemPattern: true,
    // 4 is "fatal": what goes wrong comes back as an exception and is told once.
    logSeverityLevel: 4,
    extra: {
      session: {
        'intra_op.allow_spinning': '0',
        // Bytes have no folder in which weights of their own files lie.
        ...(isSpliced ? { model_external_initializers_file_folder_path: dirname(path) } : {}),
      },
    },
  } as InferenceSession.SessionOptions
  return isSpliced
    ? ort.InferenceSession.create(spliced(path, splices), options)
    : ort.InferenceSession.create(path, options)
}

async function run(
  ort: typeof import('onnxruntime-node'),
  session: InferenceSession,
  inputs: TensorInfo[],
  request: RunRequest,
  mailbox: number | null,
): Promise<void> {
  try {
    const feeds = receiveTensors(request.feeds, mailbox)
    const given: Record<string, OrtTensor> = {}
    for (const { name, type } of inputs) {
      const feed = feeds[name]
      if (feed === undefined) throw new Error(`input ${name} is missing`)
      given[name] = new ort.Tensor(type as 'float32', toElements(feed.data, type) as Float32Array, feed.dims)
    }
    const results = await session.run(given)
    const outputs: Record<string, FloatTensor> = {}
    for (const [name, tensor] of Object.entries(results)) {
      outputs[name] = { data: fromElements(tensor.data as ArrayBufferView, tensor.type), dims: tensor.dims }
    }
    post({ kind: 'result', outputs: sendTensors(outputs, mailbox) })
  } catch (error) {
    post({ kind: 'error', detail: firstLine(error) })
  }
}

/** The file as it should read. */
function spliced(path: string, splices: readonly Splice[]): Uint8Array {
  const file = readFileSync(path)
  const pieces: Uint8Array[] = []
  let at = 0
  for (const { start, end, bytes } of splices) {
    pieces.push(file.subarray(at, start), bytes)
    at = end
  }
  return Buffer.concat([...pieces, file.subarray(at)])
}

function tensorInfo(metadata: InferenceSession.ValueMetadata): TensorInfo {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, dims: metadata.shape }
    : { name: metadata.name, type: 'other', dims: [] }
}

function missingFile(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 'there is no such file'
  if (!stat.isFile()) return 'it is not a file'
  return stat.size === 0 ? 'the file is empty' : null
}

/** onnxruntime has no error codes at this door, only words. */
function openProblem(detail: string, device: string): OpenProblem {
  if (
    /not implemented|NOT_IMPLEMENTED|is not a registered function|No Op registered|com\.microsoft/i.test(
      detail,
    )
  ) {
    return 'unsupported'
  }
  // A file may be called after a device.
  return device !== 'cpu' && isAboutDevice(detail) ? 'device' : 'damaged'
}

const isAboutDevice = (detail: string): boolean =>
  /AppendExecutionProvider|backend not found|WebGPU (?:adapter|device)|\bCU(?:DA|DNN|BLAS) (?:failure|error)|\bcuda[A-Z]\w+|TensorRT|DML|DXGI|D3D12|CoreML/.test(
    detail,
  )

const firstLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n')[0]!.slice(0, 400)
}

// Ctrl-C reaches every process of the terminal; the main one decides what it means.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())
process.once('message', (setup: SessionSetup) => open(setup))
