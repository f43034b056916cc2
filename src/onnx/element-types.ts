// Between the numbers callers use and the element types that graphs declare.

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
  if (type === 'float16') return Float32Array.from(data as Uint16Array, halfBitsToFloat)
  if (type === 'int64')
    return Float32Array.from(data as BigInt64Array as unknown as ArrayLike<bigint>, Number)
  if (type === 'float64' || type === 'int32') return Float32Array.from(data as Float64Array | Int32Array)
  throw new Error(`outputs of type ${type} aren't supported`)
}

const floatView = new Float32Array(1)
const bitsView = new Uint32Array(floatView.buffer)

/** IEEE 754 binary32 to binary16 bits, rounding to nearest even. */
export function floatToHalfBits(value: number): number {
  floatView[0] = value
  const bits = bitsView[0]!
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // From 65520 on, the nearest half is infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    // Subnormal halves are multiples of 2⁻²⁴.
    const scaled = Math.abs(floatView[0]!) * 2 ** 24
    const floor = Math.floor(scaled)
    const rest = scaled - floor
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor)
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1)
  return sign | ((rounded - 0x38000000) >>> 13)
}

export function halfBitsToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
