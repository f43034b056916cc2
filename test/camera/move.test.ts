import { describe, expect, it } from 'vitest'
import { eased } from '../../src/camera/ease.js'
import { type View, viewAt } from '../../src/camera/move.js'
import { SHAKE_REACH, tremorAt } from '../../src/camera/shake.js'
import { parseCamera, STILL } from '../../src/script/camera.js'
import { EASES } from '../../src/script/names.js'
import type { Camera } from '../../src/story/types.js'

const SOURCE = { width: 320, height: 192 }
const FILM = { width: 960, height: 576 }
const WHOLE = { x: 0, y: 0, width: 320, height: 192, roll: 0, bend: null }

function camera(words: string): Camera {
  const parsed = parseCamera(words)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.value
}

const see = (move: string | Camera, t: number, source = SOURCE, seconds = t * 3): View =>
  viewAt(typeof move === 'string' ? camera(move) : move, 7, { t, seconds }, source, FILM)

/** Corners of a turned view, in source pixels. */
const corners = ({ x, y, width, height, roll }: View) =>
  [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([a, b]) => {
    const [u, v] = [(a! * width) / 2, (b! * height) / 2]
    return {
      x: x + width / 2 + u * Math.cos(roll) - v * Math.sin(roll),
      y: y + height / 2 + u * Math.sin(roll) + v * Math.cos(roll),
    }
  })

const MOVES = [
  'hold',
  'push in',
  'pull out 2x',
  'pan left',
  'pan right',
  'tilt up',
  'tilt down',
  'push in, pan left, tilt up',
  'pull out 3x, pan right 1.1x, tilt down, ease out',
  'roll left',
  'roll right 30°, pan left',
  'push in 1.5x, roll left 100, shake 1, tilt up',
  'roll right 180, linear',
  'shake 1, pan left',
  'shake 0.2, push in',
]

describe('a view', () => {
  it.each(MOVES)('never reaches outside of the source and keeps proportions: %s', (words) => {
    for (const source of [SOURCE, { width: 512, height: 512 }, { width: 300, height: 700 }]) {
      let outside = 0
      for (let i = 0; i <= 200; i++) {
        const view = see(words, i / 200, source, i / 7)
        for (const { x, y } of corners(view))
          outside = Math.max(outside, -x, -y, x - source.width, y - source.height)
        outside = Math.max(outside, Math.abs(view.width / view.height - FILM.width / FILM.height))
      }
      expect(outside).toBeLessThan(1e-9)
    }
  })

  it('pushes to where a pull begins, in the middle, by equal ratios', () => {
    expect(see('push in', 0)).toEqual(WHOLE)
    const close = see('push in', 1)
    expect(close).toEqual({ x: 32, y: 192 * 0.1, width: 256, height: 192 / 1.25, roll: 0, bend: null })
    expect(see('pull out', 0)).toEqual(close)
    expect(see('pull out', 1)).toEqual(WHOLE)
    expect(see('push in', 0.5).width).toBeCloseTo(320 / Math.sqrt(1.25), 9)
  })

  it('pans and tilts from one end of the room to the other, towards the direction', () => {
    expect(see('pan right', 0).x).toBeCloseTo(0, 9)
    expect(see('pan right', 1).x).toBe(64)
    expect(see('pan left', 0).x).toBe(64)
    expect(see('tilt down', 0).y).toBeCloseTo(0, 9)
    expect(see('tilt up', 1).y).toBeCloseTo(0, 9)
    expect(see('tilt up', 0).y).toBeCloseTo(192 - 192 / 1.25, 9)
  })

  it('pushes and pans at once: from the middle to the side, the corners on straight lines', () => {
    const [from, to] = [see('push in 1.5x, pan left', 0), see('push in 1.5x, pan left', 1)]
    expect(from).toEqual(WHOLE)
    expect(to.x).toBeCloseTo(0, 9)
    expect(to.width).toBeCloseTo(320 / 1.5, 9)
    for (let t = 0; t <= 1; t += 0.05) {
      const view = see('push in 1.5x, pan left', t)
      const along = (view.width - from.width) / (to.width - from.width)
      expect(view.x).toBeCloseTo(along * to.x, 9)
      expect(view.y).toBeCloseTo(along * to.y, 9)
    }
  })

  it('rolls to its side, from a view that is closer all along', () => {
    expect(see('roll right 10°', 1).roll).toBeCloseTo(Math.PI / 18, 9)
    expect(see('roll left 10°', 1).roll).toBeCloseTo(-Math.PI / 18, 9)
    expect(see('roll left 10°', 0).width).toBeLessThan(260)
    expect(see('roll left 10°', 0).width).toBe(see('roll left 10°', 1).width)
    expect(see('roll left 3°', 0).width).toBeGreaterThan(290)
  })

  it('crops a square source around its middle', () => {
    const view = see('hold', 0.3, { width: 512, height: 512 })
    expect(view.width).toBeCloseTo(512, 9)
    expect(view.y).toBeCloseTo((512 - 512 * 0.6) / 2, 9)
  })

  it('shakes by its strength, and otherwise by another seed', () => {
    const shaken = { ...STILL, shake: 0.4 }
    const still = viewAt({ ...STILL, shake: 0 }, 1, { t: 0.5, seconds: 1 }, SOURCE, FILM)
    expect(still).toEqual(WHOLE)
    const [a, b] = [7, 8].map((seed) => viewAt(shaken, seed, { t: 0.5, seconds: 1 }, SOURCE, FILM))
    expect(a).not.toEqual(b)
    expect(a!.width).toBeLessThan(320)
    expect(a!.width).toBeGreaterThan(320 / 1.12)
  })
})

describe('easing', () => {
  it.each(EASES)('goes from 0 to 1, never back: %s', (ease) => {
    expect([-1, 0, 1, 2].map((t) => eased(ease, t))).toEqual([0, 0, 1, 1])
    for (let t = 0; t < 1; t += 0.01) expect(eased(ease, t + 0.01)).toBeGreaterThan(eased(ease, t))
  })

  it('is at rest where it says so', () => {
    const startsAtRest = EASES.filter((ease) => eased(ease, 0.001) < 0.0001)
    const endsAtRest = EASES.filter((ease) => 1 - eased(ease, 0.999) < 0.0001)
    expect(startsAtRest).toEqual(['in', 'in-out'])
    expect(endsAtRest).toEqual(['out', 'in-out'])
    expect(EASES.map((ease) => eased(ease, 0.5))).toEqual([0.5, 0.25, 0.75, 0.5])
  })
})

describe('a trembling hand', () => {
  it('is bounded, smooth, and lively', () => {
    for (const seed of [0, 1, 7, 0xffffffff]) {
      let [least, most, widest, fastest] = [1, -1, 0, 0]
      for (let frame = 0; frame < 2400; frame++) {
        const [now, next] = [tremorAt(seed, frame / 24), tremorAt(seed, (frame + 1) / 24)]
        for (const axis of ['across', 'up', 'roll'] as const) {
          widest = Math.max(widest, Math.abs(now[axis]))
          fastest = Math.max(fastest, Math.abs(next[axis] - now[axis]))
        }
        least = Math.min(least, now.across)
        most = Math.max(most, now.across)
      }
      expect(widest).toBeLessThanOrEqual(1)
      // The steepest that the whole band can be: 2 pi x its weights x its frequencies a second.
      expect(fastest).toBeLessThan(0.28)
      expect(most - least).toBeGreaterThan(1)
    }
  })

  it('is the same for a seed, and other for another one', () => {
    expect(tremorAt(7, 1.25)).toEqual(tremorAt(7, 1.25))
    const all = [0, 1, 2, 3].map((seed) => tremorAt(seed, 0.5).across)
    expect(new Set(all).size).toBe(4)
    expect(tremorAt(3, 1).across).not.toBe(tremorAt(3, 1).up)
    expect(Object.values(SHAKE_REACH).every((reach) => reach > 0)).toBe(true)
  })
})
