// An ONNX graph's structure: its nodes, and where its weights lie. Weights themselves are stepped over.

import { ELEMENT_BYTES, type ElementType } from './element-types.js'
import {
  ATTRIBUTE,
  DIM,
  ELEMENT_TYPES,
  ENTRY,
  FUNCTION_NODE,
  GRAPH,
  MODEL,
  NODE,
  OWN_DOMAINS,
  SHAPE_DIM,
  SPARSE_TENSORS,
  TENSOR,
  TENSOR_TYPE,
  TYPE_TENSOR,
  VALUE,
} from './onnx-proto.js'
import {
  type Field,
  LENGTH_DELIMITED,
  MalformedProtobuf,
  openProtobuf,
  type ProtobufFile,
} from './protobuf.js'

/** Where a field lies in the file, see `Field`. */
export type Place = Pick<Field, 'start' | 'body' | 'end'>

export type OnnxGraph = {
  path: string
  /** Bytes of the file. */
  size: number
  /** The main graph's field. */
  graph: Place
  /** All nodes in the file's order, those of subgraphs and functions too. */
  nodes: readonly GraphNode[]
  /** The main graph's, by name. */
  initializers: ReadonlyMap<string, Initializer>
  /** Without those that have a default among the initialisers. */
  inputs: readonly DeclaredTensor[]
  outputs: readonly DeclaredTensor[]
  /** The fields of `outputs`. */
  outputFields: readonly Place[]
  /**
   * Files of external data as the graph names them, relative to its folder, each once and not checked for safety, and how many
   * bytes each must have.
   */
  files: readonly { location: string; bytes: number }[]
}

/** An input or output as the graph declares it; a dimension that may vary is given by its name. */
export type DeclaredTensor = { name: string; type: string; dims: readonly (number | string)[] }

export type GraphNode = {
  name: string
  /** op_type, such as MatMul. */
  operator: string
  /** Empty for ONNX's own operators. */
  domain: string
  /** Names of tensors; an input left out is ''. */
  inputs: readonly string[]
  outputs: readonly string[]
  /** Attributes that are whole numbers. */
  attributes: ReadonlyMap<string, readonly number[]>
  /** Path of the PyTorch module that it came from, where the exporter says so in the node's metadata. */
  scope: string | null
  field: Place
  /** Whether it is the main graph's, not of a subgraph or function. */
  isMain: boolean
}

export type Initializer = {
  name: string
  dims: readonly number[]
  /** Null for all types but floats. */
  type: ElementType | null
  field: Place
  /** `raw` is little-endian; `numbers` the typed fields of TensorProto. `length` is null where the file leaves it out. */
  data:
    | { kind: 'raw'; start: number; end: number }
    | { kind: 'numbers' }
    | { kind: 'external'; location: string; offset: number; length: number | null }
}

const SCOPES = 'pkg.torch.onnx.name_scopes'
const DEEPEST = 64
const LONGEST_TEXT = 4096

/**
 * Null for a file that is no ONNX model or is cut off. A shallow look steps over the nodes of a file that says it has ONNX's
 * own operators alone, and over what lies in them: a tenth of the time. Throws system errors.
 */
export function readOnnxGraph(path: string, { isShallow = false } = {}): OnnxGraph | null {
  const file = openProtobuf(path)
  try {
    return readModel(file, path, isShallow)
  } catch (error) {
    if (error instanceof MalformedProtobuf) return null
    throw error
  } finally {
    file.close()
  }
}

function readModel(file: ProtobufFile, path: string, isShallow: boolean): OnnxGraph | null {
  const nodes: GraphNode[] = []
  const initializers = new Map<string, Initializer>()
  const inputs: DeclaredTensor[] = []
  const outputs: DeclaredTensor[] = []
  const outputFields: Place[] = []
  const files = new Map<string, number>()

  function text({ body, end }: Field, longest = LONGEST_TEXT): string {
    if (end - body > longest) throw new MalformedProtobuf()
    return file.text(body, end)
  }
  const numbers = ({ wire, value, body, end }: Field): number[] =>
    wire === LENGTH_DELIMITED ? file.varints(body, end).map(Number) : [value]

  /** @param keep only this key's value is read. */
  function entry(at: Field, keep?: string): [key: string, value: string] {
    let key = ''
    let value = ''
    for (const inner of file.fields(at.body, at.end)) {
      if (inner.number === ENTRY.key) key = text(inner)
      else if (inner.number === ENTRY.value && (keep === undefined || key === keep)) value = text(inner)
    }
    return [key, value]
  }

  function tensor(at: Field): Initializer {
    let name = ''
    const dims: number[] = []
    let type: ElementType | null = null
    let data: Initializer['data'] = { kind: 'numbers' }
    const external = new Map<string, string>()
    for (const inner of file.fields(at.body, at.end)) {
      if (inner.number === TENSOR.dims) dims.push(...numbers(inner))
      else if (inner.number === TENSOR.type) type = floatType(inner.value)
      else if (inner.number === TENSOR.name) name = text(inner)
      else if (inner.number === TENSOR.raw) data = { kind: 'raw', start: inner.body, end: inner.end }
      else if (inner.number === TENSOR.external) external.set(...entry(inner))
    }
    const location = external.get('location')
    if (location !== undefined) {
      const offset = Number(external.get('offset') ?? 0)
      const length = external.has('length') ? Number(external.get('length')) : null
      files.set(location, Math.max(offset + (length ?? 0) || 0, files.get(location) ?? 0))
      data = { kind: 'external', location, offset, length }
    }
    return { name, dims, type, data, field: placeOf(at) }
  }

  function sparse(at: Field): void {
    for (const inner of file.fields(at.body, at.end)) if (SPARSE_TENSORS.includes(inner.number)) tensor(inner)
  }

  function graph(at: Field, depth: number): void {
    if (depth > DEEPEST) throw new MalformedProtobuf()
    for (const inner of file.fields(at.body, at.end)) {
      if (inner.number === GRAPH.node) {
        if (hasNodes) nodes.push(node(inner, depth))
      } else if (inner.number === GRAPH.sparseInitializer) sparse(inner)
      else if (inner.number === GRAPH.initializer) {
        const found = tensor(inner)
        if (depth === 0) initializers.set(found.name, found)
      } else if (depth > 0) continue
      else if (inner.number === GRAPH.input) inputs.push(declared(inner))
      else if (inner.number === GRAPH.output) {
        outputs.push(declared(inner))
        outputFields.push(placeOf(inner))
      }
    }
  }

  function* within(at: Field, number: number): Generator<Field> {
    for (const inner of file.fields(at.body, at.end)) if (inner.number === number) yield inner
  }

  function declared(at: Field): DeclaredTensor {
    let name = ''
    let type = 'other'
    const dims: (number | string)[] = []
    for (const inner of file.fields(at.body, at.end)) {
      if (inner.number === VALUE.name) name = text(inner)
      if (inner.number !== VALUE.type) continue
      for (const tensorType of within(inner, TYPE_TENSOR)) {
        for (const { value } of within(tensorType, TENSOR_TYPE.element))
          type = ELEMENT_TYPES[value] ?? 'other'
        for (const shape of within(tensorType, TENSOR_TYPE.shape))
          for (const dim of within(shape, SHAPE_DIM)) dims.push(dimension(dim))
      }
    }
    return { name, type, dims }
  }

  function dimension(at: Field): number | string {
    for (const inner of file.fields(at.body, at.end)) {
      if (inner.number === DIM.value) return inner.value
      if (inner.number === DIM.name) return text(inner)
    }
    return ''
  }

  function attribute(at: Field, depth: number): [name: string, ints: number[]] {
    let name = ''
    const ints: number[] = []
    for (const inner of file.fields(at.body, at.end)) {
      if (inner.number === ATTRIBUTE.name) name = text(inner)
      else if (inner.number === ATTRIBUTE.int || inner.number === ATTRIBUTE.ints) ints.push(...numbers(inner))
      else if (inner.number === ATTRIBUTE.tensor || inner.number === ATTRIBUTE.tensors) tensor(inner)
      else if (inner.number === ATTRIBUTE.graph || inner.number === ATTRIBUTE.graphs) graph(inner, depth + 1)
      else if (inner.number === ATTRIBUTE.sparse || inner.number === ATTRIBUTE.sparses) sparse(inner)
    }
    return [name, ints]
  }

  function node(at: Field, depth: number): GraphNode {
    let name = ''
    let operator = ''
    let domain = ''
    let scope: string | null = null
    const inputs: string[] = []
    const outputs: string[] = []
    const attributes = new Map<string, number[]>()
    for (const inner of file.fields(at.body, at.end)) {
      if (inner.number === NODE.input) inputs.push(text(inner))
      else if (inner.number === NODE.output) outputs.push(text(inner))
      else if (inner.number === NODE.name) name = text(inner)
      else if (inner.number === NODE.operator) operator = text(inner)
      else if (inner.number === NODE.domain) domain = text(inner)
      else if (inner.number === NODE.attribute) {
        const [key, ints] = attribute(inner, depth)
        if (ints.length > 0) attributes.set(key, ints)
      } else if (inner.number === NODE.metadata) {
        const [key, value] = entry(inner, SCOPES)
        if (key === SCOPES) scope = innermostScope(value)
      }
    }
    if (domain === 'ai.onnx') domain = ''
    const place = { field: placeOf(at), isMain: depth === 0 }
    return { name, operator, domain, inputs, outputs, attributes, scope, ...place }
  }

  const parts = [...file.fields(0, file.size)].filter(({ wire }) => wire === LENGTH_DELIMITED)
  const imported = parts.filter(({ number }) => number === MODEL.opset).map((at) => entry(at)[0])
  const hasNodes = !isShallow || imported.some((domain) => !OWN_DOMAINS.includes(domain))
  const [main] = parts.filter(({ number }) => number === MODEL.graph)
  if (main === undefined) return null
  graph(main, 0)
  for (const at of hasNodes ? parts : []) {
    if (at.number !== MODEL.function) continue
    for (const inner of file.fields(at.body, at.end))
      if (inner.number === FUNCTION_NODE) nodes.push(node(inner, 1))
  }
  return {
    path,
    size: file.size,
    graph: placeOf(main),
    nodes,
    initializers,
    inputs: inputs.filter(({ name }) => !initializers.has(name)),
    outputs,
    outputFields,
    files: [...files].map(([location, bytes]) => ({ location, bytes })),
  }
}

const placeOf = ({ start, body, end }: Field): Place => ({ start, body, end })

/** The types that weights are changed in. */
function floatType(type: number): ElementType | null {
  const name = ELEMENT_TYPES[type]
  return name !== undefined && name in ELEMENT_BYTES ? (name as ElementType) : null
}

/** torch writes a Python list of names: the module and its ancestors, and last the operation itself. */
function innermostScope(list: string): string | null {
  const names = [...list.matchAll(/'([^']*)'/g)].map(([, name]) => name!)
  return names.at(-2) || null
}
