// What an ONNX file says of itself: inputs and outputs, operators, where its weights lie. No weights are read, so that a model
// of gigabytes is judged in milliseconds. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { closeSync, fstatSync, openSync } from 'node:fs'
import { DamagedError, ProtobufFile } from './protobuf-file.js'

/** An input or output as the graph declares it; a dimension that may vary is given by its name. */
export type DeclaredTensor = { name: string; type: string; dims: readonly (number | string)[] }

export type GraphFile = {
  /** Without those that have a default among the weights. */
  inputs: DeclaredTensor[]
  outputs: DeclaredTensor[]
  /** `domain:operator` of those that aren't ONNX's own, each once. */
  customOperators: string[]
  /** Files that weights lie in, as the graph names them (not checked for safety), and how many bytes each must have. */
  weights: { location: string; bytes: number }[]
}

const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  16: 'bfloat16',
}
const OWN_DOMAINS = ['', 'ai.onnx', 'ai.onnx.ml']
const DEEPEST = 64

/** Null for a file that is no ONNX model or is cut off. Throws system errors. */
export function readGraphFile(path: string): GraphFile | null {
  const descriptor = openSync(path, 'r')
  try {
    return new GraphReader(new ProtobufFile(descriptor, fstatSync(descriptor).size)).model()
  } catch (error) {
    if (error instanceof DamagedError) return null
    throw error
  } finally {
    closeSync(descriptor)
  }
}

/** Field numbers are those of onnx.proto's messages, each method one message. */
class GraphReader {
  readonly #file: ProtobufFile
  readonly #operators = new Set<string>()
  readonly #weights = new Map<string, number>()

  constructor(file: ProtobufFile) {
    this.#file = file
  }

  model(): GraphFile | null {
    let graph: ReturnType<GraphReader['graph']> | null = null
    this.#file.read(0, this.#file.size, (field, start, end) => {
      if (field === 7) graph = this.graph(start, end, 0)
      if (field === 25) this.function(start, end)
    })
    if (graph === null) return null
    const weights = [...this.#weights].map(([location, bytes]) => ({ location, bytes }))
    return {
      ...(graph as ReturnType<GraphReader['graph']>),
      customOperators: [...this.#operators],
      weights,
    }
  }

  function(from: number, to: number): void {
    this.#file.read(from, to, (field, start, end) => {
      if (field === 7) this.node(start, end, 0)
    })
  }

  graph(from: number, to: number, depth: number): Pick<GraphFile, 'inputs' | 'outputs'> {
    if (depth > DEEPEST) throw new DamagedError()
    const inputs: DeclaredTensor[] = []
    const outputs: DeclaredTensor[] = []
    const initialized = new Set<string>()
    this.#file.read(from, to, (field, start, end) => {
      if (field === 1) this.node(start, end, depth)
      else if (field === 5) initialized.add(this.tensor(start, end))
      else if (field === 11) inputs.push(this.valueInfo(start, end))
      else if (field === 12) outputs.push(this.valueInfo(start, end))
      else if (field === 15) this.sparseTensor(start, end)
    })
    return { inputs: inputs.filter(({ name }) => !initialized.has(name)), outputs }
  }

  node(from: number, to: number, depth: number): void {
    let operator = ''
    let domain = ''
    this.#file.read(from, to, (field, start, end) => {
      if (field === 4) operator = this.#file.text(start, end)
      else if (field === 5) this.attribute(start, end, depth)
      else if (field === 7) domain = this.#file.text(start, end)
    })
    if (!OWN_DOMAINS.includes(domain)) this.#operators.add(`${domain}:${operator}`)
  }

  attribute(from: number, to: number, depth: number): void {
    this.#file.read(from, to, (field, start, end) => {
      if (field === 5 || field === 10) this.tensor(start, end)
      else if (field === 6 || field === 11) this.graph(start, end, depth + 1)
      else if (field === 22 || field === 23) this.sparseTensor(start, end)
    })
  }

  sparseTensor(from: number, to: number): void {
    this.#file.read(from, to, (field, start, end) => {
      if (field === 1 || field === 2) this.tensor(start, end)
    })
  }

  /** Its name. */
  tensor(from: number, to: number): string {
    let name = ''
    let external: Map<string, string> | null = null
    this.#file.read(from, to, (field, start, end) => {
      if (field === 8) name = this.#file.text(start, end)
      else if (field === 13) {
        external ??= new Map()
        external.set(...this.entry(start, end))
      }
    })
    if (external !== null) this.#addWeights(external)
    return name
  }

  entry(from: number, to: number): [key: string, value: string] {
    let key = ''
    let value = ''
    this.#file.read(from, to, (field, start, end) => {
      if (field === 1) key = this.#file.text(start, end)
      else if (field === 2) value = this.#file.text(start, end)
    })
    return [key, value]
  }

  #addWeights(external: ReadonlyMap<string, string>): void {
    const location = external.get('location')
    if (location === undefined) return
    const bytes = Number(external.get('offset') ?? 0) + Number(external.get('length') ?? 0)
    this.#weights.set(location, Math.max(bytes || 0, this.#weights.get(location) ?? 0))
  }

  valueInfo(from: number, to: number): DeclaredTensor {
    const tensor: DeclaredTensor = { name: '', type: 'other', dims: [] }
    this.#file.read(from, to, (field, start, end) => {
      if (field === 1) tensor.name = this.#file.text(start, end)
      else if (field === 2) {
        this.#file.read(start, end, (kind, typeStart, typeEnd) => {
          if (kind === 1) Object.assign(tensor, this.tensorType(typeStart, typeEnd))
        })
      }
    })
    return tensor
  }

  tensorType(from: number, to: number): Pick<DeclaredTensor, 'type' | 'dims'> {
    let type = 'other'
    const dims: (number | string)[] = []
    this.#file.read(
      from,
      to,
      (field, start, end) => {
        if (field !== 2) return
        this.#file.read(start, end, (_, dimStart, dimEnd) => dims.push(this.dimension(dimStart, dimEnd)))
      },
      (field, value) => {
        if (field === 1) type = ELEMENT_TYPES[value] ?? 'other'
      },
    )
    return { type, dims }
  }

  dimension(from: number, to: number): number | string {
    let dimension: number | string = ''
    this.#file.read(
      from,
      to,
      (field, start, end) => {
        if (field === 2) dimension = this.#file.text(start, end)
      },
      (field, value) => {
        if (field === 1) dimension = value
      },
    )
    return dimension
  }
}
