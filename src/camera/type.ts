// Words set into a space: as large as is asked if they fit, in lines of even length.

import { createHash } from 'node:crypto'
import { type Family, fontsDigest } from '../image/fonts.js'
import { type Mask, renderText } from '../image/text.js'
import type { Size } from './move.js'

/** Raised when the layout of cards or captions changes, so that those in a cache are made again. */
const LAYOUT_VERSION = 2

/** Changes when pixels of what is set in type may: fonts or layout. For cache keys. */
export async function typeIdentity(): Promise<string> {
  return createHash('sha256')
    .update(`layout ${LAYOUT_VERSION}\n`)
    .update(await fontsDigest())
    .digest('hex')
}

const SMALLEST_PX = 5

/** What doesn't fit at a readable size anyway. */
const MOST_CHARACTERS = 1500

/**
 * Sets text at `largestPx`, or smaller until it fits into `space`; then in the narrowest column that needs no more lines. Null
 * when there is nothing to see. Never fails because of the text: what fits at no size sticks out.
 */
export async function fitText(
  text: string,
  family: Family,
  largestPx: number,
  space: Size,
): Promise<(Mask & { sizePx: number }) | null> {
  const words = shorten(text)
  const set = (sizePx: number, wrapPx: number) => renderText(words, { family, sizePx, wrapPx })
  const fits = (mask: Mask) => mask.width <= space.width && mask.height <= space.height

  let sizePx = Math.min(largestPx, largestByArea(words, space))
  let best = await set(sizePx, space.width)
  while (best !== null && !fits(best) && sizePx > SMALLEST_PX) {
    sizePx = Math.max(SMALLEST_PX, sizePx * 0.92)
    best = await set(sizePx, space.width)
  }
  if (best === null) return null
  // Half a line more in height means that there is a line more.
  const sameLines = best.height + sizePx * 0.5
  let narrowest = best.width / 2
  let widest = best.width
  while (widest - narrowest > sizePx / 4) {
    const wrapPx = (narrowest + widest) / 2
    const tried = await set(sizePx, wrapPx)
    if (tried !== null && tried.height <= sameLines && tried.width <= wrapPx + 1) {
      best = tried
      widest = wrapPx
    } else narrowest = wrapPx
  }
  return { ...best, sizePx }
}

/** In Latin letters: one of Chinese, Japanese or Korean takes the room of two. */
export const lengthOf = (text: string): number =>
  [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0)

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff60]/u

function shorten(text: string): string {
  const characters = [...text.trim()]
  return characters.length <= MOST_CHARACTERS
    ? text.trim()
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`
}

/** A letter takes about half an em by one and a third; a guess above the truth saves most of the tries. */
const largestByArea = (text: string, { width, height }: Size): number =>
  Math.max(SMALLEST_PX, Math.sqrt((width * height) / (lengthOf(text) * 0.5)))
