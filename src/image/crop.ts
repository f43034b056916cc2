import type { Picture } from './picture.js'

/** The largest part of a picture, around its middle, that has the shape of `width` × `height`; at least one pixel each way. */
export function cropToShape(picture: Picture, { width, height }: Pick<Picture, 'width' | 'height'>): Picture {
  const across = Math.min(picture.width, Math.max(1, Math.round((picture.height * width) / height)))
  const down = Math.min(picture.height, Math.max(1, Math.round((picture.width * height) / width)))
  if (across === picture.width && down === picture.height) return picture
  const left = Math.floor((picture.width - across) / 2)
  const top = Math.floor((picture.height - down) / 2)
  const data = new Uint8Array(across * down * 3)
  for (let y = 0; y < down; y++) {
    const from = ((top + y) * picture.width + left) * 3
    data.set(picture.data.subarray(from, from + across * 3), y * across * 3)
  }
  return { width: across, height: down, data }
}
