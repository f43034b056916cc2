import { expect, test } from 'vitest'
import type { Picture } from '../../src/image/picture.js'
import { placePictures } from '../../src/image/place.js'

const plain = (width: number, height: number, grey: number): Picture => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(grey),
})
/** The last row: above, a picture that is laid over fades out. */
const row = ({ data, width, height }: Picture) =>
  Array.from({ length: width }, (_, x) => data[((height - 1) * width + x) * 3])

test('a picture is laid over another as high as it, softly, and no further than it goes', () => {
  const shares = Float32Array.of(0, 0.5, 1, 1, 1, 1, 1, 0.5, 0, 0)
  const base = plain(10, 4, 100)
  const placed = placePictures(base, [{ picture: plain(8, 8, 200), x: 0.4, shares }])
  expect([placed.width, placed.height]).toEqual([10, 4])
  // Four columns wide once it is four rows high, around column 4.
  expect(row(placed)).toEqual([100, 100, 200, 200, 200, 200, 100, 100, 100, 100])
  const wide = placePictures(base, [{ picture: plain(80, 8, 200), x: 0.4, shares }])
  expect(row(wide)).toEqual([100, 150, 200, 200, 200, 200, 200, 150, 100, 100])
  const tall = placePictures(plain(1, 100, 0), [
    { picture: plain(1, 1, 200), x: 0.5, shares: Float32Array.of(1) },
  ])
  expect([7, 15, 22].map((y) => tall.data[y * 3])).toEqual([0, 107, 200])
  expect(row(base)).toEqual(Array(10).fill(100))
  expect(row(placePictures(base, []))).toEqual(Array(10).fill(100))
})
