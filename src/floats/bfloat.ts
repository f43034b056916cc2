// bfloat16: the upper half of a float32.

export function bfloatsToFloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length)
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16
  return new Float32Array(words.buffer)
}
