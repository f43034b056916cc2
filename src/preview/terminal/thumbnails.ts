// Rows of small pictures with captions, by whichever protocol the terminal has.

import type { Host } from '../../host/host.js'
import { decodePicture, encodePng, type Picture, resizePicture } from '../../image/picture.js'
import { blockLines } from './blocks.js'
import type { Graphics } from './graphics.js'
import { kittyPicture, placedLines, placedPicture, throughTmux } from './kitty.js'
import { sixelPicture } from './sixel.js'

/** In characters or in pixels. */
export type Size = { width: number; height: number }

export type Thumbnail = { caption: string; picture: Picture }

const WIDTH = 22
const GAP = 2
/** More than a row of them are pixels that nobody sees. */
const KITTY_PIXELS = 320

export type { Graphics } from './graphics.js'

/** @throws Failure when it is no picture. */
export const pictureFile = async (path: string, host: Host): Promise<Picture> =>
  decodePicture(await host.readFile(path), path)

/** How many stand in a row. */
export const thumbnailsIn = (columns: number): number =>
  Math.max(1, Math.floor((columns + GAP) / (WIDTH + GAP)))

/** What to write for one row; empty where the terminal shows no pictures. All pictures have one size. */
export async function thumbnailRow(thumbnails: readonly Thumbnail[], graphics: Graphics): Promise<string> {
  const [first] = thumbnails
  if (first === undefined || graphics.protocol === 'none') return ''
  const cells = cellsOf(first.picture, graphics.cell)
  const captions = thumbnails.map(({ caption }) => caption.slice(0, WIDTH).padEnd(WIDTH + GAP)).join('')
  const pictures = thumbnails.map(({ picture }) => picture)
  return `${await picturesIn(pictures, cells, graphics)}${captions.trimEnd()}\n`
}

async function picturesIn(pictures: Picture[], cells: Size, graphics: Graphics): Promise<string> {
  const { cell, hasTrueColor } = graphics
  const scaled = (width: number, height: number) =>
    Promise.all(pictures.map((picture) => resizePicture(picture, width, height, 'cover')))
  switch (graphics.protocol) {
    case 'kitty': {
      const pngs = await Promise.all((await small(pictures)).map((picture) => encodePng(picture)))
      const placed = pngs.map((png, i) => `\x1b[${i * (WIDTH + GAP) + 1}G${kittyPicture(png, cells)}`)
      // Room first: a picture at the bottom of the screen would not scroll it.
      return `${'\n'.repeat(cells.height)}\x1b[${cells.height}A${placed.join('')}\r\x1b[${cells.height}B`
    }
    case 'placed': {
      const pngs = await Promise.all((await small(pictures)).map((picture) => encodePng(picture)))
      const ids = pngs.map(() => nextId())
      const sent = pngs.flatMap((png, i) => placedPicture(png, cells, ids[i]!).map(throughTmux))
      return sent.join('') + sideBySide(ids.map((id) => placedLines(cells, id)))
    }
    case 'sixel': {
      const width = cells.width * cell.width
      // Whole sixels, so that the last one does not reach into the line below.
      const height = Math.floor((cells.height * cell.height) / 6) * 6
      const gap = GAP * cell.width
      const strip = abreast(await scaled(width, height), gap)
      return `${sixelPicture(strip, (x) => x % (width + gap) < width)}\n`
    }
    default:
      return sideBySide(
        (await scaled(cells.width, cells.height * 2)).map((picture) => blockLines(picture, hasTrueColor)),
      )
  }
}

/** WIDTH characters wide, and as high as the picture's shape asks. */
function cellsOf({ width, height }: Picture, cell: Size): Size {
  const rows = Math.round((WIDTH * cell.width * height) / width / cell.height)
  return { width: WIDTH, height: Math.max(1, Math.min(16, rows)) }
}

const small = (pictures: Picture[]) =>
  Promise.all(
    pictures.map((picture) => {
      const width = Math.min(picture.width, KITTY_PIXELS)
      return resizePicture(picture, width, Math.round((picture.height * width) / picture.width), 'fill')
    }),
  )

const sideBySide = (blocks: readonly string[][]): string =>
  blocks[0]!.map((_, row) => `${blocks.map((lines) => lines[row]).join(' '.repeat(GAP))}\n`).join('')

function abreast(pictures: readonly Picture[], gap: number): Picture {
  const [{ width, height }] = pictures as [Picture]
  const whole = pictures.length * width + (pictures.length - 1) * gap
  const data = new Uint8Array(whole * height * 3)
  for (const [i, picture] of pictures.entries()) {
    for (let y = 0; y < height; y++) {
      const row = picture.data.subarray(y * width * 3, (y + 1) * width * 3)
      data.set(row, (y * whole + i * (width + gap)) * 3)
    }
  }
  return { width: whole, height, data }
}

/** Of pictures that tmux keeps: none that another program has just now, most likely. */
let lastId = 0
const nextId = (): number => {
  lastId = lastId === 0 ? 0x10000 + Math.floor(Math.random() * 0xe00000) : lastId + 1
  return lastId
}
