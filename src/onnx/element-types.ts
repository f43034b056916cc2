// Between the numbers callers use and the element types that graphs declare.

import { floatToHalfBits, halvesToFloats } from '../floats/half.js'
import type { TensorData } from './tensor.js'

const INTEGERS: Record<string, (data: TensorData) => ArrayBufferView> = {
  int32: (data) => (data instanceof Int32Array ? data : Int32Array.from(data, Math.trunc)),
  int64: (data) => BigInt64Array.from(data as Float32Array, (value) => BigInt(Math.trunc(value))),
}

/** The values as a graph's element type wants them: float16 as its bits. Throws for types that no model here has. */
export function toElements(data: TensorData, type: string): ArrayBufferView {
  const integers = INTEGERS[type]
  if (integers) return integers(data)
  if (type === 'float32') return data instanceof Float32Array ? data : Float32Array.from(data)
  if (type === 'float64') return Float64Array.from(data)
  if (type === 'float16') return Uint16Array.from(data as Float32Array, floatToHalfBits)
  throw new Error(`inputs of type ${type} aren't supported`)
}

/** An output as float32. */
export function fromElements(data: ArrayBufferView, type: string): Float32Array {
  if (type === 'float32') return data as Float32Array
  if (type === 'float16') return halvesToFloats(data as Uint16Array)
  if (type === 'int64')
    return Float32Array.from(data as BigInt64Array as unknown as ArrayLike<bigint>, Number)
  if (type === 'float64' || type === 'int32' || type === 'bool')
    return Float32Array.from(data as Float64Array | Int32Array | Uint8Array)
  throw new Error(`outputs of type ${type} aren't supported`)
}
