import { expect, test } from 'vitest'
import { floatToHalfBits, halfBitsToFloat, halvesToFloats } from '../../src/floats/half.js'

test('every half survives the way to float32 and back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = halfBitsToFloat(bits)
    if (Number.isNaN(value)) expect(Number.isNaN(halfBitsToFloat(floatToHalfBits(value)))).toBe(true)
    else if (floatToHalfBits(value) !== bits)
      expect.fail(`${bits.toString(16)} became ${floatToHalfBits(value).toString(16)}`)
  }
})

test('known halves, and rounding to nearest even', () => {
  const cases: [number, number][] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [0.1, 0x2e66],
    [65504, 0x7bff],
    [65519, 0x7bff],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [1.5 * 2 ** -24, 2],
    [2 ** -14, 0x0400],
  ]
  for (const [value, bits] of cases) expect(floatToHalfBits(value), String(value)).toBe(bits)
})

test('many at once are the same', () => {
  const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i)
  expect(halvesToFloats(bits)).toEqual(Float32Array.from(bits, halfBitsToFloat))
})
