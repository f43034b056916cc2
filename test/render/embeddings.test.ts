// Learned words through the real sessions: pictures that diffusers' load_textual_inversion makes, from the same files.
// Made by tools/golden/textual_inversion.py.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { type EmbeddingChoice, readEmbeddingChoice, withEmbeddings } from '../../dist/render/embeddings.js'
import { openPainter, type Painter, type PainterRequest } from '../../dist/render/painter.js'
import { openStore, type Store } from '../../dist/store/store.js'
import { assembleModel } from './family-models.js'
import { difference, LIMITS } from './picture-difference.js'

type Asked = Omit<PainterRequest, 'scheduler' | 'prompt'> & { model: string; prompt: string; offset: number }

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const file = (name: string) => golden(`textual-inversion/${name}`)
const { pictures, loaded }: { pictures: Asked[]; loaded: string[] } = JSON.parse(
  readFileSync(file('index.json'), 'utf8'),
)
const pixels = readFileSync(file('pictures.rgb'))
const host = nodeHost()
const folder = mkdtempSync(join(tmpdir(), 'storyreel-learned-'))
const choose = (...names: string[]): EmbeddingChoice[] =>
  names.map((name) => ({ path: file(name), word: null }))

let store: Store
let tiny: Model
let large: Model
let painters: Record<string, Painter>

beforeAll(async () => {
  store = openStore(join(folder, 'cache'), host, 2 ** 30)
  tiny = await readModel({ name: 'tiny-sd', path: golden('tiny-sd') }, host)
  large = await readModel({ name: 'sdxl', path: assembleModel('sdxl', folder) }, host)
  painters = {
    sd: await openPainter(await withEmbeddings(tiny, choose(...loaded), { host, store }), { threads: 1 }),
    sdxl: await openPainter(await withEmbeddings(large, choose('large.safetensors'), { host, store }), {
      threads: 1,
    }),
  }
})

afterAll(async () => {
  await Promise.all(Object.values(painters ?? {}).map((painter) => painter.close()))
  rmSync(folder, { recursive: true })
})

const paint = async (painter: Painter, { prompt, ...asked }: Asked, scheduler = 'ddim') =>
  (await painter.paint({ scheduler, ...asked, prompt: [{ prompt, weight: 1 }] })).rgb

const distance = (rgb: Uint8Array, { offset }: Asked) =>
  difference(rgb, pixels.subarray(offset, offset + rgb.length))

describe.each(pictures)('$model: $prompt | $negative', (asked) => {
  const scheduler = asked.model === 'sd' ? 'ddim' : 'euler'

  test('is the picture that diffusers makes', async () => {
    const { largest, mean } = distance(await paint(painters[asked.model]!, asked, scheduler), asked)
    expect(largest).toBeLessThanOrEqual(LIMITS.largest)
    expect(mean).toBeLessThanOrEqual(LIMITS.mean)
  })

  test('is another one without the words', async () => {
    const plain = await openPainter(asked.model === 'sd' ? tiny : large, { threads: 1 })
    const { mean } = distance(await paint(plain, asked, scheduler), asked)
    await plain.close()
    expect(mean).toBeGreaterThan(LIMITS.mean)
  })
})

test('words that a prompt does not say change nothing', async () => {
  const plain = await openPainter(tiny, { threads: 1 })
  const asked = { ...pictures[0]!, prompt: 'a fox', negative: '' }
  expect(await paint(painters.sd!, asked)).toEqual(await paint(plain, asked))
  await plain.close()
})

test('the order of files makes no difference to the picture', async () => {
  const turned = await withEmbeddings(tiny, choose(...loaded.toReversed()), { host, store })
  const painter = await openPainter(turned, { threads: 1 })
  const asked = pictures[2]!
  expect(await paint(painter, asked)).toEqual(await paint(painters.sd!, asked))
  await painter.close()
})

test('a graph is made once', async () => {
  const made: string[] = []
  const counting: Store = {
    ...store,
    put: (key, extension, write) => {
      made.push(key)
      return store.put(key, extension, write)
    },
  }
  const using = { host, store: counting }
  const first = await withEmbeddings(tiny, choose('misty.safetensors'), using)
  const again = await withEmbeddings(tiny, choose('misty.safetensors'), using)
  const other = await withEmbeddings(tiny, choose('concept.safetensors'), using)
  expect(again.textEncoders[0]!.graph.path).toBe(first.textEncoders[0]!.graph.path)
  expect(other.textEncoders[0]!.graph.path).not.toBe(first.textEncoders[0]!.graph.path)
  expect(made).toHaveLength(2)
})

describe('words', () => {
  const wordsOf = async (...choices: EmbeddingChoice[]) =>
    (await withEmbeddings(tiny, choices, { host, store })).textEncoders[0]!.tokenizer.learned!.map(
      ({ word, ids }) => [word, ids.length],
    )
  const rows = JSON.parse(readFileSync(golden('tiny-sd/tokenizer/vocab.json'), 'utf8'))

  test('are the file’s own, its name, or the one that is given', async () => {
    expect(await wordsOf(...choose('learned_embeds.bin', 'old-style.pt'))).toEqual([
      ['<cat-toy>', 1],
      ['learned_embeds', 1],
      ['old-style', 3],
    ])
    expect(await wordsOf({ path: file('old-style.pt'), word: 'sepia' })).toEqual([['sepia', 3]])
    expect(await readEmbeddingChoice(`sepia=${file('old-style.pt')}`, host)).toEqual({
      path: file('old-style.pt'),
      word: 'sepia',
    })
    const path = join(folder, 'a=b.pt')
    copyFileSync(file('old-style.pt'), path)
    expect(await readEmbeddingChoice(path, host)).toEqual({ path, word: null })
  })

  test('have ids beyond the vocabulary, one for each vector', async () => {
    const { learned } = (
      await withEmbeddings(tiny, choose('misty.safetensors', 'old-style.pt'), { host, store })
    ).textEncoders[0]!.tokenizer
    const first = Object.keys(rows).length
    expect(learned!.map(({ ids }) => ids)).toEqual([
      [first, first + 1],
      [first + 2, first + 3, first + 4],
    ])
  })

  test('that two files have stand for neither, unless nothing else does', async () => {
    const twin = join(folder, 'learned_embeds.safetensors')
    copyFileSync(file('concept.safetensors'), twin)
    expect(await wordsOf(...choose('learned_embeds.bin'), { path: twin, word: null })).toEqual([
      ['<cat-toy>', 1],
      ['<concept>', 1],
    ])
    await expect(
      wordsOf(...choose('misty.safetensors'), { path: file('concept.safetensors'), word: 'MISTY' }),
    ).rejects.toMatchObject({
      exitCode: 2,
      message: /misty\.safetensors and .*concept\.safetensors are both called 'misty'/,
    })
  })

  test('that no prompt can say are refused', async () => {
    const path = join(folder, 'misty (1).safetensors')
    copyFileSync(file('misty.safetensors'), path)
    await expect(wordsOf({ path, word: null })).rejects.toMatchObject({
      exitCode: 2,
      message: /misty \(1\)'/,
    })
  })
})

describe('refuses', () => {
  const add = (model: Model, ...names: string[]) => withEmbeddings(model, choose(...names), { host, store })

  test('vectors of another width, naming both', async () => {
    await expect(add(tiny, 'large.safetensors')).rejects.toMatchObject({
      exitCode: 3,
      message: /large\.safetensors does not fit the model tiny-sd: .*16 and 24 numbers, the model's 16$/,
      hint: 'it was trained for Stable Diffusion XL',
    })
    await expect(add(large, 'misty.safetensors')).rejects.toMatchObject({
      exitCode: 3,
      message: /16 numbers, the model's 16 and 24$/,
    })
  })

  test('more vectors than a chunk has room for', async () => {
    const header = Buffer.from(
      JSON.stringify({ emb_params: { dtype: 'F32', shape: [76, 16], data_offsets: [0, 76 * 64] } }),
    )
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(header.length))
    const path = join(folder, 'many.safetensors')
    writeFileSync(path, Buffer.concat([length, header, Buffer.alloc(76 * 64)]))
    await expect(withEmbeddings(tiny, [{ path, word: null }], { host, store })).rejects.toMatchObject({
      exitCode: 3,
      message: /76 vectors.*room for 75/,
    })
  })
})
