import { describe, expect, it } from 'vitest'
import { createFramer } from '../../src/camera/framer.js'
import type { Size, View } from '../../src/camera/move.js'
import type { Picture } from '../../src/image/picture.js'

function paint({ width, height }: Size, color: (x: number, y: number, c: number) => number): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) data[at++] = color(x, y, c)
  return { width, height, data }
}

const noise = (x: number, y: number, c: number) =>
  (Math.imul(x * 73 + y * 179 + c * 31 + 7, 0x9e3779b1) >>> 13) & 0xff

function render(picture: Picture, film: Size, view: View): Uint8Array {
  const out = new Uint8Array(film.width * film.height * 3)
  createFramer(film).render(picture, view, out)
  return out
}

const degrees = (value: number) => (value * Math.PI) / 180

/** A view of `width`, around a point, that shows `film`'s proportions. */
const around = (x: number, y: number, width: number, film: Size, roll: number): View => {
  const height = (width * film.height) / film.width
  return { x: x - width / 2, y: y - height / 2, width, height, roll, bend: null }
}

const largestDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

describe('a turned view', () => {
  const film = { width: 90, height: 60 }

  // Waves long enough that any good filter gives their exact values.
  const wave = (x: number, y: number, c: number) =>
    127.5 + 110 * Math.sin((x * [0.35, 0.1, -0.2][c]! + y * [0.12, -0.3, 0.25][c]!) as number)
  const picture = paint({ width: 150, height: 130 }, (x, y, c) => Math.round(wave(x, y, c)))

  it.each([0.01, 5, -12, 44, -45, 60, 90, -135, 180])('shows what is there: %s degrees', (angle) => {
    const roll = degrees(angle)
    const out = render(picture, film, around(76.3, 64.2, 60, film, roll))
    const scale = 60 / film.width
    let worst = 0
    for (let v = 0; v < film.height; v++)
      for (let u = 0; u < film.width; u++)
        for (let c = 0; c < 3; c++) {
          const [du, dv] = [(u + 0.5 - 45) * scale, (v + 0.5 - 30) * scale]
          const x = 76.3 + du * Math.cos(roll) - dv * Math.sin(roll) - 0.5
          const y = 64.2 + du * Math.sin(roll) + dv * Math.cos(roll) - 0.5
          worst = Math.max(worst, Math.abs(out[(v * 90 + u) * 3 + c]! - wave(x, y, c)))
        }
    expect(worst).toBeLessThan(2.5)
  })

  it('is all but the upright one where the angle is next to none', () => {
    const detail = paint({ width: 90, height: 60 }, noise)
    const upright = render(detail, film, around(40.4, 31.7, 50, film, 0))
    const turned = render(detail, film, around(40.4, 31.7, 50, film, 1e-9))
    expect(largestDifference(upright, turned)).toBeLessThanOrEqual(2)
  })

  it('is the picture itself by quarter turns', () => {
    const square = paint({ width: 40, height: 40 }, noise)
    const side = { width: 40, height: 40 }
    const at = (angle: number) => render(square, side, around(20, 20, 40, side, degrees(angle)))
    const clockwise = paint(side, (x, y, c) => noise(39 - y, x, c))
    expect(largestDifference(at(90), clockwise.data)).toBeLessThanOrEqual(1)
    expect(
      largestDifference(at(180), paint(side, (x, y, c) => noise(39 - x, 39 - y, c)).data),
    ).toBeLessThanOrEqual(1)
    expect(
      largestDifference(at(-90), paint(side, (x, y, c) => noise(y, 39 - x, c)).data),
    ).toBeLessThanOrEqual(1)
  })

  it('keeps a constant picture constant, also where its corners touch the edge', () => {
    const flat = paint({ width: 60, height: 50 }, (_x, _y, c) => [255, 0, 131][c]!)
    for (const angle of [3, 30, 100]) {
      const out = render(flat, film, around(30, 25, 70, film, degrees(angle)))
      expect(out.every((value, i) => value === [255, 0, 131][i % 3])).toBe(true)
    }
  })

  it('turns by fractions of a pixel: as much each frame', () => {
    const ramp = paint({ width: 200, height: 200 }, (x) => x)
    const right = (angle: number) =>
      render(ramp, film, around(100, 100, 90, film, degrees(angle)))[(59 * 90 + 45) * 3]!
    for (const angle of [1, 2, 3, 4]) {
      const wanted = 100 + 0.5 - 29.5 * Math.sin(degrees(angle)) - 0.5
      expect(Math.abs(right(angle) - wanted)).toBeLessThanOrEqual(1)
    }
  })

  it('turns a fine checkerboard grey when it shrinks', () => {
    const fine = paint({ width: 300, height: 300 }, (x, y) => ((x + y) % 2) * 255)
    const out = render(fine, film, around(150, 150, 200, film, degrees(7)))
    for (const value of out) expect(Math.abs(value - 127.5)).toBeLessThan(14)
  })

  it('does not see the frame before when it is used again', () => {
    const framer = createFramer(film)
    const out = new Uint8Array(90 * 60 * 3)
    const [large, small] = [
      paint({ width: 200, height: 150 }, noise),
      paint({ width: 70, height: 60 }, noise),
    ]
    for (const [source, angle] of [
      [large, 8],
      [small, 95],
      [large, 95],
      [small, 0],
      [large, -20],
    ] as const) {
      const view = around(source.width / 2, source.height / 2, 40, film, degrees(angle))
      framer.render(source, view, out)
      expect(largestDifference(out, render(source, film, view))).toBe(0)
    }
  })
})
