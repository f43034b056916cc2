import { describe, expect, it } from 'vitest'
import type { Size, Window } from '../../src/camera/move.js'
import { createResampler } from '../../src/camera/resample.js'
import type { Picture } from '../../src/image/picture.js'

function paint({ width, height }: Size, color: (x: number, y: number, c: number) => number): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) data[at++] = color(x, y, c)
  }
  return { width, height, data }
}

function render(
  picture: Picture,
  film: Size,
  window: Window = { x: 0, y: 0, ...sizeOf(picture) },
): Uint8Array {
  const out = new Uint8Array(film.width * film.height * 3)
  createResampler(film).render(picture, window, out)
  return out
}

const sizeOf = ({ width, height }: Size) => ({ width, height })

const noise = (x: number, y: number, c: number) =>
  (Math.imul(x * 73 + y * 179 + c * 31 + 7, 0x9e3779b1) >>> 13) & 0xff

describe('a resampler', () => {
  it('keeps a constant picture constant, at any scale and place', () => {
    const picture = paint({ width: 40, height: 30 }, (_x, _y, c) => [255, 0, 131][c]!)
    for (const film of [
      { width: 120, height: 90 },
      { width: 40, height: 30 },
      { width: 16, height: 12 },
    ]) {
      const out = render(picture, film, { x: 0.37, y: 0.11, width: 39.1, height: 29.3 })
      out.forEach((v, i) => {
        if (v !== [255, 0, 131][i % 3]) throw new Error(`${v} at ${i}`)
      })
    }
  })

  it('is the identity on a window of whole pixels', () => {
    const picture = paint({ width: 50, height: 40 }, noise)
    expect(render(picture, { width: 50, height: 40 })).toEqual(picture.data)
    const part = paint({ width: 20, height: 10 }, (x, y, c) => noise(x + 13, y + 9, c))
    expect(render(picture, { width: 20, height: 10 }, { x: 13, y: 9, width: 20, height: 10 })).toEqual(
      part.data,
    )
  })

  it('keeps linear ramps linear to within 1, where the picture goes on around them', () => {
    const picture = paint({ width: 100, height: 80 }, (x, y, c) => [x * 2, y * 3, x + y][c]!)
    const window = { x: 10.3, y: 8.7, width: 60, height: 48 }
    const film = { width: 300, height: 240 }
    const out = render(picture, film, window)
    for (let y = 0; y < film.height; y += 7) {
      for (let x = 0; x < film.width; x += 7) {
        const sx = window.x + (x + 0.5) / 5 - 0.5
        const sy = window.y + (y + 0.5) / 5 - 0.5
        const at = (y * film.width + x) * 3
        expect(Math.abs(out[at]! - sx * 2)).toBeLessThanOrEqual(1)
        expect(Math.abs(out[at + 1]! - sy * 3)).toBeLessThanOrEqual(1)
        expect(Math.abs(out[at + 2]! - sx - sy)).toBeLessThanOrEqual(1)
      }
    }
  })

  it('sees the same in a shifted picture through a window shifted as much', () => {
    const film = { width: 90, height: 60 }
    const picture = paint({ width: 80, height: 60 }, noise)
    const shifted = paint({ width: 80, height: 60 }, (x, y, c) => noise(x + 5, y + 3, c))
    const a = render(picture, film, { x: 25.25, y: 20.5, width: 30, height: 20 })
    const b = render(shifted, film, { x: 20.25, y: 17.5, width: 30, height: 20 })
    expect(a).toEqual(b)
  })

  it('moves by fractions of a pixel', () => {
    const picture = paint({ width: 30, height: 20 }, (x) => x * 8)
    const film = { width: 60, height: 60 }
    const at = (x: number) => render(picture, film, { x, y: 0, width: 20, height: 20 })[(30 * 60 + 30) * 3]!
    for (const shift of [0.25, 0.5, 0.75, 1]) {
      expect(Math.abs(at(4 + shift) - at(4) - shift * 8)).toBeLessThanOrEqual(1)
    }
  })

  it('clamps where Lanczos overshoots', () => {
    const picture = paint({ width: 40, height: 8 }, (x) => (x < 20 ? 0 : 255))
    const out = render(picture, { width: 160, height: 32 })
    const row = out.filter((_, i) => i % 3 === 0).subarray(16 * 160, 17 * 160)
    expect(Math.max(...row.subarray(0, 77))).toBeLessThan(40)
    expect(Math.min(...row.subarray(83))).toBeGreaterThan(215)
  })

  it('turns a fine checkerboard grey when it shrinks', () => {
    const picture = paint({ width: 96, height: 96 }, (x, y) => ((x + y) % 2) * 255)
    for (const side of [32, 40, 24]) {
      const out = render(picture, { width: side, height: side })
      for (const v of out) expect(Math.abs(v - 127.5)).toBeLessThan(12)
    }
  })

  it('does not see the frame before when it is used again', () => {
    const film = { width: 64, height: 48 }
    const resampler = createResampler(film)
    const out = new Uint8Array(64 * 48 * 3)
    const large = paint({ width: 200, height: 150 }, noise)
    const small = paint({ width: 32, height: 24 }, noise)
    for (const picture of [large, small, large]) {
      resampler.render(picture, { x: 0, y: 0, ...sizeOf(picture) }, out)
      expect(out).toEqual(render(picture, film))
    }
  })

  it('takes a window that reaches beyond the picture, whose edge goes on', () => {
    const picture = paint({ width: 16, height: 16 }, () => 90)
    const out = render(picture, { width: 32, height: 32 }, { x: -8, y: 10, width: 32, height: 32 })
    expect(new Set(out)).toEqual(new Set([90]))
  })
})
