// Changed weights arrive in onnxruntime, and all others stay; the graph is made by tools/golden/graph_weights.py.

import { cp, mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRuntime } from '../../dist/onnx/runtime.js'
import { readOnnxGraph } from '../../src/weights/onnx-graph.js'
import { appendRows, patchGraph, type WeightChange } from '../../src/weights/patch-graph.js'
import { openWeight } from '../../src/weights/read-weight.js'
import golden from '../golden/graph-weights/values.json' with { type: 'json' }

const path = fileURLToPath(new URL('../golden/graph-weights/model.onnx', import.meta.url))
const graph = readOnnxGraph(path)!
const names = [...graph.initializers.keys()]
const { values } = golden
const runtime = await openRuntime({ threads: 1, device: 'cpu' })
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-patch-'))
})
afterAll(async () => {
  await runtime.close()
  await rm(folder, { recursive: true })
})

let count = 0
const patch = (changes: Record<string, WeightChange>, signal?: AbortSignal) =>
  patchGraph(graph, new Map(Object.entries(changes)), join(folder, String(count++)), { signal })

/** What onnxruntime makes of the weights. */
async function outputs(
  model: string,
): Promise<Record<string, { data: Float32Array; dims: readonly number[] }>> {
  const session = await runtime.open(model)
  const { outputs } = await session.run({})
  await session.release()
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [name.replace(/ out$/, ''), tensor]),
  )
}
const half: WeightChange = { rows: (old) => old.map((value) => value / 2) }

describe.each(names)('%s', (name) => {
  test('is read', async () => {
    const weight = await openWeight(graph, graph.initializers.get(name)!)
    expect([...(await weight.read(0, 12))]).toEqual(values)
    expect([...(await weight.read(4, 6))]).toEqual(values.slice(4, 6))
    await weight.close()
  })

  test('is changed, and nothing else', async () => {
    for (const [other, { data, dims }] of Object.entries(await outputs(await patch({ [name]: half })))) {
      expect(dims).toEqual([3, 4])
      expect([...data], other).toEqual(other === name ? values.map((value) => value / 2) : values)
    }
  })
})

test('more rows, in every form', async () => {
  const rows = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  const longer = names.map((name) => [name, appendRows(graph.initializers.get(name)!, rows)])
  for (const { data, dims } of Object.values(await outputs(await patch(Object.fromEntries(longer))))) {
    expect(dims).toEqual([5, 4])
    expect([...data]).toEqual([...values, ...rows])
  }
})

test('all at once, again on the copy', async () => {
  const once = await patch(Object.fromEntries(names.map((name) => [name, half])))
  const changes = new Map(names.map((name) => [name, half]))
  const twice = await patchGraph(readOnnxGraph(once)!, changes, join(folder, 'twice'))
  for (const { data } of Object.values(await outputs(twice)))
    expect([...data]).toEqual(values.map((value) => value / 4))
})

test('weights that stay are links, and take no room', async () => {
  const model = await patch({ 'float32 external': half })
  const there = join(model, '..')
  expect((await readdir(there)).sort()).toEqual(['model.onnx', 'more', 'patched.data', 'weights.pb'])
  expect((await stat(join(there, 'weights.pb'))).ino).toBe((await stat(join(path, '../weights.pb'))).ino)
  expect((await stat(join(there, 'patched.data'))).size).toBe(4 * values.length)
})

test('rows come in blocks that fit memory, in order', async () => {
  const rows = 3_000_000
  const asked: number[][] = []
  const large: WeightChange = {
    dims: [rows, 4],
    rows: (_, first, end) => {
      asked.push([first, end])
      return new Float32Array((end - first) * 4).fill(first)
    },
  }
  const { data } = (await outputs(await patch({ 'float32 raw': large })))['float32 raw']!
  expect(asked.length).toBeGreaterThan(2)
  expect(asked.map(([first]) => first)).toEqual([0, ...asked.slice(0, -1).map(([, end]) => end)])
  for (const [first, end] of asked) expect([data[4 * first!], data[4 * end! - 1]]).toEqual([first, first])
})

describe('damage', () => {
  const copy = async () => {
    const there = join(folder, String(count++))
    await cp(join(path, '..'), there, { recursive: true })
    return there
  }
  const patchIn = (there: string, name: string) =>
    patchGraph(
      readOnnxGraph(join(there, 'model.onnx'))!,
      new Map([[name, half]]),
      join(folder, String(count++)),
    )

  test('weights that are missing or cut off are named', async () => {
    const there = await copy()
    await truncate(join(there, 'weights.pb'), 50)
    await expect(patchIn(there, 'float16 external')).rejects.toMatchObject({
      exitCode: 3,
      message: /weights\.pb are cut off/,
    })
    await rm(join(there, 'weights.pb'))
    await expect(patchIn(there, 'float16 external')).rejects.toMatchObject({
      exitCode: 3,
      message: /weights\.pb are missing/,
    })
  })

  test('weights outside the folder are refused', async () => {
    const there = await copy()
    const outside = {
      ...readOnnxGraph(join(there, 'model.onnx'))!,
      files: [{ location: '../values.json', bytes: 1 }],
    }
    await expect(patchGraph(outside, new Map(), join(folder, 'outside'))).rejects.toMatchObject({
      exitCode: 3,
      message: /outside/,
    })
  })

  test('stops when the signal fires', async () => {
    const abort = new AbortController()
    const stopping: WeightChange = {
      dims: [3_000_000, 4],
      rows: (_, first, end) => {
        abort.abort('stop')
        return new Float32Array((end - first) * 4)
      },
    }
    await expect(patch({ 'float32 raw': stopping }, abort.signal)).rejects.toBe('stop')
  })
})
