// Files by torch.save and safetensors (tools/golden/textual_inversion.py), and files that would run code.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { readEmbedding } from '../../src/textual-inversion/embedding-file.js'
import { goldenJson } from '../diffusion/golden-file.js'

const FOLDER = fileURLToPath(new URL('../golden/textual-inversion', import.meta.url))
const host = nodeHost()
const golden = goldenJson('textual-inversion/index.json') as {
  contents: Record<string, number[][]>
  xl: Record<'clip_l' | 'clip_g', number[][]>
}
const read = (name: string) => readEmbedding(join(FOLDER, name), host)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-embeddings-'))
})
afterAll(() => rm(folder, { recursive: true }))

test.each(Object.keys(golden.contents))('%s has the numbers that torch saved', async (name) => {
  const { vectors } = await read(name)
  const rows = golden.contents[name]!
  expect(vectors).toHaveLength(1)
  expect(vectors[0].rows).toBe(rows.length)
  expect([...vectors[0].data]).toEqual(rows.flat())
})

test.each([
  ['learned_embeds.bin', ['<cat-toy>', 'learned_embeds']],
  ['old-style.pt', ['old-style']],
  ['renamed.pt', ['Other Name', 'renamed']],
  ['misty.safetensors', ['misty']],
  ['concept.safetensors', ['<concept>', 'concept']],
  ['large.safetensors', ['large']],
])('%s is called %j', async (name, words) => {
  expect((await read(name)).words).toEqual(words)
})

test('Stable Diffusion XL has two', async () => {
  const { vectors } = await read('large.safetensors')
  expect(vectors.map(({ data }) => [...data])).toEqual([golden.xl.clip_l.flat(), golden.xl.clip_g.flat()])
})

describe('refuses', () => {
  test.each([
    ['runs-system.pt', 'posix.system'],
    ['runs-system-old.pt', 'posix.system'],
    ['runs-eval.bin', 'builtins.eval'],
    ['holds-module.pt', 'torch.nn.modules.linear.Linear'],
    ['holds-container.pt', 'torch.nn.modules.container.ParameterDict'],
  ])('%s, which wants %s, and runs nothing', async (name, wanted) => {
    const before = await readdir('.')
    await expect(read(name)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(new RegExp(`${name}.*it wants ${wanted}$`)),
    })
    expect(await readdir('.')).toEqual(before)
  })

  test.each([
    ['plain.pt', /no file of torch\.save/],
    ['deflated.pt', /no archive of torch\.save/],
    ['absent.pt', /there is no file/],
    ['.', /there is no file/],
    ['index.json', /length of a header/],
  ])('%s', async (name, message) => {
    await expect(read(name)).rejects.toMatchObject({ exitCode: 3, message })
  })

  test('a whole model', async () => {
    const path = fileURLToPath(new URL('../golden/safetensors/types.safetensors', import.meta.url))
    await expect(readEmbedding(path, host)).rejects.toMatchObject({ exitCode: 3, message: /empty, .*…/ })
  })

  test('whatever is cut off, wherever', async () => {
    for (const name of ['learned_embeds.bin', 'old-style.pt', 'misty.safetensors', 'half-protocol-5.bin']) {
      const bytes = await readFile(join(FOLDER, name))
      const path = join(folder, name)
      for (let length = 0; length < bytes.length; length += 101) {
        await writeFile(path, bytes.subarray(0, length))
        await expect(readEmbedding(path, host), `${name} to ${length}`).rejects.toMatchObject({ exitCode: 3 })
      }
    }
  })

  test('or reads, but never breaks on, a file with any byte changed', async () => {
    for (const name of ['learned_embeds.bin', 'old-style.pt', 'half-protocol-5.bin', 'concept.safetensors']) {
      const bytes = await readFile(join(FOLDER, name))
      const path = join(folder, name)
      for (let at = 0; at < bytes.length; at += 7) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= 1 << (at % 8)
        await writeFile(path, changed)
        const failure = await readEmbedding(path, host).then(
          () => null,
          (error) => error,
        )
        if (failure !== null)
          expect(failure, `${name} at ${at}: ${failure.stack}`).toMatchObject({ exitCode: 3 })
      }
    }
  })

  test('an archive whose numbers changed is noticed', async () => {
    const bytes = await readFile(join(FOLDER, 'learned_embeds.bin'))
    const path = join(folder, 'changed.bin')
    const at = bytes.indexOf('data/0') + 64
    bytes[at]! ^= 1
    await writeFile(path, bytes)
    await expect(readEmbedding(path, host)).rejects.toMatchObject({ exitCode: 3, message: /damaged/ })
  })
})
