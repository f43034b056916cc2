// Files that a script names, on a real disk.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { loadScript } from '../../src/index.js'

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text)
const host = { ...nodeHost(), cwd: tmpdir() }
async function told(text: string): Promise<[code: string, words: string][]> {
  const path = join(folder, 'film.yaml')
  write('film.yaml', text)
  const { diagnostics, storyboard } = await loadScript(path, { host })
  expect(storyboard === null).toBe(diagnostics.length > 0)
  return diagnostics.map(({ code, span }) => [code, text.slice(span!.start, span!.end)])
}

test('good ones are found beside the script, wherever the program runs', async () => {
  write(
    'sea.png',
    await sharp(Buffer.alloc(12), { raw: { width: 2, height: 2, channels: 3 } })
      .png()
      .toBuffer(),
  )
  expect(
    await told(
      `lora: ${golden('lora/kohya.safetensors')}:0.5\nembedding: fog=${golden('textual-inversion/old-style.pt')}\nshots:\n  - image: sea.png\n`,
    ),
  ).toEqual([])
})

test('those that are missing are errors where they are named', async () => {
  expect(
    await told(
      'lora: a.safetensors:2\ncast:\n  TOM: {looks: a boy, embedding: [b.pt]}\nshots:\n  - {image: c.png, prompt: TOM, lora: {file: d, weight: 2}}\n',
    ),
  ).toEqual([
    ['file/missing', 'a.safetensors:2'],
    ['file/missing', 'b.pt'],
    ['file/missing', 'c.png'],
    ['file/missing', 'd'],
  ])
})

test('those that are something else too, and good again once they are mended', async () => {
  write('a.png', 'no picture')
  write('b.pt', 'no words')
  write('c.safetensors', 'no tensors')
  mkdirSync(join(folder, 'd'))
  const text = 'shots:\n  - image: a.png\n  - {prompt: x, embedding: b.pt, lora: [c.safetensors, d]}\n'
  expect(await told(text)).toEqual([
    ['file/unreadable', 'a.png'],
    ['file/unreadable', 'b.pt'],
    ['file/unreadable', 'c.safetensors'],
    ['file/unreadable', 'd'],
  ])
  write(
    'a.png',
    await sharp(Buffer.alloc(12), { raw: { width: 2, height: 2, channels: 3 } })
      .png()
      .toBuffer(),
  )
  expect(await told(text)).toHaveLength(3)
})

test('a picture that is cut off is told before anything is painted', async () => {
  const noise = Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * 7919) % 251))
  const png = await sharp(noise, { raw: { width: 100, height: 100, channels: 3 } })
    .png()
    .toBuffer()
  write('a.png', png.subarray(0, png.length / 2))
  expect(await told('shots:\n  - image: a.png\n')).toEqual([['file/unreadable', 'a.png']])
})
