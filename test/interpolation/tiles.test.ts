import { describe, expect, test } from 'vitest'
import { createMosaic } from '../../src/interpolation/mosaic.js'
import { cutAxis, OVERLAP, planTiles, WINDOW_PIXELS } from '../../src/interpolation/tiles.js'

const any = { multiple: 64 }
const lengths = [1, 63, 64, 65, 512, 1000, 1024, 1025, 1088, 1300, 2160, 4096, 5000]
const sizes = [64, 180, 256, 320, 704, 1024]

describe('windows along one axis', () => {
  test('weights sum to 1 at every pixel, at most two windows count', () => {
    for (const size of sizes) {
      for (const length of lengths) {
        const sum = new Float64Array(length)
        const counting = new Uint8Array(length)
        for (const { from, to, weights } of cutAxis(length, size)) {
          expect(weights).toHaveLength(to - from)
          for (let i = from; i < to; i++) {
            sum[i]! += weights[i - from]!
            counting[i]! += weights[i - from]! > 0 ? 1 : 0
          }
        }
        expect(Math.max(...sum.map((value) => Math.abs(value - 1))), `${length} by ${size}`).toBeLessThan(
          1e-6,
        )
        expect(Math.max(...counting)).toBeLessThanOrEqual(2)
      }
    }
  })

  test('start on the grid inside the axis, count only what they see, and reach its end', () => {
    for (const size of sizes) {
      for (const length of lengths) {
        const tiles = cutAxis(length, size)
        for (const { start, from, to } of tiles) {
          expect(start % 64).toBe(0)
          expect(start).toBeLessThan(length)
          expect(from).toBeGreaterThanOrEqual(start)
          expect(to).toBeLessThanOrEqual(Math.min(length, start + size))
        }
        expect(tiles.at(-1)!.to).toBe(length)
      }
    }
  })

  test('overlap, and leave out what lies near a border inside the frame', () => {
    const tiles = cutAxis(4096, 1024)
    for (const [i, tile] of tiles.entries()) {
      const next = tiles[i + 1]
      if (!next) continue
      expect(tile.start + 1024 - next.start).toBeGreaterThanOrEqual(OVERLAP)
      expect(tile.start + 1024 - tile.to).toBeGreaterThanOrEqual(OVERLAP / 2 - 32)
      expect(next.from - next.start).toBeGreaterThanOrEqual(OVERLAP / 2 - 32)
    }
  })
})

describe('windows of a frame', () => {
  const sidesOf = (width: number, height: number) => {
    const tiling = planTiles(width, height, any, any)
    return [tiling.width, tiling.height, tiling.columns.length, tiling.rows.length]
  }

  test('one where it fits, padded to the multiple', () => {
    expect(sidesOf(320, 192)).toEqual([320, 192, 1, 1])
    expect(sidesOf(101, 67)).toEqual([128, 128, 1, 1])
    expect(sidesOf(1, 1)).toEqual([64, 64, 1, 1])
    expect(sidesOf(1280, 768)).toEqual([1280, 768, 1, 1])
  })

  test('several within the limit where it does not', () => {
    for (const [width, height] of [
      [4096, 2160],
      [1920, 1080],
      [20_000, 100],
      [100, 20_000],
      [1025, 1024],
    ] as const) {
      const [w, h, columns, rows] = sidesOf(width, height) as [number, number, number, number]
      expect(w * h).toBeLessThanOrEqual(WINDOW_PIXELS)
      expect((w % 64) + (h % 64)).toBe(0)
      expect(columns * rows).toBeGreaterThan(1)
    }
    expect(sidesOf(20_000, 100)).toEqual([8192, 128, 3, 1])
  })

  test('of the size that a graph is fixed to', () => {
    const tiling = planTiles(640, 200, { fixed: 320 }, { fixed: 180 })
    expect([tiling.width, tiling.height]).toEqual([320, 180])
    expect(tiling.columns.length).toBeGreaterThan(2)
    expect(tiling.rows).toHaveLength(2)
  })
})

test('a frame put together from windows of itself is itself', () => {
  const [width, height] = [700, 500]
  const value = (x: number, y: number, c: number) => ((x * 3 + y * 5 + c * 40) % 256) / 255
  for (const channels of ['first', 'last'] as const) {
    const tiling = planTiles(width, height, { fixed: 320 }, { fixed: 256 })
    const out = new Uint8Array(3 * width * height)
    const mosaic = createMosaic(tiling, width, out)
    for (const row of tiling.rows) {
      for (const column of tiling.columns) {
        const area = tiling.width * tiling.height
        const data = new Float32Array(3 * area)
        for (let i = 0; i < area; i++) {
          const [x, y] = [column.start + (i % tiling.width), row.start + Math.floor(i / tiling.width)]
          for (let c = 0; c < 3; c++) data[channels === 'first' ? c * area + i : 3 * i + c] = value(x, y, c)
        }
        const picture = { width: tiling.width, height: tiling.height, channels, data }
        expect(mosaic.add(picture, column, row)).toBe(true)
      }
      mosaic.finishRow()
    }
    const wrong = out.findIndex((byte, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
      return byte !== Math.round(value(x, y, i % 3) * 255)
    })
    expect(wrong).toBe(-1)
  }
})
