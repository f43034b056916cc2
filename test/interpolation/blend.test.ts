import { describe, expect, it } from 'vitest'
import { blend } from '../../src/interpolation/blend.js'
import { inbetweenTimes } from '../../src/interpolation/times.js'

const ramp = Uint8Array.from({ length: 256 }, (_, i) => i)
const back = ramp.map((v) => 255 - v)

describe('blend', () => {
  it('leaves the ends as they are', () => {
    const out = new Uint8Array(256)
    blend(ramp, back, 0, out)
    expect(out).toEqual(ramp)
    blend(ramp, back, 1, out)
    expect(out).toEqual(back)
  })

  it('is the rounded mean, for every pair of values', () => {
    for (const t of [1 / 12, 0.25, 0.5, 0.9]) {
      const out = new Uint8Array(256)
      for (let a = 0; a < 256; a += 5) {
        blend(new Uint8Array(256).fill(a), ramp, t, out)
        out.forEach((v, b) => {
          expect(Math.abs(v - (a * (1 - t) + b * t))).toBeLessThanOrEqual(0.502)
        })
      }
    }
  })

  it('refuses frames of different sizes', () => {
    expect(() => blend(ramp, back.subarray(1), 0.5, new Uint8Array(256))).toThrow(RangeError)
  })
})

it('in-betweens are evenly spread between the ends', () => {
  expect(inbetweenTimes(3)).toEqual([0.25, 0.5, 0.75])
  expect(inbetweenTimes(0)).toEqual([])
})
