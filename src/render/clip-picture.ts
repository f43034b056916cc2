// Pictures prepared for CLIP, as transformers' CLIPImageProcessor does it with Pillow. Pure.

import type { Picture } from '../image/picture.js'
import { resizeAsPillow } from '../image/pillow.js'
import type { PicturePreparation, Size } from '../models/model.js'

/** Planar floats, 3 × height × width: resized, cropped around the middle (black where it is too small), scaled and normalised. */
export function prepareForClip(
  picture: Picture,
  preparation: PicturePreparation,
): Size & { data: Float32Array } {
  const { kernel, factor, mean, std } = preparation
  const resized = resize(picture, preparation.resize, kernel)
  const { width, height } = preparation.crop ?? resized
  const left = Math.floor((resized.width - width) / 2)
  const top = Math.floor((resized.height - height) / 2)
  const area = width * height
  const data = new Float32Array(3 * area)
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = pixelAt(resized, x + left, y + top, c)
        data[c * area + y * width + x] = (value * factor - mean[c]!) / std[c]!
      }
    }
  }
  return { width, height, data }
}

function resize(
  picture: Picture,
  to: PicturePreparation['resize'],
  kernel: PicturePreparation['kernel'],
): Picture {
  if (to === null) return picture
  if ('width' in to) return resizeAsPillow(picture, to.width, to.height, kernel)
  const { width, height } = picture
  const long = Math.trunc((to.shortestEdge * Math.max(width, height)) / Math.min(width, height))
  const sides = width <= height ? ([to.shortestEdge, long] as const) : ([long, to.shortestEdge] as const)
  return resizeAsPillow(picture, ...sides, kernel)
}

const pixelAt = ({ data, width, height }: Picture, x: number, y: number, c: number): number =>
  x < 0 || y < 0 || x >= width || y >= height ? 0 : data[(y * width + x) * 3 + c]!
