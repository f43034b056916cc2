import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { missingGlyphs } from '../../src/image/glyphs.js'
import { languageOf, renderText } from '../../src/image/text.js'

/** Private characters that no font has. */
const [NOBODYS, ANOTHER] = ['\u{10abcd}', '\u{10abce}']

let home: string
const before = process.env.XDG_DATA_HOME
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'storyreel-glyphs-'))
  process.env.XDG_DATA_HOME = home
  await mkdir(join(home, 'fonts', 'deep'), { recursive: true })
})
afterEach(async () => {
  if (before === undefined) delete process.env.XDG_DATA_HOME
  else process.env.XDG_DATA_HOME = before
  await rm(home, { recursive: true })
})

const missing = async (text: string) => [...(await missingGlyphs(text))]
const be = (size: 2 | 4, ...values: number[]) => {
  const bytes = Buffer.alloc(size * values.length)
  for (const [i, value] of values.entries()) bytes.writeUIntBE(value, i * size, size)
  return bytes
}

/** A font file with nothing but tables of these names and bytes. */
function fontOf(tables: Record<string, Buffer>, start = 0): Buffer {
  const entries = Object.entries(tables)
  let at = start + 12 + entries.length * 16
  const directory = entries.map(([tag, bytes]) => {
    const entry = Buffer.concat([Buffer.from(tag), be(4, 0, at, bytes.length)])
    at += bytes.length
    return entry
  })
  return Buffer.concat([
    be(4, 0x10000),
    be(2, entries.length, 0, 0, 0),
    ...directory,
    ...Object.values(tables),
  ])
}

/** `cmap` with a subtable of format 12: glyph 1 is the first character's. */
const cmap12 = (first: string, last = first) =>
  Buffer.concat([
    be(2, 0, 1, 3, 10),
    be(4, 12),
    be(2, 12, 0),
    be(4, 28, 0, 1, first.codePointAt(0)!, last.codePointAt(0)!, 1),
  ])

/** `cmap` of format 4 with one segment by offsets: the glyphs of U+E7F0 and the following, 0 for none. */
const cmap4 = (...glyphs: number[]) =>
  Buffer.concat([
    be(2, 0, 1, 3, 1),
    be(4, 12),
    be(2, 4, 0, 0, 4, 0, 0, 0, 0xe7f0 + glyphs.length - 1, 0xffff, 0, 0xe7f0, 0xffff, 0, 1, 4, 0, ...glyphs),
  ])

const install = (name: string, bytes: Uint8Array) => writeFile(join(home, 'fonts', name), bytes)

describe('characters that no font has', () => {
  test('are none of those that our fonts have', async () => {
    expect(await missing('The Keeper’s “End” – naïve Ångström, Ελ? Жук… 1952 €')).toEqual(
      expect.not.arrayContaining(['T', 'å', 'Ж', '€']),
    )
    expect(await missing('Grüße, ça va? Čeština, Tiếng Việt, Привет 🦊🌊❤️👨‍👩‍👧\n\t')).toEqual([])
    expect(await missing('e\u0301')).toEqual([])
  })

  test('are told once', async () => {
    expect(await missing(`a${NOBODYS}${NOBODYS}b${ANOTHER}`)).toEqual([NOBODYS, ANOTHER])
  })

  test('are looked for in the fonts of the system, deep in their folders', async () => {
    await install('deep/a.TTF', fontOf({ abcd: Buffer.from('xyz'), cmap: cmap12(NOBODYS) }))
    expect(await missing(NOBODYS + ANOTHER)).toEqual([ANOTHER])
    await install('b.otf', fontOf({ cmap: cmap12(NOBODYS, ANOTHER) }))
    expect(await missing(NOBODYS + ANOTHER)).toEqual([])
  })

  test('may be in a part of a collection', async () => {
    const first = fontOf({ cmap: cmap12('a') }, 20)
    const second = fontOf({ cmap: cmap12(NOBODYS) }, 20 + first.length)
    const head = Buffer.concat([Buffer.from('ttcf'), be(4, 0x10000, 2, 20, 20 + first.length)])
    await install('c.ttc', Buffer.concat([head, first, second]))
    expect(await missing(NOBODYS)).toEqual([])
  })

  test('have no glyph, or the one that is none', async () => {
    await install('d.ttf', fontOf({ cmap: cmap4(7, 0, 9) }))
    const found = async (character: string) => (await missing(character)).length === 0
    // Other fonts may have these, and none takes them away.
    expect([await found('\ue7f0'), await found('\ue7f2')]).toEqual([true, true])
  })

  test('are not found in broken files and coloured fonts', async () => {
    const font = fontOf({ cmap: cmap12(NOBODYS) })
    await install('half.ttf', font.subarray(0, font.length - 9))
    await install('short.ttf', Buffer.from('x'))
    await install('coloured.ttf', fontOf({ COLR: Buffer.from('x'), cmap: cmap12(NOBODYS) }))
    await install('picture.png', font)
    expect(await missing(NOBODYS)).toEqual([NOBODYS])
  })
})

describe('text', () => {
  test('of Chinese, Japanese and Korean letters knows its language', () => {
    expect(['灯塔', '灯台守の物語', '등대지기', 'שלום', 'مرحبا', 'Hello'].map(languageOf)).toEqual([
      'zh-cn',
      'ja',
      'ko',
      'he',
      'ar',
      'en',
    ])
  })

  test('runs from right to left in Hebrew', async ({ skip }) => {
    if ((await missingGlyphs('אבג')).size > 0) skip()
    const sizePx = 60
    const mask = (await renderText('אבג.', { family: 'Lora Medium', sizePx, wrapPx: 600 }))!
    // The full stop is the leftmost ink: a dot at the bottom.
    for (let y = 0; y < mask.height / 2; y++)
      for (let x = 0; x < 3; x++) expect(mask.data[y * mask.width + x]).toBe(0)
    expect(
      mask.data.subarray((mask.height - 4) * mask.width).some((v, i) => i % mask.width < 4 && v > 128),
    ).toBe(true)
  })
})
