// The graphics protocol of kitty: a PNG in base64, in parts. Pure.
// https://sw.kovidgoyal.net/kitty/graphics-protocol/

import type { Size } from './thumbnails.js'

const PART = 4096

/** Shown where the cursor is, over `cells`, the cursor staying where it is. */
export const kittyPicture = (png: Uint8Array, cells: Size): string =>
  transmit(png, `a=T,f=100,q=2,C=1,c=${cells.width},r=${cells.height}`).join('')

/** Sent only; shown wherever `placedLines` are. Each part is for `throughTmux`. */
export const placedPicture = (png: Uint8Array, cells: Size, id: number): string[] =>
  transmit(png, `a=T,f=100,q=2,U=1,i=${id},c=${cells.width},r=${cells.height}`)

/** Marks of rows, from the protocol's table; a mark on the first character of a line counts for all of it. */
const ROW_MARKS = [
  0x305, 0x30d, 0x30e, 0x310, 0x312, 0x33d, 0x33e, 0x33f, 0x346, 0x34a, 0x34b, 0x34c, 0x350, 0x351, 0x352,
  0x357,
]
const PLACEHOLDER = '\u{10eeee}'

/** Characters that stand for picture `id` (below 2^24: it is their colour), a line each. At most 16 lines. */
export function placedLines(cells: Size, id: number): string[] {
  const color = `\x1b[38;2;${(id >> 16) & 255};${(id >> 8) & 255};${id & 255}m`
  return Array.from({ length: Math.min(cells.height, ROW_MARKS.length) }, (_, row) => {
    const first = PLACEHOLDER + String.fromCodePoint(ROW_MARKS[row]!, ROW_MARKS[0]!)
    return `${color}${first}${PLACEHOLDER.repeat(cells.width - 1)}\x1b[39m`
  })
}

/** Wrapped so that tmux hands it on to the terminal around it. */
export const throughTmux = (sequence: string): string =>
  `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`

function transmit(png: Uint8Array, keys: string): string[] {
  const text = Buffer.from(png).toString('base64')
  const parts: string[] = []
  for (let at = 0; at < text.length; at += PART) {
    const hasMore = at + PART < text.length ? 1 : 0
    parts.push(`\x1b_G${at === 0 ? `${keys},` : ''}m=${hasMore};${text.slice(at, at + PART)}\x1b\\`)
  }
  return parts
}
