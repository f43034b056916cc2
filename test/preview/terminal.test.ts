import { describe, expect, test } from 'vitest'
import type { Picture } from '../../src/image/picture.js'
import { blockLines } from '../../src/preview/terminal/blocks.js'
import { chooseGraphics, isAnswered } from '../../src/preview/terminal/graphics.js'
import { kittyPicture, placedLines, placedPicture, throughTmux } from '../../src/preview/terminal/kitty.js'
import { sixelPicture } from '../../src/preview/terminal/sixel.js'
import { thumbnailRow, thumbnailsIn } from '../../src/preview/terminal/thumbnails.js'

const picture = (width: number, height: number, color: (x: number, y: number) => number[]): Picture => ({
  width,
  height,
  data: new Uint8Array(
    Array.from({ length: width * height }, (_, i) => color(i % width, Math.floor(i / width))).flat(),
  ),
})
const slope = picture(60, 36, (x, y) => [x * 4, y * 7, 128])

describe('how a terminal shows pictures is what it says', () => {
  const kitty = '\x1b_Gi=31;OK\x1b\\\x1b[6;20;10t\x1b[?62;c'
  test.each([
    ['kitty', kitty, {}, null, 'kitty'],
    ['sixel', '\x1b[?62;4;22c', {}, null, 'sixel'],
    ['nothing but text', '\x1b[?62;22c', {}, null, 'blocks'],
    ['no answer', '', {}, null, 'blocks'],
    ['no colours wanted', '', { NO_COLOR: '1' }, null, 'none'],
    ['a dumb terminal', '', { TERM: 'dumb' }, null, 'none'],
    [
      'kitty around tmux',
      '\x1b[?1;2c',
      {},
      { passthrough: 'on\n', terminal: 'xterm-kitty kitty(0.40)' },
      'placed',
    ],
    [
      'kitty around a tmux that keeps all',
      '\x1b[?1;2c',
      {},
      { passthrough: 'off', terminal: 'xterm-kitty' },
      'blocks',
    ],
    ['xterm around tmux', '\x1b[?1;2c', {}, { passthrough: 'on', terminal: 'xterm-256color' }, 'blocks'],
    ['tmux with sixels', '\x1b[?1;2;4c', {}, { passthrough: 'off', terminal: 'foot' }, 'sixel'],
  ])('%s', (_, reply, env, tmux, protocol) => {
    expect(chooseGraphics(reply, env, tmux).protocol).toBe(protocol)
  })
  test('also the size of a character', () => {
    expect(chooseGraphics(kitty, {}, null).cell).toEqual({ width: 10, height: 20 })
    expect([isAnswered('\x1b[?62;4c'), isAnswered('\x1b[6;20;10t')]).toEqual([true, false])
  })
})

test('kitty: parts of 4096 characters that make the PNG again', () => {
  const png = Uint8Array.from({ length: 10_000 }, (_, i) => i)
  const parts = [...kittyPicture(png, { width: 20, height: 6 }).matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)]
  expect(parts.map(([, keys]) => keys)).toEqual(['a=T,f=100,q=2,C=1,c=20,r=6,m=1', 'm=1', 'm=1', 'm=0'])
  expect(Buffer.from(parts.map(([, , text]) => text).join(''), 'base64').equals(png)).toBe(true)
})

test('kitty in tmux: every escape doubled, characters with the id as colour and a mark for the row', () => {
  const [part] = placedPicture(new Uint8Array(3), { width: 4, height: 2 }, 0x010203)
  expect(throughTmux(part!)).toBe(
    '\x1bPtmux;\x1b\x1b_Ga=T,f=100,q=2,U=1,i=66051,c=4,r=2,m=0;AAAA\x1b\x1b\\\x1b\\',
  )
  const cell = '\u{10eeee}'
  expect(placedLines({ width: 4, height: 2 }, 0x010203)).toEqual([
    `\x1b[38;2;1;2;3m${cell}\u0305\u0305${cell.repeat(3)}\x1b[39m`,
    `\x1b[38;2;1;2;3m${cell}\u030d\u0305${cell.repeat(3)}\x1b[39m`,
  ])
})

/** Reads sixels: pixels as [r, g, b] in percent, null where nothing was drawn. */
function readSixels(text: string) {
  const body = /^\x1bP0;1;0q"1;1;(\d+);(\d+)([\s\S]*)\x1b\\$/.exec(text)!
  const [width, height] = [Number(body[1]), Number(body[2])]
  const pixels: (number[] | null)[] = Array(width * height).fill(null)
  const colors = new Map<number, number[]>()
  let [x, top, color] = [0, 0, 0]
  for (const [, define, rgb, use, count, run, one, move] of body[3]!.matchAll(
    /#(\d+);2;([\d;]+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])/g,
  )) {
    if (define) colors.set(Number(define), rgb!.split(';').map(Number))
    else if (use) color = Number(use)
    else if (move) {
      x = 0
      if (move === '-') top += 6
    } else {
      for (let n = Number(count ?? 1); n > 0; n--, x++) {
        const bits = (run ?? one)!.charCodeAt(0) - 63
        for (let row = 0; row < 6; row++)
          if (bits & (1 << row)) pixels[(top + row) * width + x] = colors.get(color)!
      }
    }
  }
  return { width, height, pixels }
}

test('sixels are the picture again, each pixel once, dithered over a few pixels', () => {
  const { width, height, pixels } = readSixels(sixelPicture(slope))
  expect([width, height]).toEqual([60, 36])
  expect(pixels.every((pixel) => pixel !== null)).toBe(true)
  for (const [left, top] of [
    [0, 0],
    [30, 12],
    [48, 24],
  ] as const) {
    for (const c of [0, 1, 2]) {
      let [want, got] = [0, 0]
      for (let y = top; y < top + 12; y++) {
        for (let x = left; x < left + 12; x++) {
          want += slope.data[(y * 60 + x) * 3 + c]! / 255
          got += pixels[y * 60 + x]![c]! / 100
        }
      }
      expect(Math.abs(want - got) / 144).toBeLessThan(0.03)
    }
  }
  const half = readSixels(sixelPicture(slope, (x) => x < 30))
  expect(half.pixels.filter((pixel) => pixel === null)).toHaveLength(30 * 36)
})

test('half blocks: two pixels a character, in 24 bits or 256 colours', () => {
  const two = picture(2, 2, (x, y) => (y === 0 ? [255, 0, 0] : [x * 255, x * 255, x * 255]))
  expect(blockLines(two, true)).toEqual([
    '\x1b[38;2;255;0;0;48;2;0;0;0m▀\x1b[38;2;255;0;0;48;2;255;255;255m▀\x1b[0m',
  ])
  expect(blockLines(two, false)).toEqual(['\x1b[38;5;196;48;5;16m▀\x1b[38;5;196;48;5;231m▀\x1b[0m'])
})

test.each(['kitty', 'placed', 'sixel', 'blocks'] as const)(
  'a row of %s has its captions below',
  async (protocol) => {
    const graphics = { protocol, cell: { width: 10, height: 20 }, hasTrueColor: true }
    const row = await thumbnailRow(
      ['one', 'two'].map((caption) => ({ caption, picture: slope })),
      graphics,
    )
    expect(row.endsWith(`one${' '.repeat(21)}two\n`)).toBe(true)
    expect(thumbnailsIn(80)).toBe(3)
  },
)

test('no row where there are no pictures', async () => {
  const none = { protocol: 'none' as const, cell: { width: 10, height: 20 }, hasTrueColor: true }
  expect(await thumbnailRow([{ caption: 'a', picture: slope }], none)).toBe('')
})
