import { expect, test } from 'vitest'
import { cropToShape } from '../../src/image/crop.js'
import type { Picture } from '../../src/image/picture.js'

/** Each pixel is its column and row. */
const grid = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    i % 3 === 0 ? ((i / 3) | 0) % width : i % 3 === 1 ? ((i / 3) | 0) / width : 0,
  ),
})
const corners = ({ width, height, data }: Picture) => {
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 2)]
  return { size: [width, height], first: at(0, 0), last: at(width - 1, height - 1) }
}

test('a wide picture loses its sides, a tall one its top and bottom', () => {
  expect(corners(cropToShape(grid(100, 20), { width: 2, height: 1 }))).toEqual({
    size: [40, 20],
    first: [30, 0],
    last: [69, 19],
  })
  expect(corners(cropToShape(grid(20, 100), { width: 960, height: 576 }))).toEqual({
    size: [20, 12],
    first: [0, 44],
    last: [19, 55],
  })
})

test('one of the right shape stays what it is, and a line of pixels leaves a pixel', () => {
  const picture = grid(30, 18)
  expect(cropToShape(picture, { width: 960, height: 576 })).toBe(picture)
  expect(corners(cropToShape(grid(1, 50), { width: 9, height: 1 })).size).toEqual([1, 1])
})
