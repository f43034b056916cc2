import { describe, expect, test } from 'vitest'
import { readWindow, writeBytes } from '../../src/interpolation/planes.js'

const frame = {
  width: 5,
  height: 4,
  data: Uint8Array.from({ length: 60 }, (_, i) => (i * 37) % 256),
}
const pixel = (x: number, y: number, c: number) =>
  frame.data[(Math.min(3, y) * 5 + Math.min(4, x)) * 3 + c]! / 255

describe('a window of a frame', () => {
  test.each(['first', 'last'] as const)('has the pixels, and the edge beyond it: channels %s', (channels) => {
    const window = { x: 2, y: 1, width: 8, height: 6 }
    const out = new Float32Array(150).fill(-1)
    readWindow(frame, window, channels, out, 3)
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < 6; y++) {
        for (let x = 0; x < 8; x++) {
          const at = channels === 'first' ? c * 48 + y * 8 + x : (y * 8 + x) * 3 + c
          expect(out[3 + at]).toBe(Math.fround(pixel(2 + x, 1 + y, c)))
        }
      }
    }
    expect([...out.subarray(0, 3), ...out.subarray(147)]).toEqual(Array(6).fill(-1))
  })

  test.each(['first', 'last'] as const)('goes there and back unchanged: channels %s', (channels) => {
    const data = new Float32Array(3 * 8 * 8)
    readWindow(frame, { x: 0, y: 0, width: 8, height: 8 }, channels, data, 0)
    const out = new Uint8Array(60)
    expect(writeBytes({ width: 8, height: 8, channels, data }, 5, 4, out)).toBe(true)
    expect(out).toEqual(frame.data)
  })
})

describe('values as bytes', () => {
  const bytes = (values: number[], channels: 'first' | 'last' = 'last') => {
    const out = new Uint8Array(3)
    const isNumber = writeBytes({ width: 1, height: 1, channels, data: Float32Array.from(values) }, 1, 1, out)
    return { out: [...out], isNumber }
  }

  test('are rounded and cut to 0..255', () => {
    expect(bytes([-0.4, 0.5001, 1.7])).toEqual({ out: [0, 128, 255], isNumber: true })
    expect(bytes([99.6 / 255, 99.4 / 255, 1])).toEqual({ out: [100, 99, 255], isNumber: true })
  })

  test('that are no numbers are told', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(bytes([0.5, bad, 0.5]).isNumber).toBe(false)
      expect(bytes([0.5, bad, 0.5], 'first').isNumber).toBe(false)
    }
  })
})
