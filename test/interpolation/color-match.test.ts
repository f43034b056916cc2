import { describe, expect, test } from 'vitest'
import { blendInterpolator } from '../../src/interpolation/blend-frames.js'
import { inMatchedLight, lightChanges } from '../../src/interpolation/color-match.js'
import type { Frame, Interpolator } from '../../src/interpolation/interpolator.js'

const WIDTH = 96
const HEIGHT = 64
const never = new AbortController().signal

function picture(color: (x: number, y: number) => readonly number[]): Frame {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) data.set(color(x, y), (y * WIDTH + x) * 3)
  return { width: WIDTH, height: HEIGHT, data: new Uint8Array(data.buffer) }
}

const noise = (x: number, y: number) => ((Math.imul(x * 73 + y * 151, 0x9e3779b1) >>> 16) & 0xff) / 255

/** A textured scene, moved to the right by `shift`, on the way from day (`night` 0) to night (1). */
const scene = (shift: number, night: number) =>
  picture((x, y) => {
    const texture = noise((x - shift) >> 2, y >> 2)
    const day = [90 + 120 * texture, 110 + 100 * texture, 140 + 90 * texture]
    return day.map((value, c) => value * (1 - 0.75 * night) + [0, 5, 25][c]! * night)
  })

/**
 * Finds the one shift of the whole picture that makes both most alike, by their differences, and averages both along it: what
 * a model does wherever it looks.
 */
const shifting: Interpolator = {
  async *between(a, b, times) {
    const at = (frame: Frame, x: number, y: number, c: number) =>
      frame.data[(y * WIDTH + Math.max(0, Math.min(WIDTH - 1, x))) * 3 + c]!
    const cost = (shift: number) => {
      let sum = 0
      for (let y = 0; y < HEIGHT; y++)
        for (let x = 12; x < WIDTH - 12; x++)
          for (let c = 0; c < 3; c++) sum += Math.abs(at(a, x, y, c) - at(b, x + shift, y, c))
      return sum
    }
    const shifts = Array.from({ length: 25 }, (_, i) => i - 12)
    const best = shifts.reduce((x, y) => (cost(y) < cost(x) ? y : x))
    for (const t of times)
      yield picture((x, y) =>
        [0, 1, 2].map(
          (c) =>
            at(a, x - Math.round(best * t), y, c) * (1 - t) + at(b, x + Math.round(best * (1 - t)), y, c) * t,
        ),
      ).data
  },
}

async function framesOf(of: Interpolator, a: Frame, b: Frame, times: number[]): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  for await (const frame of of.between(a, b, times, never)) frames.push(frame.slice())
  return frames
}
/** Mean squared error, away from the left and right edges. */
function error(data: Uint8Array, truth: Frame): number {
  let sum = 0
  for (let y = 0; y < HEIGHT; y++)
    for (let i = (y * WIDTH + 12) * 3; i < (y * WIDTH + WIDTH - 12) * 3; i++)
      sum += (data[i]! - truth.data[i]!) ** 2
  return sum / (HEIGHT * (WIDTH - 24) * 3)
}

describe('matched light', () => {
  test('from day to night, frames are nearer to the truth than without', async () => {
    const [day, night] = [scene(0, 0), scene(8, 1)]
    const times = [0.25, 0.5, 0.75]
    const plain = await framesOf(shifting, day, night, times)
    const matched = await framesOf(inMatchedLight(shifting), day, night, times)
    for (const [i, t] of times.entries()) {
      const truth = scene(Math.round(8 * t), t)
      expect(error(matched[i]!, truth)).toBeLessThan(error(plain[i]!, truth) / 2)
    }
  })

  test('goes from the one picture to the other, with nothing lost at the ends', async () => {
    // A lamp that is white in the dark does not fit into 8 bits when the dark is made brighter.
    const lamp = (frame: Frame): Frame => {
      const data = frame.data.slice()
      data.fill(255, 30 * WIDTH * 3, 31 * WIDTH * 3)
      return { ...frame, data }
    }
    const [day, night] = [scene(0, 0), lamp(scene(0, 1))]
    const near: Interpolator = {
      async *between(a, b, times) {
        for (const t of times) yield t < 0.5 ? a.data : b.data
      },
    }
    const [first, last] = await framesOf(inMatchedLight(near), day, night, [1e-9, 1 - 1e-9])
    expect(error(first!, day)).toBeLessThan(1e-4)
    expect(error(last!, night)).toBeLessThan(1e-4)
    const [blended] = await framesOf(inMatchedLight(blendInterpolator), day, night, [0.5])
    expect(blended![30 * WIDTH * 3]).toBeGreaterThan(150)
  })

  test('is for light, not for movement', () => {
    expect(lightChanges(scene(0, 0), scene(0, 1))).toBe(true)
    expect(lightChanges(scene(0, 0), scene(3, 0.6))).toBe(true)
    expect(lightChanges(scene(0, 0), scene(8, 0))).toBe(false)
    expect(lightChanges(scene(0, 0), scene(0, 0))).toBe(false)
  })

  test('works on flat pictures', async () => {
    const [dark, light] = [picture(() => [10, 20, 30]), picture(() => [200, 100, 50])]
    const [middle] = await framesOf(inMatchedLight(blendInterpolator), dark, light, [0.5])
    expect([...middle!.subarray(0, 3)]).toEqual([105, 60, 40])
  })
})
