import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { renderCard } from '../../src/camera/title.js'
import { typeIdentity } from '../../src/camera/type.js'
import type { Picture } from '../../src/image/picture.js'

const SIZE = { width: 480, height: 288 }

/** Where there is ink: brighter than the ground ever is. Half-open. */
function inkBox({ width, height, data }: Picture) {
  const box = { left: width, right: 0, top: height, bottom: 0, rows: new Set<number>() }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 3]! < 100) continue
      box.left = Math.min(box.left, x)
      box.right = Math.max(box.right, x + 1)
      box.top = Math.min(box.top, y)
      box.bottom = Math.max(box.bottom, y + 1)
      box.rows.add(y)
    }
  }
  return box
}

const digest = ({ data }: Picture) => createHash('sha256').update(data).digest('hex')

describe('a card', () => {
  it.each([
    ['The Lighthouse Keeper', SIZE],
    ['Twenty years later, on the other side of the bay, nobody remembered the storm', SIZE],
    ['Supercalifragilisticexpialidociousandthensomemoreletters', SIZE],
    ['word '.repeat(200), SIZE],
    ['The Lighthouse Keeper', { width: 288, height: 512 }],
  ])('has its text in the middle of the safe area: %.30s', async (text, size) => {
    const card = await renderCard(text, size)
    expect(card.data.length).toBe(size.width * size.height * 3)
    const { left, right, top, bottom } = inkBox(card)
    expect(right - left).toBeGreaterThan(20)
    expect(right - left).toBeLessThanOrEqual(size.width * 0.8 + 1)
    expect(bottom - top).toBeLessThanOrEqual(size.height * 0.72 + 1)
    expect(Math.abs(left + right - size.width)).toBeLessThanOrEqual(4)
    expect(Math.abs(top + bottom - size.height)).toBeLessThanOrEqual(4)
  })

  it('breaks a long title into lines of even length', async () => {
    const card = await renderCard('The Old Lighthouse Keeper and the Sea', SIZE)
    const { rows, top, bottom } = inkBox(card)
    const gap = Array.from({ length: bottom - top }, (_, i) => top + i).find((y) => !rows.has(y))!
    expect(gap).toBeDefined()
    const part = (from: number, to: number) =>
      inkBox({
        ...card,
        height: to - from,
        data: card.data.subarray(from * card.width * 3, to * card.width * 3),
      })
    const [first, second] = [part(top, gap), part(gap, bottom)].map(({ left, right }) => right - left)
    expect(Math.min(first!, second!) / Math.max(first!, second!)).toBeGreaterThan(0.7)
  })

  it.each(['', '   ', '\n\n'])('without words is the bare ground: %j', async (text) => {
    expect(inkBox(await renderCard(text, SIZE)).rows.size).toBe(0)
  })

  it.each([
    '<b>A & B</b> "q" &amp; <',
    '日本語の題 🦊',
    '\u0000\u0001\ud800 x',
    'é\u0301\u202e مرحبا',
    'a\nb\n\nc',
  ])('takes any text: %j', async (text) => {
    expect(inkBox(await renderCard(text, SIZE)).rows.size).toBeGreaterThan(0)
  })

  it('shows markup as it is written', async () => {
    expect(digest(await renderCard('<b>bold</b>', SIZE))).not.toBe(digest(await renderCard('bold', SIZE)))
  })

  it('looks the same and says nothing on a machine without fonts', async () => {
    const home = await mkdtemp(join(tmpdir(), 'storyreel-home-'))
    try {
      const dist = join(import.meta.dirname, '..', '..', 'dist', 'camera', 'title.js')
      const code = `
        const { renderCard } = await import(${JSON.stringify(pathToFileURL(dist).href)})
        const { createHash } = await import('node:crypto')
        const { data } = await renderCard('The Lighthouse Keeper 🦊', { width: 480, height: 288 })
        process.stdout.write(createHash('sha256').update(data).digest('hex'))`
      const { stdout, stderr } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '-e', code],
        {
          env: {
            PATH: process.env.PATH,
            HOME: join(home, 'nobody'),
            FONTCONFIG_PATH: home,
            FONTCONFIG_FILE: '/nowhere',
          },
        },
      )
      expect(stderr).toBe('')
      expect(stdout).toBe(digest(await renderCard('The Lighthouse Keeper 🦊', SIZE)))
    } finally {
      await rm(home, { recursive: true })
    }
  })

  it('has an identity for cache keys', async () => {
    expect(await typeIdentity()).toMatch(/^[0-9a-f]{64}$/)
  })
})
