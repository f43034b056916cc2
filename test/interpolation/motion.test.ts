import { describe, expect, test } from 'vitest'
import type { FloatTensor } from '../../src/interpolation/feeds.js'
import type { Frame } from '../../src/interpolation/interpolator.js'
import { resolveLayout } from '../../src/interpolation/layout.js'
import { cropField, openMotion, reachOf } from '../../src/interpolation/motion.js'
import { overlapFor, planTiles } from '../../src/interpolation/tiles.js'

const picture = (name: string) => ({ name, type: 'float32', dims: [1, 3, 'height', 'width'] })
const time = { name: 'time', type: 'float32', dims: [1, 1] }
const layout = resolveLayout(
  [picture('h0'), picture('h1'), time],
  [{ name: 'motion', type: 'float32', dims: [1, 4, 'height', 'width'] }],
)
const never = new AbortController().signal
const grey = (width: number, height: number): Frame => ({
  width,
  height,
  data: new Uint8Array(3 * width * height).fill(128),
})

/** Finds, of a copy of w × h, the field `value(plane, x, y)`; remembers what it was shown. */
function graph(value: (plane: number, x: number, y: number) => number) {
  const shown: Record<string, FloatTensor>[] = []
  const run = async (feeds: Readonly<Record<string, FloatTensor>>) => {
    shown.push({ ...feeds })
    const [, , rows, columns] = feeds.h0!.dims
    const [height, width] = [rows! / 4, columns! / 4]
    const data = Float32Array.from({ length: 4 * width * height }, (_, i) =>
      value(Math.floor(i / width / height), i % width, Math.floor(i / width) % height),
    )
    return { motion: { data, dims: [1, 4, height, width] } }
  }
  return { layout, run, shown }
}

describe('the motion of a frame', () => {
  test('is found on a copy of half the size, whose edges go on', async () => {
    const finder = graph((plane, x, y) => plane * 100 + x * 10 + y)
    const field = await openMotion(finder, grey(101, 67), grey(101, 67), 64, never)(0.25)
    expect(finder.shown[0]!.h0!.dims).toEqual([1, 3, 64, 64])
    expect(finder.shown[0]!.time!.data).toEqual(Float32Array.of(0.25))
    expect(finder.shown[0]!.h1!.data.every((value) => Math.abs(value - 128 / 255) < 1e-6)).toBe(true)
    expect([field.width, field.height, field.data[16 * 16 + 16 + 3]]).toEqual([16, 16, 131])
  })

  test('is found on a smaller copy of a large frame, and is as fast as it looks there', async () => {
    const [width, height] = [4096, 2160]
    const finder = graph((plane, x) => (plane === 0 ? x : -2))
    const field = await openMotion(finder, grey(width, height), grey(width, height), 64, never)(0.5)
    // A quarter: half would be 2.2 megapixels.
    expect(finder.shown[0]!.h0!.dims).toEqual([1, 3, 544, 1024])
    expect([field.width, field.height]).toEqual([512, 272])
    // Plane 0 rises by one a coarse pixel, so by 1/2 a pixel of the field, in pixels twice as small.
    expect(field.data[100 * 512 + 201]! - field.data[100 * 512 + 200]!).toBeCloseTo(1)
    expect(field.data[100 * 512 + 200]).toBeCloseTo(2 * (200.5 / 2 - 0.5))
    expect(field.data.at(-1)).toBe(-4)
  })

  test('is cut to what a window shows', async () => {
    const finder = graph((plane, x, y) => plane * 1000 + x * 10 + y)
    const field = await openMotion(finder, grey(320, 192), grey(320, 192), 64, never)(0.5)
    const { data, dims } = cropField(field, { x: 64, y: 128, width: 128, height: 64 })
    expect(dims).toEqual([1, 4, 8, 16])
    expect([data[0], data[16], data[8 * 16], data.at(-1)]).toEqual([96, 97, 1096, 3253])
    expect(cropField(field, { x: 0, y: 0, width: 320, height: 192 }).data).toBe(field.data)
  })

  test('says how far windows must overlap', () => {
    const field = { data: Float32Array.of(0, -20, 3, 0), width: 1, height: 1 }
    expect(reachOf(field, 0.5)).toBe(20 * 8 * 0.5 + 72)
    expect(reachOf(field, 0.9)).toBeCloseTo(20 * 8 * 0.9 + 72)
    for (const radius of [10, 72, 128, 300]) {
      const { columns, width } = planTiles(
        4096,
        2160,
        { multiple: 64 },
        { multiple: 64 },
        undefined,
        overlapFor(radius),
      )
      for (const { start, from, to } of columns) {
        if (start > 0) expect(from - start).toBeGreaterThanOrEqual(radius)
        if (to < 4096) expect(start + width - to).toBeGreaterThanOrEqual(radius)
      }
    }
    expect(overlapFor(5000)).toBe(1024)
  })

  test('is refused when the graph gives another shape, or is no such graph', async () => {
    const wrong = {
      layout,
      run: async () => ({ motion: { data: new Float32Array(2), dims: [1, 2, 1, 1] } }),
    }
    const [a, b] = [grey(64, 64), grey(64, 64)]
    await expect(openMotion(wrong, a, b, 64, never)(0.5)).rejects.toThrow(/32x32.*\[1, 2, 1, 1\]/)
    const timeless = resolveLayout([picture('h0'), picture('h1')], [picture('image')])
    expect(() => openMotion({ ...wrong, layout: timeless }, a, b, 64, never)).toThrow(/pictures.*time/)
  })
})
