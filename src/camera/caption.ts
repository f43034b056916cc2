// Captions: a few words at the bottom of the picture, light with a dark rim, so that they can be read on anything.

import type { Mask } from '../image/text.js'
import type { Size } from './move.js'
import { fitText } from './type.js'

/** Parts of the film's width and height that captions take at most. */
const SPACE = { width: 0.8, height: 0.3 }
/** Parts of the height below a caption: outside of it a screen may cut off, and phones put their buttons on upright films. */
const BELOW = 0.075
const BELOW_UPRIGHT = 0.12

/** Type size as a part of the height, or of the width where the film stands upright. */
const TYPE = 0.054
const SMALLEST_PX = 11

const INK = [250, 246, 238] as const
/** As parts of the type size: how far the rim reaches. */
const RIM = 0.16
/** How dark the rim is, 0 to 1. */
const RIM_DEPTH = 0.85
/** What is left of the blurred letters' edge becomes a rim of full depth. */
const RIM_GAIN = 3

export type Caption = {
  /** Draws it on an RGB frame of the film's size. `opacity` is 0 to 1. */
  draw(frame: Uint8Array, opacity: number): void
}

/** Null when there is nothing to see. */
export async function setCaption(text: string, size: Size): Promise<Caption | null> {
  const isUpright = size.height > size.width
  const sizePx = Math.max(SMALLEST_PX, TYPE * Math.min(size.height, size.width * 1.25))
  const space = { width: size.width * SPACE.width, height: size.height * SPACE.height }
  const mask = await fitText(text, 'Lora SemiBold', sizePx, space)
  if (mask === null) return null
  const reach = Math.max(2, Math.round(mask.sizePx * RIM))
  const ink = padded(mask, 2 * reach)
  const rim = rimOf(ink, reach)
  const bottom = Math.round(size.height * (1 - (isUpright ? BELOW_UPRIGHT : BELOW)))
  const left = Math.round((size.width - ink.width) / 2)
  const top = bottom + 2 * reach - ink.height
  return {
    draw(frame, opacity) {
      for (let y = Math.max(0, -top); y < ink.height && top + y < size.height; y++) {
        for (let x = Math.max(0, -left); x < ink.width && left + x < size.width; x++) {
          const at = y * ink.width + x
          const dark = rim.data[at]! * opacity
          if (dark === 0) continue
          const light = (ink.data[at]! / 255) * opacity
          const to = ((top + y) * size.width + left + x) * 3
          for (let c = 0; c < 3; c++) {
            const dimmed = frame[to + c]! * (1 - (dark / 255) * RIM_DEPTH)
            frame[to + c] = Math.round(dimmed + (INK[c]! - dimmed) * light)
          }
        }
      }
    },
  }
}

function padded({ width, height, data }: Mask, by: number): Mask {
  const wide = { width: width + 2 * by, height: height + 2 * by }
  const out = new Uint8Array(wide.width * wide.height)
  for (let y = 0; y < height; y++)
    out.set(data.subarray(y * width, (y + 1) * width), (y + by) * wide.width + by)
  return { ...wide, data: out }
}

/** The letters, spread out softly: two box blurs, made stronger until only the outermost edge is soft. */
function rimOf(ink: Mask, reach: number): Mask {
  const radius = Math.max(1, Math.round(reach / 2))
  const { width, height } = ink
  let data = ink.data
  for (let pass = 0; pass < 2; pass++) {
    data = boxBlur(data, width, height, 1, width, radius)
    data = boxBlur(data, height, width, width, 1, radius)
  }
  return { ...ink, data: data.map((v, i) => Math.max(ink.data[i]!, Math.min(255, v * RIM_GAIN))) }
}

/** Along lines of `length` samples, `step` apart. */
function boxBlur(
  data: Uint8Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
  radius: number,
): Uint8Array {
  const out = new Uint8Array(data.length)
  const sampleAt = (line: number, i: number) => (i < 0 || i >= length ? 0 : data[line * lineStep + i * step]!)
  for (let line = 0; line < lines; line++) {
    let sum = 0
    for (let i = -radius; i < radius; i++) sum += sampleAt(line, i)
    for (let i = 0; i < length; i++) {
      sum += sampleAt(line, i + radius)
      out[line * lineStep + i * step] = Math.round(sum / (2 * radius + 1))
      sum -= sampleAt(line, i - radius)
    }
  }
  return out
}
