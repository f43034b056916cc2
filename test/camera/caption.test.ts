import { describe, expect, test } from 'vitest'
import { setCaption } from '../../src/camera/caption.js'

const WIDE = { width: 480, height: 288 }
const UPRIGHT = { width: 288, height: 512 }
const flat = ({ width, height }: typeof WIDE, value: number) => new Uint8Array(width * height * 3).fill(value)

async function drawn(text: string, size: typeof WIDE, ground: number, opacity = 1) {
  const frame = flat(size, ground)
  const caption = await setCaption(text, size)
  caption!.draw(frame, opacity)
  const box = { left: size.width, right: 0, top: size.height, bottom: 0 }
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      if (Math.abs(frame[(y * size.width + x) * 3]! - ground) < 8) continue
      box.left = Math.min(box.left, x)
      box.right = Math.max(box.right, x + 1)
      box.top = Math.min(box.top, y)
      box.bottom = Math.max(box.bottom, y + 1)
    }
  return { frame, box }
}

describe('a caption', () => {
  test.each([
    ['Once upon a time', WIDE, 0.95],
    ['Once upon a time there was a fox who loved the sea more than anything else in the world', WIDE, 0.95],
    ['word '.repeat(120), WIDE, 0.95],
    ['Once upon a time there was a fox', UPRIGHT, 0.9],
  ])('stands in the middle of the bottom, inside the safe area: %.40s', async (text, size, lowest) => {
    const { box } = await drawn(text, size, 128)
    expect(box.right - box.left).toBeGreaterThan(40)
    expect(box.left).toBeGreaterThanOrEqual(size.width * 0.08)
    expect(Math.abs(box.left + box.right - size.width)).toBeLessThanOrEqual(4)
    expect(box.bottom).toBeLessThanOrEqual(size.height * lowest)
    expect(box.bottom).toBeGreaterThan(size.height * (lowest - 0.1))
    expect(box.top).toBeGreaterThan(size.height * 0.55)
  })

  test.each([0, 128, 255])('has light letters beside a dark rim on a ground of %i', async (ground) => {
    const { frame, box } = await drawn('Once upon a time', WIDE, ground)
    let contrasts = 0
    for (let y = box.top; y < box.bottom; y++)
      for (let x = box.left; x < box.right - 3; x++) {
        const [a, b] = [x, x + 3].map((at) => frame[(y * WIDE.width + at) * 3]!)
        if (a! > 215 && b! < 110) contrasts++
      }
    expect(contrasts).toBeGreaterThan(40)
  })

  test('comes with its opacity', async () => {
    const grounds = [0, 0.5, 1].map(async (opacity) => (await drawn('abc', WIDE, 128, opacity)).frame)
    const [none, half, full] = await Promise.all(grounds)
    expect(none).toEqual(flat(WIDE, 128))
    const at = full!.findIndex((v) => v > 240)
    expect(half![at]!).toBeGreaterThan(128)
    expect(half![at]!).toBeLessThan(full![at]! - 20)
  })

  test('breaks lines where the script does', async () => {
    const [one, two] = [await drawn('ab cd', WIDE, 128), await drawn('ab\ncd', WIDE, 128)]
    expect(two.box.bottom - two.box.top).toBeGreaterThan((one.box.bottom - one.box.top) * 1.5)
  })

  test('without words is nothing', async () => {
    expect(await setCaption('  ', WIDE)).toBeNull()
  })
})
