import { expect, test } from 'vitest'
import type { LoraFile } from '../../src/lora/lora-file.js'
import { matchLora, type Network } from '../../src/lora/match.js'
import type { ModuleWeight } from '../../src/weights/module-weights.js'
import type { GraphNode, OnnxGraph } from '../../src/weights/onnx-graph.js'

const query = 'mid_block.attentions.0.transformer_blocks.0.attn1.to_q'
const lora: LoraFile = {
  path: 'style.safetensors',
  modules: [
    {
      part: 'unet',
      module: query,
      down: { name: 'd', shape: [2, 8] },
      mid: null,
      up: { name: 'u', shape: [8, 2] },
      rank: 2,
      scale: 1,
    },
  ],
  read: () => Promise.reject(new Error('not read')),
}

const field = { start: 0, body: 0, end: 0 }

function network(paths: string[], operators: string[], isShared = false): Network {
  const nodes = operators.map((name): GraphNode => {
    const [domain = '', operator = ''] = name.split(':')
    return {
      name: '',
      operator,
      domain,
      inputs: [],
      outputs: [],
      attributes: new Map(),
      scope: null,
      field,
      isMain: true,
    }
  })
  const weights = paths.map((path): [string, ModuleWeight] => {
    const name = isShared ? 'one' : path
    const weight = { name, dims: [8, 8], type: 'float32' as const, field, data: { kind: 'numbers' as const } }
    return [path.replaceAll('.', '_'), { path, kind: 'linear', weight, isTransposed: false }]
  })
  return { part: 'unet', graph: { nodes } as Partial<OnnxGraph> as OnnxGraph, weights: new Map(weights) }
}
const match =
  (...args: Parameters<typeof network>) =>
  () =>
    matchLora(lora, [network(...args)], 'tiny')

test('a module finds its weight', () => {
  const { matches, warning } = match([query], ['com.microsoft:FusedConv'])()
  expect(matches).toMatchObject([{ weight: { path: query } }])
  expect(warning).toBeNull()
})

test('exports whose weights are packed are refused with the reason', () => {
  const conv = ['down_blocks.0.resnets.0.conv1']
  expect(match(conv, ['com.microsoft:MultiHeadAttention'])).toThrow(/fused for a GPU \(MultiHeadAttention\)/)
  expect(match(conv, ['com.microsoft:NhwcConv'])).toThrow(/fused for a GPU/)
  expect(match(conv, [':DequantizeLinear'])).toThrow(/quantised \(DequantizeLinear\)/)
  expect(match(conv, ['com.microsoft:MatMulNBits'])).toThrow(/quantised/)
})

test('also where only some weights are packed, instead of leaving them out', () => {
  const key = { ...lora.modules[0]!, module: query.replace('to_q', 'to_k') }
  const value = { ...lora.modules[0]!, module: query.replace('to_q', 'to_v') }
  const three = { ...lora, modules: [lora.modules[0]!, key, value] }
  const some = network([query, key.module], ['com.microsoft:PackedMultiHeadAttention'])
  expect(() => matchLora(three, [some], 'tiny')).toThrow(/fused for a GPU/)
  expect(matchLora(three, [network([query, key.module], [])], 'tiny').warning).toMatch(/lacks 1 of the 3/)
})

test('an export without module names says so in the hint', () => {
  expect(match(['down_blocks.0.resnets.0.conv1'], [])).toThrow(
    expect.objectContaining({
      exitCode: 3,
      hint: expect.stringMatching(/which weight belongs to which module/),
    }),
  )
})

test('a weight that two modules share is not changed for one', () => {
  const key = 'mid_block.attentions.0.transformer_blocks.0.attn1.to_k'
  expect(match([query, key], [], true)).toThrow(/to_q and .*to_k share their weights/)
})
