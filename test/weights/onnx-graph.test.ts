import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readOnnxGraph } from '../../src/weights/onnx-graph.js'
import { field, textField } from '../../src/weights/protobuf.js'
import { graphWithWeights, noiseBytes, TINY } from '../models/tiny-files.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-onnx-'))
})
afterEach(() => rm(folder, { recursive: true }))
const read = async (bytes: Buffer) => {
  await writeFile(join(folder, 'm.onnx'), bytes)
  return readOnnxGraph(join(folder, 'm.onnx'))
}
const locations = async (bytes: Buffer) => (await read(bytes))?.files.map(({ location }) => location) ?? null

describe('external data', () => {
  test('of initialisers, each file once', async () => {
    expect(await locations(graphWithWeights(['weights.pb', 'b.data', 'weights.pb']))).toEqual([
      'weights.pb',
      'b.data',
    ])
    expect(await locations(graphWithWeights(['../../etc/passwd']))).toEqual(['../../etc/passwd'])
  })
  test('of constants in nodes and in graphs within nodes, behind weights that are skipped', async () => {
    const entry = Buffer.concat([textField(2, 'inner.pb'), textField(1, 'location')])
    const tensor = field(13, entry)
    const constant = field(1, field(5, field(5, tensor)))
    const branch = field(1, field(5, field(6, constant)))
    const bulk = field(5, field(9, noiseBytes(300_000)))
    expect(await locations(field(7, Buffer.concat([bulk, branch])))).toEqual(['inner.pb'])
  })
  test('none where the weights are inside', () => {
    expect(readOnnxGraph(join(TINY, 'unet/model.onnx'))!.files).toEqual([])
  })
})

test('null for what is cut off or no graph', async () => {
  const whole = graphWithWeights(['weights.pb'])
  expect(await read(whole.subarray(0, whole.length - 3))).toBeNull()
  expect(await read(Buffer.from('<!doctype html><p>Not found'))).toBeNull()
  expect(await read(Buffer.alloc(0))).toBeNull()
  expect(
    await read(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n')),
  ).toBeNull()
})

test('reads nodes and initialisers of a real export', () => {
  const { nodes, initializers } = readOnnxGraph(join(TINY, 'unet/model.onnx'))!
  const query = '/inner/down_blocks.0/attentions.0/transformer_blocks.0/attn1/to_q/MatMul'
  const node = nodes.find(({ name }) => name === query)!
  expect(node).toMatchObject({ operator: 'MatMul', domain: '', outputs: [`${query}_output_0`] })
  expect(initializers.get(node.inputs[1]!)).toMatchObject({
    dims: [8, 8],
    type: 'float32',
    data: { kind: 'raw' },
  })
  const linear = nodes.find(({ name }) => name === '/inner/time_embedding/linear_1/Gemm')!
  expect(linear.attributes.get('transB')).toEqual([1])
  expect(initializers.get('inner.conv_in.weight')?.dims).toEqual([8, 4, 3, 3])
})
