// Title cards: a few words in real type on a dark, calm ground.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Picture } from '../image/picture.js'
import { type Mask, renderText } from '../image/text.js'
import type { Size } from './move.js'

const FONT = { file: '@expo-google-fonts/lora/500Medium/Lora_500Medium.ttf', family: 'Lora Medium' }

/** Raised when the layout below changes, so that cards in a cache are made again. */
const LAYOUT_VERSION = 1

/** Parts of the film's width and height that text keeps inside of (titles' safe area is 80 to 90 %). */
const SAFE = { width: 0.8, height: 0.72 }

/** Text sizes as parts of the film's height, or of its width where the film stands upright. */
const LARGEST = 0.115
const LARGEST_IN_STRIP = 0.55
const SMALLEST_PX = 5

/** A title of more characters gets smaller type, down to half: a sentence as large as a title shouts. */
const TITLE_CHARACTERS = 28

/** What doesn't fit at a readable size anyway. */
const MOST_CHARACTERS = 1500

const INK = [236, 228, 212] as const
const GROUND = [24, 28, 37] as const
const GROUND_AT_CORNERS = [10, 12, 17] as const

/** Draws the text in the middle, as large as is calm, in lines of even length. Never fails because of the text. */
export const renderCard = (text: string, size: Size): Promise<Picture> => render(text, size, LARGEST)

/** The same as a strip of one line, which its text nearly fills. */
export const renderLabel = (text: string, size: Size): Promise<Picture> =>
  render(text, size, LARGEST_IN_STRIP)

async function render(text: string, size: Size, largest: number): Promise<Picture> {
  const card = drawGround(size)
  const mask = await setText(shorten(text), size, largest)
  if (mask !== null) drawMask(card, mask)
  return card
}

/** Changes when a card's pixels may: font or layout. For cache keys. */
export async function cardFontIdentity(): Promise<string> {
  return createHash('sha256')
    .update(`layout ${LAYOUT_VERSION}\n`)
    .update(await readFile(fontFile()))
    .digest('hex')
}

const fontFile = () => createRequire(import.meta.url).resolve(FONT.file)

function shorten(text: string): string {
  const characters = [...text.trim()]
  return characters.length <= MOST_CHARACTERS
    ? text.trim()
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`
}

/** The largest size whose lines fit into the safe area; then the narrowest column that needs no more lines. */
async function setText(text: string, size: Size, largestPart: number): Promise<Mask | null> {
  const most = { width: size.width * SAFE.width, height: size.height * SAFE.height }
  const set = (sizePx: number, wrapPx: number) =>
    renderText(text, { fontFile: fontFile(), family: FONT.family, sizePx, wrapPx })
  const fits = (mask: Mask) => mask.width <= most.width && mask.height <= most.height

  const calm = Math.max(0.5, Math.min(1, Math.sqrt(TITLE_CHARACTERS / text.length)))
  const largest = largestPart * calm * Math.min(size.height, size.width * 0.75)
  let sizePx = Math.min(largest, largestByArea(text, most))
  let best = await set(sizePx, most.width)
  while (best !== null && !fits(best) && sizePx > SMALLEST_PX) {
    sizePx = Math.max(SMALLEST_PX, sizePx * 0.92)
    best = await set(sizePx, most.width)
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
  return best
}

/** A letter takes about half an em by one and a third; a guess above the truth saves most of the tries. */
function largestByArea(text: string, { width, height }: Size): number {
  return Math.max(SMALLEST_PX, Math.sqrt((width * height) / (text.length * 0.5)))
}

/** Darker towards the corners; a fixed 4 x 4 threshold pattern keeps the slow gradient from showing bands. */
function drawGround({ width, height }: Size): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) {
    const dy = (2 * (y + 0.5)) / height - 1
    for (let x = 0; x < width; x++) {
      const dx = (2 * (x + 0.5)) / width - 1
      const outward = (dx * dx + dy * dy) / 2
      const threshold = (BAYER[(y & 3) * 4 + (x & 3)]! + 0.5) / 16
      for (let c = 0; c < 3; c++) {
        data[at++] = Math.floor(GROUND[c]! + (GROUND_AT_CORNERS[c]! - GROUND[c]!) * outward + threshold)
      }
    }
  }
  return { width, height, data }
}

const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

/** Puts ink in the middle of the card; what sticks out is cut off. */
function drawMask(card: Picture, mask: Mask): void {
  const left = Math.round((card.width - mask.width) / 2)
  const top = Math.round((card.height - mask.height) / 2)
  for (let y = Math.max(0, -top); y < mask.height && top + y < card.height; y++) {
    for (let x = Math.max(0, -left); x < mask.width && left + x < card.width; x++) {
      const ink = mask.data[y * mask.width + x]!
      if (ink === 0) continue
      const at = ((top + y) * card.width + left + x) * 3
      for (let c = 0; c < 3; c++) {
        card.data[at + c] = Math.round((card.data[at + c]! * (255 - ink) + INK[c]! * ink) / 255)
      }
    }
  }
}
