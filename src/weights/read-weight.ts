// The numbers of a graph's weights, wherever they lie: in the graph or beside it.

import { open } from 'node:fs/promises'
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import { decodeElements, ELEMENT_BYTES } from './element-types.js'
import type { Initializer, OnnxGraph } from './onnx-graph.js'
import { TENSOR } from './onnx-proto.js'
import { LENGTH_DELIMITED, openProtobuf } from './protobuf.js'

/** A weight's numbers, elements `start`…`end` at a time. Fails (exit 3) when they are missing or cut off; rejects with system errors. */
export async function openWeight(
  graph: OnnxGraph,
  weight: Initializer,
): Promise<{ read(start: number, end: number): Promise<Float32Array>; close(): Promise<void> }> {
  const type = weight.type!
  const { data } = weight
  if (data.kind === 'numbers') {
    const all = readNumbers(graph, weight)
    return { read: async (start, end) => all.slice(start, end), close: async () => {} }
  }
  const path = data.kind === 'raw' ? graph.path : insideFolder(graph, data.location)
  const base = data.kind === 'raw' ? data.start : data.offset
  const length = data.kind === 'raw' ? data.end - data.start : data.length
  const expected = elementCount(weight.dims) * ELEMENT_BYTES[type]
  if (length !== null && length !== expected)
    throw damaged(graph, `the weight ${weight.name} has another size than it says`)
  const file = await open(path).catch(missing(graph, basename(path)))
  return {
    async read(start, end) {
      const bytes = Buffer.alloc((end - start) * ELEMENT_BYTES[type])
      for (let done = 0; done < bytes.length; ) {
        const at = base + start * ELEMENT_BYTES[type] + done
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, at)
        if (bytesRead === 0) throw damaged(graph, `its weights ${basename(path)} are cut off`)
        done += bytesRead
      }
      return decodeElements(bytes, type)
    },
    close: () => file.close(),
  }
}

/** Of the typed fields: float_data, double_data, and int32_data with 16 bits each. */
function readNumbers(graph: OnnxGraph, weight: Initializer): Float32Array {
  const file = openProtobuf(graph.path)
  try {
    const pieces: Buffer[] = []
    for (const { number, wire, value, body, end } of file.fields(weight.field.body, weight.field.end)) {
      if (number === TENSOR.floats || number === TENSOR.doubles) pieces.push(file.bytes(body, end))
      else if (number === TENSOR.int32s) {
        const bits = wire === LENGTH_DELIMITED ? file.varints(body, end).map(Number) : [value]
        pieces.push(Buffer.from(Uint16Array.from(bits).buffer))
      }
    }
    const numbers = decodeElements(Buffer.concat(pieces), weight.type!)
    if (numbers.length !== elementCount(weight.dims))
      throw damaged(graph, `the weight ${weight.name} has another size than it says`)
    return numbers
  } finally {
    file.close()
  }
}

export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((product, dim) => product * dim, 1)

const damaged = (graph: OnnxGraph, what: string) =>
  environmentFailure(`the model file ${graph.path} is damaged: ${what}`, 'get the model again')

/** Catches what opening external data fails with. */
export const missing =
  (graph: OnnxGraph, location: string) =>
  (error: unknown): never => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw damaged(graph, `its weights ${location} are missing`)
  }

/** Full path of external data. */
export function insideFolder(graph: OnnxGraph, location: string): string {
  const folder = dirname(graph.path)
  const path = resolve(folder, location)
  const inside = relative(folder, path)
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside))
    throw damaged(graph, `its weights ${location} lie outside its folder`)
  return path
}
