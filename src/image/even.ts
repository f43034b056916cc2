import type { Picture } from './picture.js'

/** The picture with even sides, as video with subsampled colour needs them: an odd one gets its last line twice. */
export function evenPicture(picture: Picture): Picture {
  const { width, height, data } = picture
  const even = { width: width + (width % 2), height: height + (height % 2) }
  if (even.width === width && even.height === height) return picture
  const out = new Uint8Array(even.width * even.height * 3)
  for (let y = 0; y < even.height; y++) {
    const row = data.subarray(Math.min(y, height - 1) * width * 3, (Math.min(y, height - 1) + 1) * width * 3)
    out.set(row, y * even.width * 3)
    if (even.width > width) out.set(row.subarray(-3), (y * even.width + width) * 3)
  }
  return { ...even, data: out }
}
