// Which files an ONNX graph keeps its weights in: a walk over the protobuf that reads no weights.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (ModelProto, GraphProto, TensorProto.external_data).

import { open } from 'node:fs/promises'

/** Numbers of the fields that lead from the model to tensors and what lies in them. */
const WALK: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: 'graph', 25: 'function' },
  function: { 7: 'node' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
}
const MODEL_GRAPH = 7
const ENTRY_KEY = 1
const ENTRY_VALUE = 2
const DEEPEST = 64
const WINDOW_BYTES = 64 * 1024
const LONGEST_TEXT = 4096

/**
 * Locations of external data as the graph names them, relative to its folder, each once; not yet checked for safety. Null for
 * a file that is no ONNX model or is cut off. Rejects with system errors.
 */
export async function readExternalLocations(path: string): Promise<string[] | null> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const window = Buffer.alloc(WINDOW_BYTES)
    let windowStart = 0
    let windowEnd = 0

    async function bytesAt(at: number, length: number): Promise<Buffer> {
      if (at < windowStart || at + length > windowEnd) {
        const { bytesRead } = await file.read(window, 0, WINDOW_BYTES, at)
        windowStart = at
        windowEnd = at + bytesRead
        if (length > bytesRead) throw new Damaged()
      }
      return window.subarray(at - windowStart, at - windowStart + length)
    }

    /** Base-128 number at `at`, and where it ends. */
    async function varint(at: number, end: number): Promise<[number, number]> {
      const bytes = await bytesAt(at, Math.min(10, end - at))
      let value = 0
      for (let i = 0; i < bytes.length; i++) {
        value += (bytes[i]! & 0x7f) * 2 ** (7 * i)
        if (bytes[i]! < 0x80) return [value, at + i + 1]
      }
      throw new Damaged()
    }

    const locations = new Set<string>()
    let hasGraph = false

    async function walk(kind: string, start: number, end: number, depth: number): Promise<void> {
      if (depth > DEEPEST) throw new Damaged()
      const texts = new Map<number, string>()
      for (let at = start; at < end; ) {
        const [tag, afterTag] = await varint(at, end)
        const field = Math.floor(tag / 8)
        const wire = tag % 8
        if (field === 0) throw new Damaged()
        if (wire === 0) {
          at = (await varint(afterTag, end))[1]
          continue
        }
        const [length, body] =
          wire === 2 ? await varint(afterTag, end) : [wire === 1 ? 8 : wire === 5 ? 4 : -1, afterTag]
        if (length < 0 || body + length > end) throw new Damaged()
        at = body + length
        if (wire !== 2) continue
        if (kind === 'entry') {
          if (field !== ENTRY_KEY && field !== ENTRY_VALUE) continue
          if (length > LONGEST_TEXT) throw new Damaged()
          texts.set(field, (await bytesAt(body, length)).toString('utf8'))
          continue
        }
        hasGraph ||= kind === 'model' && field === MODEL_GRAPH
        const inner = WALK[kind]![field]
        if (inner !== undefined) await walk(inner, body, at, depth + 1)
      }
      if (texts.get(ENTRY_KEY) === 'location') locations.add(texts.get(ENTRY_VALUE) ?? '')
    }

    await walk('model', 0, size, 0)
    return hasGraph ? [...locations] : null
  } catch (error) {
    if (error instanceof Damaged) return null
    throw error
  } finally {
    await file.close()
  }
}

/** Leaves the walk. */
class Damaged extends Error {}
