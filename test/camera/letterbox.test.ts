import { expect, test } from 'vitest'
import { fitInside, placeInMiddle } from '../../src/camera/letterbox.js'

test.each([
  [
    [320, 192],
    [640, 272],
    [453, 272],
  ],
  [
    [320, 192],
    [400, 400],
    [400, 240],
  ],
  [
    [192, 320],
    [960, 576],
    [346, 576],
  ],
  [
    [320, 192],
    [960, 576],
    [960, 576],
  ],
  [
    [320, 192],
    [320, 190],
    [320, 190],
  ],
])('%j in a film of %j is %j', ([w, h], [width, height], inside) => {
  const size = fitInside({ width: w!, height: h! }, { width: width!, height: height! })
  expect([size.width, size.height]).toEqual(inside)
})

test('what is around the picture stays', () => {
  const frame = new Uint8Array(6 * 4 * 3)
  placeInMiddle(new Uint8Array(2 * 4 * 3).fill(9), { width: 2, height: 4 }, frame, { width: 6, height: 4 })
  const row = [0, 0, 9, 9, 0, 0].flatMap((v) => [v, v, v])
  expect([...frame]).toEqual([...row, ...row, ...row, ...row])
})
