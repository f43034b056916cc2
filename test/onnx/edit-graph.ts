// Gives an ONNX file another dialect: other declared types and shapes behind the same networks, weights in a file of their own.

import { field, textField as text, varintField } from '../../src/weights/protobuf.js'

export const ELEMENTS = { float32: 1, int32: 6, int64: 7, float16: 10 } as const
export type Element = keyof typeof ELEMENTS
export type Declared = { type: Element; dims: readonly (number | string)[] }

type Field = { number: number; value: number | Buffer }

const MODEL = { graph: 7, opset: 8 }
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 }
const NODE = { input: 1, output: 2 }
const TENSOR = { rawData: 9, externalData: 13, dataLocation: 14 }

/**
 * Inputs and outputs are declared as given. Whatever type and rank the network wants is made of them inside: a single number
 * may come with any rank.
 */
export function redeclare(model: Buffer, declared: Readonly<Record<string, Declared>>): Buffer {
  return editGraph(model, (fields) => {
    const inputs = namesOf(fields, GRAPH.input).filter((name) => name in declared)
    const outputs = namesOf(fields, GRAPH.output).filter((name) => name in declared)
    const typeOf = (name: string) => declaredType(fields, name)
    const isScalar = (name: string) => !hasDimensions(fields, name)
    const inner = (name: string) => `${name}/inner`
    const before = inputs.flatMap((name) => {
      const cast = node('Cast', name, isScalar(name) ? `${name}/cast` : inner(name), typeOf(name))
      return isScalar(name) ? [cast, node('Squeeze', `${name}/cast`, inner(name))] : [cast]
    })
    const after = outputs.map((name) => node('Cast', inner(name), name, ELEMENTS[declared[name]!.type]))
    const renamed = fields.map((f) => {
      if (f.number === GRAPH.node)
        return { ...f, value: renameInNode(f.value as Buffer, [...inputs, ...outputs], inner) }
      if (f.number !== GRAPH.input && f.number !== GRAPH.output) return f
      const name = nameOf(f.value as Buffer)
      return name in declared ? { ...f, value: valueInfo(name, declared[name]!) } : f
    })
    const firstNode = renamed.findIndex((f) => f.number === GRAPH.node)
    const nodes = (bodies: Buffer[]) => bodies.map((value) => ({ number: GRAPH.node, value }))
    return [...renamed.slice(0, firstNode), ...nodes(before), ...renamed.slice(firstNode), ...nodes(after)]
  })
}

/** The graph with its weights moved to a file beside it, and that file's bytes. */
export function moveWeights(model: Buffer, location: string): { graph: Buffer; weights: Buffer } {
  const chunks: Buffer[] = []
  let offset = 0
  const entry = (key: string, value: string) => ({
    number: TENSOR.externalData,
    value: Buffer.concat([text(1, key), text(2, value)]),
  })
  const graph = editGraph(model, (fields) =>
    fields.map((f) => {
      if (f.number !== GRAPH.initializer) return f
      const tensor = decode(f.value as Buffer)
      const raw = tensor.find(({ number }) => number === TENSOR.rawData)?.value as Buffer | undefined
      if (raw === undefined || raw.length < 64) return f
      chunks.push(raw)
      const moved = [
        ...tensor.filter(({ number }) => number !== TENSOR.rawData),
        entry('location', location),
        entry('offset', String(offset)),
        entry('length', String(raw.length)),
        { number: TENSOR.dataLocation, value: 1 },
      ]
      offset += raw.length
      return { ...f, value: encode(moved) }
    }),
  )
  return { graph, weights: Buffer.concat(chunks) }
}

/** With a last node of another domain, as onnxruntime's own optimiser leaves them: the first output goes through it. */
export function fuse(model: Buffer, operator: string, domain = 'com.microsoft'): Buffer {
  const fields = decode(
    editGraph(model, (graph) => {
      const [name] = namesOf(graph, GRAPH.output) as [string]
      const inner = () => `${name}/inner`
      const renamed = graph.map((f) =>
        f.number === GRAPH.node ? { ...f, value: renameInNode(f.value as Buffer, [name], inner) } : f,
      )
      const fused = Buffer.concat([node(operator, inner(), name), text(7, domain)])
      return [...renamed, { number: GRAPH.node, value: fused }]
    }),
  )
  const opset = Buffer.concat([text(1, domain), varintField(2, 1)])
  return encode([...fields, { number: MODEL.opset, value: opset }])
}

function editGraph(model: Buffer, edit: (fields: Field[]) => Field[]): Buffer {
  return encode(
    decode(model).map((f) =>
      f.number === MODEL.graph ? { ...f, value: encode(edit(decode(f.value as Buffer))) } : f,
    ),
  )
}

const nameOf = (valueInfoBytes: Buffer): string =>
  (decode(valueInfoBytes).find(({ number }) => number === 1)!.value as Buffer).toString()

const namesOf = (fields: readonly Field[], number: number): string[] =>
  fields.filter((f) => f.number === number).map((f) => nameOf(f.value as Buffer))

function tensorTypeOf(fields: readonly Field[], name: string): Field[] {
  const info = fields.find(
    (f) => (f.number === GRAPH.input || f.number === GRAPH.output) && nameOf(f.value as Buffer) === name,
  )!
  const type = decode(info.value as Buffer).find(({ number }) => number === 2)!.value as Buffer
  return decode(decode(type).find(({ number }) => number === 1)!.value as Buffer)
}

const declaredType = (fields: readonly Field[], name: string): number =>
  tensorTypeOf(fields, name).find(({ number }) => number === 1)!.value as number

const hasDimensions = (fields: readonly Field[], name: string): boolean => {
  const shape = tensorTypeOf(fields, name).find(({ number }) => number === 2)?.value as Buffer | undefined
  return shape !== undefined && shape.length > 0
}

/** `to` is the element type of a Cast. */
function node(operator: string, input: string, output: string, to?: number): Buffer {
  const attribute =
    to === undefined ? [] : [field(5, Buffer.concat([text(1, 'to'), varintField(3, to), varintField(20, 2)]))]
  return Buffer.concat([
    text(1, input),
    text(2, output),
    text(3, `/edit/${output}`),
    text(4, operator),
    ...attribute,
  ])
}

function renameInNode(body: Buffer, names: readonly string[], rename: (name: string) => string): Buffer {
  return encode(
    decode(body).map((f) => {
      if (f.number !== NODE.input && f.number !== NODE.output) return f
      const name = (f.value as Buffer).toString()
      return names.includes(name) ? { ...f, value: Buffer.from(rename(name)) } : f
    }),
  )
}

function valueInfo(name: string, { type, dims }: Declared): Buffer {
  const dimension = (d: number | string) => field(1, typeof d === 'number' ? varintField(1, d) : text(2, d))
  const shape = field(2, Buffer.concat(dims.map(dimension)))
  const tensor = field(1, Buffer.concat([varintField(1, ELEMENTS[type]), shape]))
  return Buffer.concat([text(1, name), field(2, tensor)])
}

/** Numbers and bytes are all that these files have. */
function decode(bytes: Buffer): Field[] {
  const fields: Field[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    if (tag % 8 === 5) {
      fields.push({ number: -number, value: bytes.subarray(at, at + 4) })
      at += 4
    } else if (tag % 8 === 0) fields.push({ number, value: varint() })
    else {
      const length = varint()
      fields.push({ number, value: bytes.subarray(at, at + length) })
      at += length
    }
  }
  return fields
}

/** Negative numbers are those of fields with four bytes. */
const encode = (fields: readonly Field[]): Buffer =>
  Buffer.concat(
    fields.map(({ number, value }) => {
      if (typeof value === 'number') return varintField(number, value)
      return number < 0 ? Buffer.concat([fixedTag(-number), value]) : field(number, value)
    }),
  )

const fixedTag = (number: number): Buffer => {
  const tag = varintField(number, 0).subarray(0, -1)
  tag[0]! += 5
  return tag
}
