// Older exports of a VAE's encoder end in `mean + deviation · noise`, with noise that the graph draws by itself: another at every
// run. This finds where, and how the file has to read so that the distribution comes out instead.

import { type GraphNode, type OnnxGraph, readOnnxGraph } from './onnx-graph.js'
import { ELEMENT_TYPES, GRAPH, MODEL, TENSOR_TYPE, TYPE_TENSOR, VALUE } from './onnx-proto.js'
import { field, fieldHead, textField, varintField } from './protobuf.js'

/** Bytes `start`…`end` of a file read otherwise. */
export type Splice = { start: number; end: number; bytes: Uint8Array }

export type EncoderGraph =
  /** It draws nothing. */
  | { kind: 'pure' }
  /** With these splices, in order, its one output is the distribution: means and log variances, twice the channels. */
  | { kind: 'rewired'; splices: Splice[] }
  | { kind: 'refused'; reason: string }

const FLOAT = 1
const NORMAL = ['RandomNormal', 'RandomNormalLike']
const RANDOM = [...NORMAL, 'RandomUniform', 'RandomUniformLike', 'Multinomial', 'Bernoulli']
const HALVING = ['Split', 'Slice']
const PASSING = ['Cast', 'Identity']
/** From a deviation back to the log variance: exponential, half, clamped, and what exporters put between. */
const LONGEST_WAY_BACK = 8

/** Null for a file that is no ONNX model or is cut off. Throws system errors. No weights are read. */
export function readEncoderGraph(path: string): EncoderGraph | null {
  const graph = readOnnxGraph(path)
  return graph && examine(graph)
}

function examine(graph: OnnxGraph): EncoderGraph {
  const draws = graph.nodes.filter(({ operator, domain }) => domain === '' && RANDOM.includes(operator))
  const [draw] = draws
  if (draw === undefined) return { kind: 'pure' }
  const refuse = (why: string): EncoderGraph => ({
    kind: 'refused',
    reason: `it draws noise of its own (${draw.operator}), ${why}`,
  })
  if (draws.length > 1) return refuse('in more than one place')
  if (!draw.isMain || !NORMAL.includes(draw.operator)) return refuse('which is no sample of a distribution')

  const way = [draw]
  function follow(operators: readonly string[]): GraphNode | null {
    const next = consumers(graph, way.at(-1)!)
    if (next.length !== 1 || !operators.includes(next[0]!.operator)) return null
    way.push(next[0]!)
    return next[0]!
  }
  function pass(): void {
    while (follow(PASSING) !== null);
  }
  pass()
  const scaled = follow(['Mul'])
  pass()
  const sum = scaled && follow(['Add'])
  pass()
  const moments = sum && momentsOf(graph, way, scaled, sum)
  const isEnd = graph.outputs.length > 0 && way.at(-1)!.outputs.includes(graph.outputs[0]!.name)
  if (!moments || !isEnd) return refuse('which is not simply scaled and added to a mean')
  return { kind: 'rewired', splices: rewire(graph, way, moments) }
}

const consumers = (graph: OnnxGraph, { outputs }: GraphNode): GraphNode[] =>
  graph.nodes.filter(({ inputs }) => inputs.some((name) => name !== '' && outputs.includes(name)))

/** The tensor that the mean is one half of and the log variance the other. */
function momentsOf(
  graph: OnnxGraph,
  way: readonly GraphNode[],
  scaled: GraphNode,
  sum: GraphNode,
): string | null {
  const fromNoise = way.flatMap(({ outputs }) => outputs)
  const other = (node: GraphNode) => node.inputs.find((name) => !fromNoise.includes(name))
  const ofMean = halved(graph, other(sum))
  return ofMean !== null && ofMean === halved(graph, other(scaled)) ? ofMean : null
}

/** What the tensor is a half of, going back through first inputs. */
function halved(graph: OnnxGraph, tensor: string | undefined): string | null {
  let name = tensor
  for (let i = 0; i < LONGEST_WAY_BACK && name !== undefined; i++) {
    const wanted = name
    const producer = graph.nodes.find(({ outputs }) => outputs.includes(wanted))
    name = producer?.inputs[0]
    if (producer && HALVING.includes(producer.operator)) return name ?? null
  }
  return null
}

/** The way that the noise goes is taken out, and the moments take the output's place, of a shape that the runtime infers. */
function rewire(
  { graph, outputs, outputFields }: OnnxGraph,
  way: readonly GraphNode[],
  moments: string,
): Splice[] {
  const nothing = new Uint8Array(0)
  const output = field(
    GRAPH.output,
    Buffer.concat([textField(VALUE.name, moments), field(VALUE.type, tensorType(outputs[0]!.type))]),
  )
  const inner = [
    ...way.map(({ field: { start, end } }) => ({ start, end, bytes: nothing })),
    ...outputFields.map(({ start, end }, i) => ({ start, end, bytes: i === 0 ? output : nothing })),
  ].sort((a, b) => a.start - b.start)
  const grown = inner.reduce((sum, { start, end, bytes }) => sum + bytes.length - (end - start), 0)
  const head = fieldHead(MODEL.graph, graph.end - graph.body + grown)
  return [{ start: graph.start, end: graph.body, bytes: head }, ...inner]
}

function tensorType(elementType: string): Buffer {
  const known = Object.entries(ELEMENT_TYPES).find(([, name]) => name === elementType)
  return field(TYPE_TENSOR, varintField(TENSOR_TYPE.element, Number(known?.[0] ?? FLOAT)))
}
