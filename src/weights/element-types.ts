// Element types of weights in files, and float32, which everything is computed in.

import { bfloatsToFloats, floatToBfloatBits } from '../floats/bfloat.js'
import { floatToHalfBits, halvesToFloats } from '../floats/half.js'

export type ElementType = 'float32' | 'float16' | 'bfloat16' | 'float64'

export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float64: 8,
}

/** Little-endian; float64 is rounded. */
export function decodeElements(bytes: Uint8Array, type: ElementType): Float32Array {
  // A buffer of its own: bytes may lie anywhere in theirs, arrays of numbers must not.
  const { buffer } = new Uint8Array(bytes)
  if (type === 'float32') return new Float32Array(buffer)
  if (type === 'float64') return Float32Array.from(new Float64Array(buffer))
  return (type === 'float16' ? halvesToFloats : bfloatsToFloats)(new Uint16Array(buffer))
}

/** Little-endian; halves round to nearest even. May share memory with `floats`. */
export function encodeElements(floats: Float32Array, type: ElementType): Uint8Array {
  if (type === 'float32') return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)
  if (type === 'float64') return new Uint8Array(Float64Array.from(floats).buffer)
  const bits = new Uint16Array(floats.length)
  const round = type === 'float16' ? floatToHalfBits : floatToBfloatBits
  for (let i = 0; i < floats.length; i++) bits[i] = round(floats[i]!)
  return new Uint8Array(bits.buffer)
}
