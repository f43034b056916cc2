// Title cards: a few words in real type on a dark, calm ground.

import type { Picture } from '../image/picture.js'
import type { Mask } from '../image/text.js'
import type { Size } from './move.js'
import { fitText, lengthOf } from './type.js'

/** Parts of the film's width and height that text keeps inside of (titles' safe area is 80 to 90 %). */
const SAFE = { width: 0.8, height: 0.72 }

/** Text sizes as parts of the film's height, or of its width where the film stands upright. */
const LARGEST = 0.115
const LARGEST_IN_STRIP = 0.55

/** A title of more characters gets smaller type, down to half: a sentence as large as a title shouts. */
const TITLE_CHARACTERS = 28

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
  const calm = Math.max(0.5, Math.min(1, Math.sqrt(TITLE_CHARACTERS / lengthOf(text))))
  const largestPx = largest * calm * Math.min(size.height, size.width * 0.75)
  const space = { width: size.width * SAFE.width, height: size.height * SAFE.height }
  const mask = await fitText(text, 'Lora Medium', largestPx, space)
  if (mask !== null) drawMask(card, mask)
  return card
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
