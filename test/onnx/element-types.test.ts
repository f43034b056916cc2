import { expect, test } from 'vitest'
import { fromElements, toElements } from '../../src/onnx/element-types.js'

test('casts to what a graph declares', () => {
  expect(toElements(Float32Array.of(999.6, -1), 'int64')).toEqual(BigInt64Array.of(999n, -1n))
  expect(toElements(Int32Array.of(7), 'int64')).toEqual(BigInt64Array.of(7n))
  expect(toElements(Int32Array.of(7), 'int32')).toEqual(Int32Array.of(7))
  expect(toElements(Float32Array.of(1), 'float16')).toEqual(Uint16Array.of(0x3c00))
  expect(toElements(Int32Array.of(3), 'float32')).toEqual(Float32Array.of(3))
  expect(fromElements(Uint16Array.of(0x3c00), 'float16')).toEqual(Float32Array.of(1))
  expect(() => toElements(Float32Array.of(1), 'string')).toThrow('string')
})
