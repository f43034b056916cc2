// Sixels (DEC STD 070): six rows of pixels a character, one colour after another. Pure.

import type { Picture } from '../../image/picture.js'

/** Levels of red, green and blue: 252 colours, and none more than terminals have. */
const LEVELS = [6, 7, 6] as const

/** Colours are dithered (Floyd and Steinberg, 1976). Where `isSeen` is false the terminal shows through. */
export function sixelPicture(picture: Picture, isSeen: (x: number) => boolean = () => true): string {
  const { width, height } = picture
  const indexes = dither(picture)
  const out = [`\x1bP0;1;0q"1;1;${width};${height}`]
  const defined = new Set<number>()
  for (let top = 0; top < height; top += 6) {
    const rows = Math.min(6, height - top)
    for (const [color, masks] of bandOf(indexes, width, top, rows, isSeen)) {
      if (!defined.has(color)) {
        out.push(definition(color))
        defined.add(color)
      }
      out.push(`#${color}${runs(masks)}$`)
    }
    out.push('-')
  }
  return `${out.join('')}\x1b\\`
}

/** Colour → for each column, which of the six rows have it. */
function bandOf(
  indexes: Uint8Array,
  width: number,
  top: number,
  rows: number,
  isSeen: (x: number) => boolean,
) {
  const masks = new Map<number, Uint8Array>()
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < width; x++) {
      if (!isSeen(x)) continue
      const color = indexes[(top + row) * width + x]!
      let mask = masks.get(color)
      if (!mask) {
        mask = new Uint8Array(width)
        masks.set(color, mask)
      }
      mask[x]! |= 1 << row
    }
  }
  return masks
}

function runs(masks: Uint8Array): string {
  let out = ''
  for (let x = 0; x < masks.length; ) {
    let end = x + 1
    while (end < masks.length && masks[end] === masks[x]) end++
    const character = String.fromCharCode(63 + masks[x]!)
    const count = end - x
    if (end < masks.length || masks[x] !== 0)
      out += count > 3 ? `!${count}${character}` : character.repeat(count)
    x = end
  }
  return out
}

function definition(color: number): string {
  const blue = color % LEVELS[2]
  const green = Math.floor(color / LEVELS[2]) % LEVELS[1]
  const red = Math.floor(color / LEVELS[2] / LEVELS[1])
  const percent = [red, green, blue].map((level, c) => Math.round((level * 100) / (LEVELS[c]! - 1)))
  return `#${color};2;${percent.join(';')}`
}

function dither({ data, width, height }: Picture): Uint8Array {
  const indexes = new Uint8Array(width * height)
  let here = new Float32Array((width + 2) * 3)
  let below = new Float32Array((width + 2) * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let color = 0
      for (let c = 0; c < 3; c++) {
        const at = (x + 1) * 3 + c
        const value = data[(y * width + x) * 3 + c]! + here[at]!
        const most = LEVELS[c]! - 1
        const level = Math.max(0, Math.min(most, Math.round((value * most) / 255)))
        const error = (value - (level * 255) / most) / 16
        here[at + 3]! += error * 7
        below[at - 3]! += error * 3
        below[at]! += error * 5
        below[at + 3]! += error
        color = color * LEVELS[c]! + level
      }
      indexes[y * width + x] = color
    }
    ;[here, below] = [below, here]
    below.fill(0)
  }
  return indexes
}
