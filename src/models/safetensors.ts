// Weights in the safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes.
// https://github.com/safetensors/safetensors#format; what is refused here is what the reference implementation refuses.

import { environmentFailure, type Failure, fileFailure } from '../diagnostic/failure.js'
import { bfloatsToFloats } from '../floats/bfloat.js'
import { halvesToFloats } from '../floats/half.js'
import type { Host } from '../host/host.js'
import { isObject, type JsonObject } from './json-file.js'

/** Such as `{ dtype: 'F16', shape: [320, 768] }`. */
export type TensorEntry = { readonly dtype: string; readonly shape: readonly number[] }

export type SafetensorsFile = {
  readonly path: string
  /** The header's free texts, such as a LoRA's `ss_base_model_version`. */
  readonly metadata: ReadonlyMap<string, string>
  readonly tensors: ReadonlyMap<string, TensorEntry>
  /** One tensor's values, read from the file now. Fails (exit 3) for one that isn't there or of a type that isn't read. */
  read(name: string): Promise<Float32Array>
}

type Placed = TensorEntry & { start: number; end: number }

const LENGTH_BYTES = 8
const LONGEST_HEADER = 100_000_000

/** Bits of an element, of every type that the format has. */
const BITS: Record<string, number> = {
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
}

/** The format is little-endian, as is every machine that onnxruntime runs on. */
const FLOATS: Record<string, (buffer: ArrayBuffer) => Float32Array> = {
  F32: (buffer) => new Float32Array(buffer),
  F64: (buffer) => Float32Array.from(new Float64Array(buffer)),
  F16: (buffer) => halvesToFloats(new Uint16Array(buffer)),
  BF16: (buffer) => bfloatsToFloats(new Uint16Array(buffer)),
  I8: (buffer) => Float32Array.from(new Int8Array(buffer)),
  U8: (buffer) => Float32Array.from(new Uint8Array(buffer)),
  I16: (buffer) => Float32Array.from(new Int16Array(buffer)),
  U16: (buffer) => Float32Array.from(new Uint16Array(buffer)),
  I32: (buffer) => Float32Array.from(new Int32Array(buffer)),
  U32: (buffer) => Float32Array.from(new Uint32Array(buffer)),
  I64: (buffer) => Float32Array.from(new BigInt64Array(buffer) as unknown as ArrayLike<bigint>, Number),
  U64: (buffer) => Float32Array.from(new BigUint64Array(buffer) as unknown as ArrayLike<bigint>, Number),
}

/**
 * Reads the header only, and checks that the tensors it tells of fill the file exactly, without gaps and overlaps. Fails
 * (exit 3) when there is no such file, or it is cut off or contradicts itself.
 */
export async function openSafetensors(path: string, host: Host): Promise<SafetensorsFile> {
  const read = (start: number, length: number) =>
    host.readRange(path, start, length).catch((error: unknown) => {
      throw fileFailure(error, `reading ${path}`)
    })
  const size = (await host.stat(path))?.size ?? 0
  const first = await read(0, LENGTH_BYTES)
  if (first.length < LENGTH_BYTES) throw damaged(path, 'it is cut off')
  const length = Number(new DataView(first.buffer, first.byteOffset).getBigUint64(0, true))
  if (length > LONGEST_HEADER) throw damaged(path, 'it does not begin with the length of a header')
  const data = LENGTH_BYTES + length
  if (data > size) throw damaged(path, 'it is cut off in its header')
  const header = parseHeader(await read(LENGTH_BYTES, length))
  if (header === null) throw damaged(path, 'its header is not a JSON object')

  const { __metadata__: texts, ...entries } = header
  const tensors = new Map(Object.entries(entries).map(([name, entry]) => [name, place(path, name, entry)]))
  checkFilled(path, tensors, size - data)
  return {
    path,
    metadata: readMetadata(path, texts),
    tensors,
    async read(name) {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw damaged(path, `it has no tensor ${name}`)
      const convert = FLOATS[tensor.dtype]
      if (convert === undefined) {
        throw environmentFailure(
          `${path}: numbers of type ${tensor.dtype} are not supported (${name})`,
          'save it as F16 or F32',
        )
      }
      const bytes = await read(data + tensor.start, tensor.end - tensor.start)
      if (bytes.length < tensor.end - tensor.start) throw damaged(path, 'it was cut off while it was read')
      return convert(bytes.buffer as ArrayBuffer)
    },
  }
}

function damaged(path: string, why: string): Failure {
  return environmentFailure(`${path} is no usable safetensors file: ${why}`, 'get the file again')
}

function parseHeader(bytes: Uint8Array): JsonObject | null {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return isObject(header) ? header : null
  } catch {
    return null
  }
}

function readMetadata(path: string, texts: unknown): Map<string, string> {
  if (texts === undefined) return new Map()
  const pairs = isObject(texts) ? Object.entries(texts) : null
  if (pairs === null || pairs.some(([, text]) => typeof text !== 'string')) {
    throw damaged(path, 'its __metadata__ does not hold texts')
  }
  return new Map(pairs as [string, string][])
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function place(path: string, name: string, entry: unknown): Placed {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : ({} as JsonObject)
  const isWhole =
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every(isCount) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(isCount)
  if (!isWhole) throw damaged(path, `its header does not say what the tensor ${name} is`)
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype]! : null
  if (bits === null) throw damaged(path, `the tensor ${name} has the unknown type ${dtype}`)
  const [start, end] = offsets as [number, number]
  const elements = shape.reduce((product, side) => product * side, 1)
  if (elements * bits !== (end - start) * 8) {
    const what = `${dtype} of ${shape.length === 0 ? 'one number' : shape.join('×')}`
    throw damaged(path, `the tensor ${name} is ${what}, but has ${end - start} bytes`)
  }
  return { dtype, shape, start, end }
}

function checkFilled(path: string, tensors: ReadonlyMap<string, Placed>, length: number): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)
  let at = 0
  for (const [name, { start, end }] of inOrder) {
    if (start !== at) {
      throw damaged(path, `the tensor ${name} ${start < at ? 'overlaps another' : 'leaves a gap before it'}`)
    }
    at = end
  }
  if (at > length) throw damaged(path, `it is cut off: ${at - length} bytes of its tensors are missing`)
  if (at < length) throw damaged(path, `it has ${length - at} bytes that belong to no tensor`)
}
