// A copy of an ONNX graph with some of its weights changed. What stays is streamed or linked, what changes goes through memory
// a block of rows at a time, so that neither graph nor weights are ever held whole.

import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { linkFileTo } from '../host/copy-file.js'
import { ELEMENT_BYTES, type ElementType, encodeElements } from './element-types.js'
import type { Initializer, OnnxGraph } from './onnx-graph.js'
import { GRAPH, MODEL, TENSOR } from './onnx-proto.js'
import { field, fieldHead, openProtobuf, textField, varintField } from './protobuf.js'
import { elementCount, insideFolder, missing, openWeight } from './read-weight.js'

export type WeightChange = {
  /** New dimensions, of which only the first may differ; left out, the tensor keeps its own. */
  dims?: readonly number[]
  /**
   * The numbers of rows `first`…`end`, counted along the first dimension. `old` holds what the tensor has of these rows, less
   * where it is shorter; it may be changed and returned.
   */
  rows(old: Float32Array, first: number, end: number): Float32Array | Promise<Float32Array>
}

/** More rows below those of a tensor. */
export function appendRows(weight: Initializer, rows: Float32Array): WeightChange {
  const width = rowLength(weight.dims)
  const count = weight.dims[0]!
  return {
    dims: [count + rows.length / width, ...weight.dims.slice(1)],
    rows(old, first, end) {
      const all = new Float32Array((end - first) * width)
      all.set(old)
      const from = Math.max(first, count)
      if (from < end)
        all.set(rows.subarray((from - count) * width, (end - count) * width), (from - first) * width)
      return all
    },
  }
}

const BLOCK_ELEMENTS = 2 ** 22
const COPY_BYTES = 2 ** 20
/** External data is mapped into memory, page by page. */
const PAGE_BYTES = 4096
/** Protobuf's limit of a message, which onnxruntime keeps to. */
const LARGEST_FILE_BYTES = 2 ** 31 - 1
const EXTERNAL = 1
const DATA_FIELDS: readonly number[] = [
  TENSOR.floats,
  TENSOR.int32s,
  TENSOR.strings,
  TENSOR.int64s,
  TENSOR.raw,
  TENSOR.doubles,
  TENSOR.uint64s,
  TENSOR.external,
  TENSOR.location,
]

type Changed = {
  weight: Initializer & { type: ElementType }
  change: WeightChange
  dims: readonly number[]
  /** Fields that stay, dimensions, and what says where the data is. */
  head: Buffer
  byteLength: number
  /** Null: in the graph, behind `head`. */
  offset: number | null
}

/**
 * Writes `model.onnx` into the folder, with its external data: files of unchanged weights as hard links to the graph's own (as
 * copies where the file system can't), changed weights in a new one. Changed weights that lay in the graph stay there.
 * Returns the new graph's path. Fails (exit 3) when weights are missing or cut off; rejects with system errors, and with the
 * signal's reason.
 * @param changes by the names of initialisers, all of them floats.
 */
export async function patchGraph(
  graph: OnnxGraph,
  changes: ReadonlyMap<string, WeightChange>,
  folder: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const wanted = [...changes].map(([name, change]) => ({ weight: floatWeight(graph, name), change }))
  wanted.sort((a, b) => a.weight.field.start - b.weight.field.start)
  const newLocation = freeName(graph.files)
  let plan = planChanges(graph, wanted, newLocation, false)
  if (plan.size > LARGEST_FILE_BYTES) plan = planChanges(graph, wanted, newLocation, true)

  const target = join(folder, 'model.onnx')
  await mkdir(folder, { recursive: true })
  for (const { location } of graph.files) {
    signal?.throwIfAborted()
    await mkdir(dirname(join(folder, location)), { recursive: true })
    await linkFileTo(insideFolder(graph, location), join(folder, location)).catch(missing(graph, location))
  }
  const source = await open(graph.path)
  const output = await open(target, 'wx')
  const data = plan.changed.some(({ offset }) => offset !== null)
    ? await open(join(folder, newLocation), 'wx')
    : null
  try {
    const write = appendTo(output)
    const copy = (start: number, end: number) => copyRange(source, start, end, write, signal)
    await copy(0, graph.graph.start)
    await write(fieldHead(MODEL.graph, plan.bodyLength))
    let at = graph.graph.body
    let written = 0
    const writeData = data && appendTo(data)
    for (const changed of plan.changed) {
      const { weight, head, byteLength, offset } = changed
      await copy(at, weight.field.start)
      await write(fieldHead(GRAPH.initializer, head.length + (offset === null ? byteLength : 0)))
      await write(head)
      if (offset === null) await writeRows(graph, changed, write, signal)
      else {
        await writeData!(Buffer.alloc(offset - written))
        await writeRows(graph, changed, writeData!, signal)
        written = offset + byteLength
      }
      at = weight.field.end
    }
    await copy(at, graph.size)
  } finally {
    await Promise.all([source.close(), output.close(), data?.close()])
  }
  return target
}

function floatWeight(graph: OnnxGraph, name: string): Changed['weight'] {
  const weight = graph.initializers.get(name)
  if (!weight || weight.type === null) throw new Error(`${name} is no float initialiser of ${graph.path}`)
  return { ...weight, type: weight.type }
}

function planChanges(
  graph: OnnxGraph,
  wanted: readonly Pick<Changed, 'weight' | 'change'>[],
  newLocation: string,
  isAllExternal: boolean,
): { changed: Changed[]; bodyLength: number; size: number } {
  const file = openProtobuf(graph.path)
  try {
    let bodyLength = graph.graph.end - graph.graph.body
    let nextOffset = 0
    const changed = wanted.map(({ weight, change }): Changed => {
      const dims = change.dims ?? weight.dims
      const byteLength = elementCount(dims) * ELEMENT_BYTES[weight.type]
      const isExternal = isAllExternal || weight.data.kind === 'external'
      const offset = isExternal ? nextOffset : null
      if (isExternal) nextOffset = Math.ceil((nextOffset + byteLength) / PAGE_BYTES) * PAGE_BYTES
      const kept = [...file.fields(weight.field.body, weight.field.end)]
        .filter(({ number }) => number !== TENSOR.dims && !DATA_FIELDS.includes(number))
        .map(({ start, end }) => file.bytes(start, end))
      const where =
        offset === null
          ? [fieldHead(TENSOR.raw, byteLength)]
          : [
              varintField(TENSOR.location, EXTERNAL),
              entry('location', newLocation),
              entry('offset', String(offset)),
              entry('length', String(byteLength)),
            ]
      const head = Buffer.concat([...kept, ...dims.map((dim) => varintField(TENSOR.dims, dim)), ...where])
      const newLength = head.length + (isExternal ? 0 : byteLength)
      bodyLength += fieldHead(GRAPH.initializer, newLength).length + newLength
      bodyLength -= weight.field.end - weight.field.start
      return { weight, change, dims, head, byteLength, offset }
    })
    const around = graph.graph.start + (graph.size - graph.graph.end)
    return { changed, bodyLength, size: around + fieldHead(MODEL.graph, bodyLength).length + bodyLength }
  } finally {
    file.close()
  }
}

const entry = (key: string, value: string): Buffer =>
  field(TENSOR.external, Buffer.concat([textField(1, key), textField(2, value)]))

async function writeRows(
  graph: OnnxGraph,
  { weight, change, dims, byteLength }: Changed,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const old = await openWeight(graph, weight)
  try {
    const width = rowLength(dims)
    const rows = dims[0] ?? 1
    const oldRows = weight.dims[0] ?? 1
    const step = Math.max(1, Math.floor(BLOCK_ELEMENTS / width))
    let done = 0
    for (let first = 0; first < rows; first += step) {
      signal?.throwIfAborted()
      const end = Math.min(first + step, rows)
      const before = await old.read(Math.min(first, oldRows) * width, Math.min(end, oldRows) * width)
      const bytes = encodeElements(await change.rows(before, first, end), weight.type)
      await write(bytes)
      done += bytes.byteLength
    }
    if (done !== byteLength)
      throw new Error(`the change of ${weight.name} gave ${done} bytes, not ${byteLength}`)
  } finally {
    await old.close()
  }
}

const rowLength = (dims: readonly number[]): number => elementCount(dims.slice(1))

function freeName(taken: OnnxGraph['files']): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'patched.data' : `patched-${number}.data`
    if (!taken.some(({ location }) => basename(location) === name)) return name
  }
}

const appendTo =
  (file: FileHandle) =>
  async (bytes: Uint8Array): Promise<void> => {
    for (let done = 0; done < bytes.byteLength; ) done += (await file.write(bytes, done)).bytesWritten
  }

async function copyRange(
  source: FileHandle,
  start: number,
  end: number,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(COPY_BYTES, Math.max(0, end - start)))
  for (let at = start; at < end; ) {
    signal?.throwIfAborted()
    const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, end - at), at)
    if (bytesRead === 0) throw new Error('the file has become shorter')
    await write(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
}
