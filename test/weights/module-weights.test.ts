// Each exporter's way to name, fold and store weights; the networks are made by tools/golden/module_weights.py.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRuntime, type Runtime } from '../../dist/onnx/runtime.js'
import { findModuleWeights, type ModuleWeight } from '../../src/weights/module-weights.js'
import { readOnnxGraph } from '../../src/weights/onnx-graph.js'
import { patchGraph, type WeightChange } from '../../src/weights/patch-graph.js'
import golden from '../golden/module-weights/values.json' with { type: 'json' }

let folder: string
let runtime: Runtime
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-modules-'))
  runtime = await openRuntime({ threads: 1 })
})
afterAll(async () => {
  await runtime.close()
  await rm(folder, { recursive: true })
})

async function run(path: string): Promise<Float32Array> {
  const session = await runtime.open(path)
  const { outputs } = await session.run({ x: { data: Float32Array.from(golden.x), dims: [2, 1, 6] } })
  await session.release()
  return outputs.y!.data
}
const furthest = (actual: Float32Array, expected: number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)))

/** What the golden network has more than the exported one: (row − 2 · column) / 8 of each weight, outputs down, inputs across. */
function addPattern({ weight, isTransposed }: ModuleWeight): WeightChange {
  const width = weight.dims.slice(1).reduce((a, b) => a * b, 1)
  const at = (i: number) => [Math.floor(i / width), i % width] as const
  return {
    rows: (old, first) =>
      old.map((value, i) => {
        const [down, across] = at(first * width + i)
        return value + (isTransposed ? across - 2 * down : down - 2 * across) / 8
      }),
  }
}

describe.each(['torchscript', 'dynamo', 'halves'])('%s', (name) => {
  const path = fileURLToPath(new URL(`../golden/module-weights/${name}.onnx`, import.meta.url))
  const graph = readOnnxGraph(path)!
  const found = findModuleWeights(graph)

  test('each layer’s weight is found by its module, and as it lies', () => {
    const shapes = found.map(({ path, weight, isTransposed }) => {
      const [first = 1, ...rest] = weight.dims
      const width = rest.reduce((a, b) => a * b, 1)
      return [path, isTransposed ? [width, first] : [first, width]]
    })
    expect(Object.fromEntries(shapes)).toEqual(golden.modules)
  })

  test('changed, the network is the one that PyTorch makes of the same change', async () => {
    expect(furthest(await run(path), golden.before)).toBeLessThan(1e-5)
    const changes = new Map(found.map((module) => [module.weight.name, addPattern(module)]))
    const patched = await patchGraph(graph, changes, join(folder, name))
    expect(furthest(await run(patched), golden.after)).toBeLessThan(1e-4)
  })
})
