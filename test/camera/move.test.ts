import { describe, expect, it } from 'vitest'
import { easeInOut, type Move, windowAt } from '../../src/camera/move.js'

const SOURCE = { width: 320, height: 192 }
const FILM = { width: 960, height: 576 }
const WHOLE = { x: 0, y: 0, width: 320, height: 192 }

const move = (kind: Move['kind'], direction: Move['direction'] = null, rate = 1.25): Move => ({
  kind,
  direction,
  rate,
})

const MOVES: Move[] = [
  move('hold'),
  move('push'),
  move('pull'),
  move('pan', 'left'),
  move('pan', 'right'),
  move('tilt', 'up'),
  move('tilt', 'down'),
]

describe('windowAt', () => {
  it.each(MOVES)('stays inside the source and keeps proportions: $kind $direction', (m) => {
    for (const source of [SOURCE, { width: 512, height: 512 }, { width: 300, height: 700 }]) {
      for (let t = 0; t <= 1; t += 1 / 64) {
        const { x, y, width, height } = windowAt(m, t, source, FILM)
        expect(x).toBeGreaterThanOrEqual(-1e-9)
        expect(y).toBeGreaterThanOrEqual(-1e-9)
        expect(x + width).toBeLessThanOrEqual(source.width + 1e-9)
        expect(y + height).toBeLessThanOrEqual(source.height + 1e-9)
        expect(width / height).toBeCloseTo(FILM.width / FILM.height, 9)
      }
    }
  })

  it('push ends where pull begins, in the middle', () => {
    expect(windowAt(move('push'), 0, SOURCE, FILM)).toEqual(WHOLE)
    const close = windowAt(move('push'), 1, SOURCE, FILM)
    expect(close).toEqual({ x: 32, y: 192 * 0.1, width: 256, height: 192 / 1.25 })
    expect(windowAt(move('pull'), 0, SOURCE, FILM)).toEqual(close)
    expect(windowAt(move('pull'), 1, SOURCE, FILM)).toEqual(WHOLE)
    expect(windowAt(move('push'), 0.5, SOURCE, FILM).width).toBeCloseTo(320 / Math.sqrt(1.25), 9)
  })

  it('pan and tilt travel from one end of the room to the other, towards their direction', () => {
    expect(windowAt(move('pan', 'right'), 0, SOURCE, FILM).x).toBe(0)
    expect(windowAt(move('pan', 'right'), 1, SOURCE, FILM).x).toBe(64)
    expect(windowAt(move('pan', 'left'), 0, SOURCE, FILM).x).toBe(64)
    expect(windowAt(move('tilt', 'down'), 0, SOURCE, FILM).y).toBe(0)
    expect(windowAt(move('tilt', 'up'), 1, SOURCE, FILM).y).toBe(0)
    expect(windowAt(move('tilt', 'up'), 0, SOURCE, FILM).y).toBeCloseTo(192 - 192 / 1.25, 9)
  })

  it('crops a square source around its middle', () => {
    const window = windowAt(move('hold'), 0.3, { width: 512, height: 512 }, FILM)
    expect(window.width).toBeCloseTo(512, 9)
    expect(window.y).toBeCloseTo((512 - 512 * 0.6) / 2, 9)
  })
})

it('easing starts and ends at rest, and never goes back', () => {
  expect([easeInOut(-1), easeInOut(0), easeInOut(0.5), easeInOut(1), easeInOut(2)]).toEqual([0, 0, 0.5, 1, 1])
  expect(easeInOut(0.001)).toBeLessThan(0.00001)
  expect(1 - easeInOut(0.999)).toBeLessThan(0.00001)
  for (let t = 0; t < 1; t += 0.01) expect(easeInOut(t + 0.01)).toBeGreaterThan(easeInOut(t))
})
