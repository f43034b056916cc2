// Products of matrices by onnxruntime, on the CPU: a graph of one node, written when it is needed.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Matrix, Multiply } from '../lora/delta.js'
import { openRuntime } from '../onnx/runtime.js'
import { field, textField, varintField } from '../weights/protobuf.js'

const IR_VERSION = 8
const OPSET = 13
const FLOAT = 1

/** `folder` must be there; the graph's file lies in it while it is being opened. */
export async function openMultiply(
  folder: string,
  { threads, signal }: { threads: number; signal?: AbortSignal | undefined },
): Promise<{ multiply: Multiply; close(): Promise<void> }> {
  const runtime = await openRuntime({ threads, device: 'cpu' })
  const path = join(folder, 'multiply.onnx')
  await writeFile(path, productGraph())
  const session = await runtime.open(path, { signal })
  await rm(path)
  return {
    async multiply(a, b) {
      const { outputs } = await session.run({ a: tensor(a), b: tensor(b) }, { signal })
      return { rows: a.rows, columns: b.columns, data: outputs.c!.data }
    },
    close: () => runtime.close(),
  }
}

const tensor = ({ rows, columns, data }: Matrix) => ({ data, dims: [rows, columns] })

/** c = a × b, of any sizes; numbers of fields are onnx.proto's. */
function productGraph(): Buffer {
  const dim = (name: string) => field(1, textField(2, name))
  const matrix = (name: string, rows: string, columns: string) => {
    const shape = Buffer.concat([dim(rows), dim(columns)])
    const type = field(1, Buffer.concat([varintField(1, FLOAT), field(2, shape)]))
    return Buffer.concat([textField(1, name), field(2, type)])
  }
  const node = [textField(1, 'a'), textField(1, 'b'), textField(2, 'c'), textField(4, 'MatMul')]
  const graph = [
    field(1, Buffer.concat(node)),
    textField(2, 'product'),
    field(11, matrix('a', 'rows', 'inner')),
    field(11, matrix('b', 'inner', 'columns')),
    field(12, matrix('c', 'rows', 'columns')),
  ]
  const opset = field(8, varintField(2, OPSET))
  return Buffer.concat([varintField(1, IR_VERSION), field(7, Buffer.concat(graph)), opset])
}
