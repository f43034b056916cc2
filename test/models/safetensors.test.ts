// Files by safetensors' own writer (tools/golden/safetensors_file.py), and files that lie.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { openSafetensors } from '../../src/models/safetensors.js'

const golden = (name: string) => fileURLToPath(new URL(`../golden/safetensors/${name}`, import.meta.url))
const TYPES = golden('types.safetensors')
const host = nodeHost()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-safetensors-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a file with every type', async () => {
  const { tensors } = JSON.parse(await readFile(golden('types.json'), 'utf8')) as {
    tensors: Record<string, { shape: number[]; values: (number | string)[] }>
  }
  const file = await openSafetensors(TYPES, host)

  test('lists its tensors and its texts', () => {
    expect([...file.tensors.keys()].sort()).toEqual(Object.keys(tensors).sort())
    for (const [name, { shape }] of Object.entries(tensors))
      expect(file.tensors.get(name)!.shape).toEqual(shape)
    expect(file.tensors.get('float.torch.bfloat16')!.dtype).toBe('BF16')
    expect([...file.metadata].sort()).toEqual([
      ['ss_base_model_version', 'sd_v1'],
      ['title', 'grüße'],
    ])
  })

  test.each(Object.keys(tensors).filter((name) => name !== 'eight'))('%s', async (name) => {
    const { values } = tensors[name]!
    const number = (value: number | string) =>
      typeof value === 'number' ? value : value === 'inf' ? Infinity : -Infinity
    expect([...(await file.read(name))]).toEqual(values.map(number))
  })

  test('a type that is not read, and a tensor that is not there, are named', async () => {
    await expect(file.read('eight')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/F8_E4M3.*eight/),
    })
    await expect(file.read('nine')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/nine/),
    })
  })
})

async function write(header: unknown, data = 0, length?: number): Promise<string> {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(length ?? text.length))
  const path = join(folder, 'file.safetensors')
  await writeFile(path, Buffer.concat([size, text, Buffer.alloc(data)]))
  return path
}

const one = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') => ({
  a: { dtype, shape, data_offsets: offsets },
})

describe('refuses', () => {
  test('whatever is cut off, wherever', async () => {
    const bytes = await readFile(TYPES)
    const path = join(folder, 'cut.safetensors')
    for (const length of [0, 7, 8, 300, bytes.length - 100, bytes.length - 1]) {
      await writeFile(path, bytes.subarray(0, length))
      await expect(openSafetensors(path, host), String(length)).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringMatching(/cut\.safetensors.*cut off/),
      })
    }
  })

  test('a file that shrinks between opening and reading', async () => {
    const path = await write(one([4], [0, 16]), 16)
    const file = await openSafetensors(path, host)
    await write(one([4], [0, 16]), 8)
    await expect(file.read('a')).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/cut off/),
    })
  })

  test('a file that is not there, and a folder', async () => {
    await expect(openSafetensors(join(folder, 'absent'), host)).rejects.toMatchObject({ exitCode: 3 })
    await expect(openSafetensors(folder, host)).rejects.toMatchObject({ exitCode: 3 })
  })

  test.each<[string, RegExp, unknown, number?, number?]>([
    ['something else', /length of a header/, '<!DOCTYPE html><html></html>', 0, 0x0a3e6c6d74683c],
    ['an endless header', /length of a header/, {}, 0, 100_000_001],
    ['a header that is no JSON', /not a JSON object/, '{"a": '],
    ['a header that is a list', /not a JSON object/, '[]'],
    ['metadata of numbers', /__metadata__/, { __metadata__: { a: 1 } }],
    ['a tensor that is no object', /tensor a/, { a: 7 }],
    ['a shape of fractions', /tensor a/, one([0.5], [0, 2]), 2],
    ['a negative side', /tensor a/, one([-1, -1], [0, 4]), 4],
    ['an unknown type', /unknown type F31/, one([1], [0, 4], 'F31'), 4],
    ['a type out of the language', /unknown type toString/, one([1], [0, 4], 'toString'), 4],
    ['a shape that lies', /F32 of 2×3, but has 20 bytes/, one([2, 3], [0, 20]), 20],
    ['a shape beyond all numbers', /tensor a/, one([2 ** 52, 2 ** 52], [0, 4]), 4],
    ['offsets backwards', /tensor a/, one([1], [4, 0]), 4],
    ['too few bytes', /cut off: 8 bytes/, one([4], [0, 16]), 8],
    ['too many bytes', /2 bytes that belong to no tensor/, one([1], [0, 4]), 6],
    ['a gap', /gap/, one([1], [4, 8]), 8],
    [
      'an overlap',
      /overlap/,
      { ...one([2], [0, 8]), b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } },
      8,
    ],
  ])('%s', async (_, message, header, data, length) => {
    const path = await write(header, data, length)
    await expect(openSafetensors(path, host)).rejects.toMatchObject({ exitCode: 3, message })
  })
})
