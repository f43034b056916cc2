import { expect, test } from 'vitest'
import { evenPicture } from '../../src/image/even.js'

/** One sample a pixel would do; three equal ones are a picture. */
const picture = (rows: number[][]) => ({
  width: rows[0]!.length,
  height: rows.length,
  data: Uint8Array.from(rows.flat().flatMap((value) => [value, value, value])),
})

test('odd sides get their last line twice; even ones stay', () => {
  const even = picture([
    [1, 2],
    [3, 4],
  ])
  expect(evenPicture(even)).toBe(even)
  expect(evenPicture(picture([[1, 2, 3]]))).toEqual(
    picture([
      [1, 2, 3, 3],
      [1, 2, 3, 3],
    ]),
  )
  expect(evenPicture(picture([[5], [6]]))).toEqual(
    picture([
      [5, 5],
      [6, 6],
    ]),
  )
  expect(evenPicture(picture([[9]]))).toEqual(
    picture([
      [9, 9],
      [9, 9],
    ]),
  )
})
