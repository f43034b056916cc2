import { describe, expect, test } from 'vitest'
import { createMixer, type Mixer } from '../../src/camera/mixer.js'

const SIZE = { width: 120, height: 80 }
const AREA = SIZE.width * SIZE.height
const FRAMES = 12

/** No two neighbours alike, so that a pixel in the wrong place is seen. */
const pattern = (seed: number) =>
  Uint8Array.from({ length: AREA * 3 }, (_, i) => (i * seed + (i >> 7) * 31) & 0xff)
const before = pattern(37)
const after = pattern(101)
const flat = (value: number) => new Uint8Array(AREA * 3).fill(value)

type Into = Parameters<typeof createMixer>[0]
const SIDES = ['left', 'right', 'up', 'down'] as const
const ALL: Into[] = [
  { kind: 'dissolve', frames: FRAMES },
  { kind: 'match cut', frames: FRAMES },
  { kind: 'morph', frames: FRAMES },
  ...SIDES.map((direction): Into => ({ kind: 'wipe', frames: FRAMES, direction })),
  ...SIDES.map((direction): Into => ({ kind: 'slide', frames: FRAMES, direction })),
  ...(['in', 'out'] as const).map((direction): Into => ({ kind: 'iris', frames: FRAMES, direction })),
  ...(['left', 'right'] as const).map((direction): Into => ({ kind: 'whip pan', frames: FRAMES, direction })),
]
const nameOf = (into: Into) => `${into.kind}${'direction' in into ? ` ${into.direction}` : ''}`

function mixed(into: Into, t: number, a = before, b = after): Uint8Array {
  const out = new Uint8Array(AREA * 3)
  createMixer(into, SIZE)(a, b, t, out)
  return out
}
const at = (frame: Uint8Array, x: number, y: number): number => frame[(y * SIZE.width + x) * 3 + 1]!

describe.each(ALL.map((into) => [nameOf(into), into] as const))('%s', (_, into) => {
  // A whip pan's shutter is open before and after as well.
  test.skipIf(into.kind === 'whip pan')('shows the picture before at 0 and the next one at 1', () => {
    expect(mixed(into, 0)).toEqual(before)
    expect(mixed(into, 1)).toEqual(after)
  })

  test('goes from the one to the other without a step back', () => {
    const [dark, light] = [flat(0), flat(255)]
    const out = new Uint8Array(AREA * 3)
    const mix: Mixer = createMixer(into, SIZE)
    let last = -1
    for (let frame = 1; frame <= FRAMES; frame++) {
      mix(dark, light, frame / (FRAMES + 1), out)
      const mean = out.reduce((sum, v) => sum + v, 0) / out.length
      expect(mean).toBeGreaterThanOrEqual(last)
      last = mean
    }
    expect(last).toBeGreaterThan(200)
  })
})

describe('an edge', () => {
  test('moves to its side, with the next picture behind it', () => {
    const quarter = Object.fromEntries(
      SIDES.map((direction) => {
        const frame = mixed({ kind: 'wipe', frames: FRAMES, direction }, 0.25, flat(0), flat(255))
        return [direction, [at(frame, 3, 40), at(frame, 116, 40), at(frame, 60, 3), at(frame, 60, 76)]]
      }),
    )
    expect(quarter).toEqual({
      left: [0, 255, 0, 0],
      right: [255, 0, 0, 0],
      up: [0, 0, 0, 255],
      down: [0, 0, 255, 0],
    })
  })

  test('is soft', () => {
    const frame = mixed({ kind: 'wipe', frames: FRAMES, direction: 'right' }, 0.5, flat(0), flat(255))
    const row = Array.from({ length: SIZE.width }, (_, x) => at(frame, x, 10))
    expect(row.filter((v) => v > 0 && v < 255).length).toBeGreaterThanOrEqual(4)
    expect(row).toEqual(row.toSorted((a, b) => b - a))
  })

  test('of an iris is a circle around the middle, and as soft', () => {
    const opening = mixed({ kind: 'iris', frames: FRAMES, direction: 'in' }, 0.4, flat(0), flat(255))
    const closing = mixed({ kind: 'iris', frames: FRAMES, direction: 'out' }, 0.6, flat(255), flat(0))
    expect(closing).toEqual(opening)
    for (let y = 0; y < SIZE.height; y++)
      for (let x = 0; x < SIZE.width; x++) {
        const distance = Math.hypot(x + 0.5 - SIZE.width / 2, y + 0.5 - SIZE.height / 2)
        if (distance < 26) expect(at(opening, x, y)).toBe(255)
        if (distance > 33) expect(at(opening, x, y)).toBe(0)
        expect(at(opening, x, y)).toBe(at(opening, SIZE.width - 1 - x, SIZE.height - 1 - y))
      }
    const soft = opening.filter((v) => v > 20 && v < 235).length
    expect(soft).toBeGreaterThan(100)
  })
})

describe('a strip', () => {
  /** One light column, or row, in the middle of a dark picture. */
  const line = (isUpright: boolean) => {
    const frame = flat(0)
    for (let y = 0; y < SIZE.height; y++)
      for (let x = 0; x < SIZE.width; x++)
        if (isUpright ? Math.abs(x - 60) < 8 : Math.abs(y - 40) < 8)
          frame.fill(255, (y * 120 + x) * 3, (y * 120 + x) * 3 + 3)
    return frame
  }
  const middleOf = (frame: Uint8Array, isAcross: boolean) => {
    let sum = 0
    let weight = 0
    for (let y = 0; y < SIZE.height; y++)
      for (let x = 0; x < SIZE.width; x++) {
        sum += at(frame, x, y) * (isAcross ? x : y)
        weight += at(frame, x, y)
      }
    return sum / weight
  }

  test.each([
    ['left', true, -1],
    ['right', true, 1],
    ['up', false, -1],
    ['down', false, 1],
  ] as const)('carries both pictures to the %s by fractions of a pixel', (direction, isAcross, sign) => {
    // 3t² − 2t³ of the way.
    for (const t of [0.02, 0.05, 0.1]) {
      const frame = mixed({ kind: 'slide', frames: 240, direction }, t, line(isAcross), flat(0))
      const way = (3 * t * t - 2 * t ** 3) * (isAcross ? SIZE.width : SIZE.height)
      expect(middleOf(frame, isAcross) - (isAcross ? 60 : 40)).toBeCloseTo(sign * way, 1)
    }
  })

  test('of a whip pan streaks, and a slide hardly', () => {
    const contrast = (into: Into) => {
      const frame = mixed(into, 0.3)
      let sum = 0
      for (let y = 0; y < SIZE.height; y++)
        for (let x = 1; x < SIZE.width; x++) sum += Math.abs(at(frame, x, y) - at(frame, x - 1, y))
      return sum / AREA
    }
    const slide = contrast({ kind: 'slide', frames: 48, direction: 'left' })
    const whip = contrast({ kind: 'whip pan', frames: FRAMES, direction: 'right' })
    expect(whip).toBeLessThan(slide / 4)
  })

  test('of a whip pan goes against the camera', () => {
    // The camera turns right: what stood in the middle leaves to the left.
    const frame = mixed({ kind: 'whip pan', frames: FRAMES, direction: 'right' }, 2 / 13, line(true), flat(0))
    expect(middleOf(frame, true)).toBeLessThan(50)
    const back = mixed({ kind: 'whip pan', frames: FRAMES, direction: 'left' }, 2 / 13, line(true), flat(0))
    expect(middleOf(back, true)).toBeGreaterThan(70)
  })
})
