// Pictures resized and turned grey as Pillow does it, to the bit: pipelines in Python prepare their pictures with it.
// Source: Pillow src/libImaging/Resample.c (8 bits a channel), Convert.c (rgb2l).

import type { Picture } from './picture.js'

const PRECISION_BITS = 22

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI))

/** By distance in samples: Lanczos with 3 lobes, Keys' cubic with a = -0.5, the triangle. */
const KERNELS = {
  lanczos: { radius: 3, weightAt: (x: number) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
  bicubic: { radius: 2, weightAt: (x: number) => cubic(Math.abs(x)) },
  bilinear: { radius: 1, weightAt: (x: number) => Math.max(0, 1 - Math.abs(x)) },
}

const cubic = (x: number): number =>
  x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0

export type Kernel = keyof typeof KERNELS

/** Stretched to exactly `width` × `height`; the kernel widens where it shrinks. The picture itself when it fits. */
export function resizeAsPillow(
  picture: Picture,
  width: number,
  height: number,
  kernel: Kernel = 'lanczos',
): Picture {
  // Each pass rounds, so their order shows: across first, unless that widens what the other shrinks.
  return width > picture.width && height < picture.height
    ? resizeAcross(resizeDown(picture, height, kernel), width, kernel)
    : resizeDown(resizeAcross(picture, width, kernel), height, kernel)
}

/** ITU-R 601-2 luma of each pixel, 0…255. */
export function greyOf({ data, width, height }: Picture): Uint8Array {
  const grey = new Uint8Array(width * height)
  for (let i = 0, from = 0; i < grey.length; i++, from += 3) {
    grey[i] = (data[from]! * 19595 + data[from + 1]! * 38470 + data[from + 2]! * 7471 + 0x8000) >> 16
  }
  return grey
}

/** For one output sample: the first source sample that counts, and what each counts for in units of 2^-22. */
type Taps = { first: number; weights: Int32Array }

function tapsOf(from: number, to: number, kernel: Kernel): Taps[] {
  const { radius, weightAt } = KERNELS[kernel]
  const scale = from / to
  const stretch = Math.max(1, scale)
  const support = radius * stretch
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - support + 0.5))
    const last = Math.min(from, Math.trunc(center + support + 0.5))
    const exact = Array.from({ length: last - first }, (_, k) =>
      weightAt((k + first - center + 0.5) / stretch),
    )
    const sum = exact.reduce((a, b) => a + b, 0)
    return { first, weights: Int32Array.from(exact, (weight) => toFixedPoint(weight / sum)) }
  })
}

const toFixedPoint = (weight: number): number =>
  Math.trunc(weight * 2 ** PRECISION_BITS + (weight < 0 ? -0.5 : 0.5))

function resizeAcross(picture: Picture, to: number, kernel: Kernel): Picture {
  const { data, width, height } = picture
  if (width === to) return picture
  const out = new Uint8ClampedArray(to * height * 3)
  const taps = tapsOf(width, to, kernel)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < to; x++) {
      const { first, weights } = taps[x]!
      weigh(data, (y * width + first) * 3, 3, weights, out, (y * to + x) * 3)
    }
  }
  return { width: to, height, data: new Uint8Array(out.buffer) }
}

function resizeDown(picture: Picture, to: number, kernel: Kernel): Picture {
  const { data, width, height } = picture
  if (height === to) return picture
  const out = new Uint8ClampedArray(width * to * 3)
  for (const [y, { first, weights }] of tapsOf(height, to, kernel).entries()) {
    for (let x = 0; x < width; x++) {
      weigh(data, (first * width + x) * 3, width * 3, weights, out, (y * width + x) * 3)
    }
  }
  return { width, height: to, data: new Uint8Array(out.buffer) }
}

/** One output pixel from source pixels that lie `stride` bytes apart. */
function weigh(
  data: Uint8Array,
  from: number,
  stride: number,
  weights: Int32Array,
  out: Uint8ClampedArray,
  at: number,
): void {
  const half = 1 << (PRECISION_BITS - 1)
  let red = half
  let green = half
  let blue = half
  for (let k = 0, i = from; k < weights.length; k++, i += stride) {
    const weight = weights[k]!
    red += data[i]! * weight
    green += data[i + 1]! * weight
    blue += data[i + 2]! * weight
  }
  out[at] = red >> PRECISION_BITS
  out[at + 1] = green >> PRECISION_BITS
  out[at + 2] = blue >> PRECISION_BITS
}
