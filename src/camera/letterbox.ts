// A whole picture in a film of other proportions, with bars where nothing is.

import type { Size } from './move.js'

/** Bars narrower than this part of the film's side are not worth having: the picture is cropped instead. */
const LEAST_BARS = 0.02

/** The largest size of the picture's proportions in the film's; the film's own where hardly anything would be left over. */
export function fitInside(picture: Size, film: Size): Size {
  const scale = Math.min(film.width / picture.width, film.height / picture.height)
  const width = Math.min(film.width, Math.round(picture.width * scale))
  const height = Math.min(film.height, Math.round(picture.height * scale))
  const left = Math.max(1 - width / film.width, 1 - height / film.height)
  return left < LEAST_BARS ? { width: film.width, height: film.height } : { width, height }
}

/** Puts an RGB picture into the middle of a frame; what is around it stays. */
export function placeInMiddle(picture: Uint8Array, size: Size, frame: Uint8Array, film: Size): void {
  const left = Math.floor((film.width - size.width) / 2)
  const top = Math.floor((film.height - size.height) / 2)
  for (let y = 0; y < size.height; y++) {
    const row = picture.subarray(y * size.width * 3, (y + 1) * size.width * 3)
    frame.set(row, ((top + y) * film.width + left) * 3)
  }
}
