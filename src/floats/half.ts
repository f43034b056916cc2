// IEEE 754 binary16, which JavaScript of Node 20 has no arrays for: its bits in a Uint16Array.

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

let table: Float32Array | null = null

/** Every half is a float32. */
export function halvesToFloats(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => halfBitsToFloat(half))
  const values = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!
  return values
}
