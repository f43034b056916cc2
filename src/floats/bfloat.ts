// bfloat16: the upper half of a float32.

export function bfloatsToFloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16
  return new Float32Array(words.buffer)
}

const floatView = new Float32Array(1)
const bitsView = new Uint32Array(floatView.buffer)

/** Rounds to nearest even. */
export function floatToBfloatBits(value: number): number {
  floatView[0] = value
  const bits = bitsView[0]!
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}
