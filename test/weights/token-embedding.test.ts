import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { GraphNode, Initializer, OnnxGraph } from '../../src/weights/onnx-graph.js'
import { readOnnxGraph } from '../../src/weights/onnx-graph.js'
import { findTokenEmbedding } from '../../src/weights/token-embedding.js'

const node = (
  operator: string,
  inputs: string[],
  output: string,
  more: Partial<GraphNode> = {},
): GraphNode => ({
  name: '',
  operator,
  domain: '',
  inputs,
  outputs: [output],
  attributes: new Map(),
  scope: null,
  field: { start: 0, body: 0, end: 0 },
  isMain: true,
  ...more,
})
const weight = (
  name: string,
  dims: number[],
  type: Initializer['type'] = 'float32',
): [string, Initializer] => [
  name,
  { name, dims, type, field: { start: 0, body: 0, end: 0 }, data: { kind: 'numbers' } },
]
const graph = (nodes: GraphNode[], weights: [string, Initializer][]): OnnxGraph => ({
  path: '',
  size: 0,
  graph: { start: 0, body: 0, end: 0 },
  nodes,
  initializers: new Map(weights),
  inputs: [{ name: 'input_ids', type: 'int64', dims: [1, 77] }],
  outputs: [],
  files: [],
  outputFields: [],
})
const find = (nodes: GraphNode[], weights: [string, Initializer][]) =>
  findTokenEmbedding(graph(nodes, weights))?.name ?? null

const TOKENS = weight('tokens', [100, 8])
const PLACES = weight('places', [77, 8])

test('the table that the ids are looked up in, and not that of the places', () => {
  const nodes = [
    node('Gather', ['places', 'numbers'], 'p'),
    node('Reshape', ['input_ids', 'shape'], 'flat'),
    node('Cast', ['flat'], 'wide'),
    node('Gather', ['tokens', 'wide'], 't'),
  ]
  expect(find(nodes, [PLACES, TOKENS])).toBe('tokens')
})

test('also where it is stored as halves', () => {
  const nodes = [node('Cast', ['tokens'], 'floats'), node('Gather', ['floats', 'input_ids'], 't')]
  expect(find(nodes, [weight('tokens', [100, 8], 'float16')])).toBe('tokens')
})

test('none in graphs that are fused or quantised', () => {
  const fused = node('EmbedLayerNormalization', ['input_ids', '', 'tokens', 'places'], 't', {
    domain: 'com.microsoft',
  })
  expect(find([fused], [PLACES, TOKENS])).toBeNull()
  const quantised = [node('Gather', ['tokens', 'input_ids'], 'q'), node('DequantizeLinear', ['q', 's'], 't')]
  expect(find(quantised, [weight('tokens', [100, 8], null)])).toBeNull()
  const across = node('Gather', ['tokens', 'input_ids'], 't', { attributes: new Map([['axis', [1]]]) })
  expect(find([across], [TOKENS])).toBeNull()
})

test('in exports as they are', () => {
  const width = (path: string) => {
    const found = readOnnxGraph(fileURLToPath(new URL(`../../${path}/model.onnx`, import.meta.url)))
    return findTokenEmbedding(found!)?.dims
  }
  expect(width('test/golden/tiny-sd/text_encoder')).toEqual([752, 16])
  expect(width('test/golden/families/sdxl/text_encoder_2')).toEqual([752, 24])
  expect(width('models/storybook/text_encoder')?.[1]).toBe(192)
})
