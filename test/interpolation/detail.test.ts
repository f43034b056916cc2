import { describe, expect, test, vi } from 'vitest'
import { blend } from '../../src/interpolation/blend.js'
import { keptDetail } from '../../src/interpolation/detail.js'
import { judgePair, LEAST_DETAIL, testMorph } from '../../src/interpolation/gate.js'
import type { Frame, Interpolator } from '../../src/interpolation/interpolator.js'

/** A striped square before a wall that is all detail and stays as it is. */
function square(left: number, width = 160, height = 96): Frame {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isSquare = x >= left && x < left + 32 && y >= 32 && y < 64
      data.fill(
        isSquare ? (y % 8 < 4 ? 220 : 180) : (x + y) % 2 === 0 ? 60 : 90,
        (y * width + x) * 3,
        (y * width + x) * 3 + 3,
      )
    }
  }
  return { width, height, data }
}
const faded = (a: Frame, b: Frame) => {
  const out = new Uint8Array(a.data.length)
  blend(a.data, b.data, 0.5, out)
  return out
}
/** Each row smeared over 9 pixels. */
const smeared = ({ width, data }: Frame) =>
  Uint8Array.from({ length: data.length }, (_, i) => {
    const [c, x, row] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    const at = Array.from({ length: 9 }, (_, k) => Math.min(width - 1, Math.max(0, x + k - 4)))
    return at.reduce((sum, column) => sum + data[(row * width + column) * 3 + c]!, 0) / at.length
  })
const [a, b] = [square(40), square(56)]

describe('detail', () => {
  test('is that of a cross-fade for a cross-fade, more for what has moved, less for a smear', () => {
    expect(keptDetail(a, b, faded(a, b))).toBe(1)
    expect(keptDetail(a, b, square(48).data)).toBeGreaterThan(1.1)
    expect(keptDetail(a, b, smeared(square(48)))).toBeLessThan(0.5)
  })
  test('what stays the same counts for nothing, however detailed', () => {
    const flat = ({ data, ...size }: Frame): Frame => ({ ...size, data: data.map((v) => (v < 100 ? 75 : v)) })
    const far = (frame: Frame) => frame.data.subarray(0, 24 * 160 * 3)
    const [x, y, middle] = [flat(a), flat(b), flat(square(48))]
    const kept = keptDetail(x, y, middle.data)
    // The same square, and a detailed wall where nothing comes near it.
    for (const frame of [x, y, middle]) frame.data.set(far(a))
    expect(keptDetail(x, y, middle.data)).toBe(kept)
  })
  test('equal pictures, of any size', () => {
    expect(keptDetail(a, a, a.data)).toBe(1)
    const pixel = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) }
    expect(keptDetail(pixel, { ...pixel, data: Uint8Array.of(90, 90, 90) }, Uint8Array.of(40, 40, 40))).toBe(
      1,
    )
  })
})

/** Always makes the same picture. */
const making = (data: Uint8Array): Interpolator => ({
  async *between(_a, _b, times) {
    for (const _ of times) yield data
  },
})
const { signal } = new AbortController()

describe('a morph in doubt', () => {
  const verdict = { ...judgePair(a, b, { asked: null, hasModel: true }), likeness: 0.8 }
  const put = (made: Uint8Array, of = verdict) => testMorph(of, a, b, async () => making(made), signal)

  test('stays one when the model shows something, which is handed on', async () => {
    const { data } = square(48)
    const { verdict: tested, middle } = await put(data)
    expect(tested).toMatchObject({ motion: 'morph', why: 'alike', likeness: 0.8 })
    expect(tested.detail).toBeGreaterThan(1)
    expect(middle).toEqual(data)
  })
  test('dissolves when what it shows is a ghost', async () => {
    const { verdict: tested, middle } = await put(smeared(square(48)))
    expect(tested).toMatchObject({ motion: 'dissolve', why: 'ghosts', likeness: 0.8, relit: false })
    expect(tested.detail).toBeLessThan(LEAST_DETAIL)
    expect(middle).toBeNull()
  })
  test('no other pair opens the model', async () => {
    const open = vi.fn()
    for (const clear of [
      { ...verdict, likeness: 0.95 },
      { ...verdict, why: 'asked' },
      { ...verdict, motion: 'hold', why: 'nearly equal', likeness: null },
      { ...verdict, motion: 'dissolve', why: 'too different' },
      { ...verdict, motion: 'dissolve', why: 'no model' },
    ] as const)
      expect(await testMorph(clear, a, b, open, signal)).toEqual({ verdict: clear, middle: null })
    expect(open).not.toHaveBeenCalled()
  })
})
