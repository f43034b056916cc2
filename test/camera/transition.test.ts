import { describe, expect, it } from 'vitest'
import { dissolve, fade } from '../../src/camera/transition.js'

const a = Uint8Array.from({ length: 768 }, (_, i) => i & 0xff)
const b = a.map((v) => 255 - v)

describe('dissolve', () => {
  it('is exact at its ends and rounds between', () => {
    const out = new Uint8Array(768)
    dissolve(a, b, 0, out)
    expect(out).toEqual(a)
    dissolve(a, b, 1, out)
    expect(out).toEqual(b)
    dissolve(a, b, 0.25, out)
    out.forEach((v, i) => {
      expect(Math.abs(v - (a[i]! * 0.75 + b[i]! * 0.25))).toBeLessThanOrEqual(0.502)
    })
  })

  it('may write over its input', () => {
    const out = a.slice()
    const expected = new Uint8Array(768)
    dissolve(a, b, 0.4, expected)
    dissolve(out, b, 0.4, out)
    expect(out).toEqual(expected)
  })
})

describe('fade', () => {
  it('is exact at its ends', () => {
    const out = new Uint8Array(768)
    fade(a, 0x20ff07, 0, out)
    expect(out).toEqual(a)
    fade(a, 0x20ff07, 1, out)
    expect([...out.subarray(0, 6)]).toEqual([0x20, 0xff, 0x07, 0x20, 0xff, 0x07])
    expect([...out.subarray(-3)]).toEqual([0x20, 0xff, 0x07])
  })

  it('is half way in the middle', () => {
    const out = new Uint8Array(3)
    fade(new Uint8Array([200, 0, 100]), 0x00ff64, 0.5, out)
    expect([...out]).toEqual([100, 128, 100])
  })
})
