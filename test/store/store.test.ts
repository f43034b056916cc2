import { link, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { parseBytes } from '../../src/store/location.js'
import { openStore } from '../../src/store/store.js'
import { temporaryName } from '../../src/store/temporary.js'

const host = nodeHost()
const key = (n: number) => n.toString(16).padStart(2, '0').repeat(32)
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (capBytes = 1e9) => openStore(folder, host, capBytes)
const put = (store: ReturnType<typeof open>, n: number, text: string) =>
  store.put(key(n), 'txt', (path) => writeFile(path, text))
const temporaries = () => readdir(join(folder, 'tmp'))

describe('store', () => {
  test('gives back what was put, also to another process', async () => {
    await put(open(), 1, 'hello')
    const found = await open().get(key(1))
    expect(found).toMatchObject({ key: key(1), size: 5 })
    expect(await readFile((found as { path: string }).path, 'utf8')).toBe('hello')
    expect(await open().get(key(2))).toBe('missing')
  })

  test('notices one flipped byte and forgets the artefact', async () => {
    const { path } = await put(open(), 1, 'hello')
    await writeFile(path, 'hellp')
    expect(await open().get(key(1))).toBe('damaged')
    expect(await open().get(key(1))).toBe('missing')
    await put(open(), 1, 'hello')
    expect(await open().get(key(1))).toMatchObject({ size: 5 })
  })

  test('publishes nothing and leaves nothing when making fails', async () => {
    const store = open()
    const failing = store.put(key(1), 'txt', async (path) => {
      await writeFile(path, 'half')
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    })
    await expect(failing).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('disk is full'),
    })
    expect(await temporaries()).toEqual([])
    expect(await store.get(key(1))).toBe('missing')
  })

  test('takes many writers of one key', async () => {
    await Promise.all(Array.from({ length: 8 }, () => put(open(), 1, 'same')))
    expect(await readdir(join(folder, 'objects', key(1).slice(0, 2)))).toHaveLength(1)
  })

  test('removes what a killed process left, not what a living one writes', async () => {
    const store = open()
    await put(store, 1, 'a')
    const alive = temporaryName('txt')
    const dead = alive.replace(`.${process.pid}.`, '.999999999.')
    await writeFile(join(folder, 'tmp', alive), '')
    await writeFile(join(folder, 'tmp', dead), '')
    await put(open(), 2, 'b')
    expect(await temporaries()).toEqual([alive])
  })

  test('evicts the least recently used first, never what this run uses', async () => {
    const before = open()
    for (const n of [1, 2, 3]) {
      const { path } = await put(before, n, 'x'.repeat(100))
      await utimes(path, n * 1000, n * 1000)
    }
    const store = open(250)
    await store.get(key(1)) // oldest, but used now
    expect(await store.evict()).toEqual({ removed: 1, bytes: 100 })
    const left = await Promise.all([1, 2, 3].map(async (n) => typeof (await open().get(key(n)))))
    expect(left).toEqual(['object', 'string', 'object'])
  })

  test('keeps records, and takes a damaged one for none', async () => {
    const store = open()
    expect(await store.readRecord('r')).toBeNull()
    await store.writeRecord('r', { a: 1 })
    expect(await store.readRecord('r')).toEqual({ a: 1 })
    await writeFile(join(folder, 'records', 'r.json'), '{"a":')
    expect(await store.readRecord('r')).toBeNull()
  })
})

test('sizes are read with their units', () => {
  expect(['500', '1K', '1.5M', '8G', '2GiB'].map((t) => parseBytes(t, 'x'))).toEqual([
    500,
    1024,
    1.5 * 1024 ** 2,
    8 * 1024 ** 3,
    2 * 1024 ** 3,
  ])
  expect(() => parseBytes('lots', '--max-size')).toThrow(/--max-size/)
})

describe('an artefact that is a folder', () => {
  const put = (store: ReturnType<typeof open>, n: number, files: Record<string, string>) =>
    store.put(key(n), 'graph', async (path) => {
      await mkdir(join(path, 'more'), { recursive: true })
      for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
    })

  test('is published whole, found again, and counted by its files', async () => {
    const { path } = await put(open(), 1, { a: 'graph', 'more/b': 'weights' })
    expect(await readFile(join(path, 'more/b'), 'utf8')).toBe('weights')
    expect(await open().get(key(1))).toMatchObject({ path, size: 12 })
    expect(await open().status()).toMatchObject({ artefacts: 1, bytes: 12 })
    expect(await temporaries()).toEqual([])
  })

  test('made twice is there once', async () => {
    const [a, b] = await Promise.all([put(open(), 1, { a: 'x' }), put(open(), 1, { a: 'x' })])
    expect(a).toEqual(b)
    expect(await open().status()).toMatchObject({ artefacts: 1 })
    expect(await temporaries()).toEqual([])
  })

  test('with one damaged, lost or foreign file is forgotten', async () => {
    for (const damage of [
      (path: string) => writeFile(join(path, 'more/b'), 'Weights'),
      (path: string) => rm(join(path, 'a')),
      (path: string) => writeFile(join(path, 'c'), ''),
    ]) {
      await damage((await put(open(), 1, { a: 'graph', 'more/b': 'weights' })).path)
      expect(await open().get(key(1))).toBe('damaged')
      expect(await open().get(key(1))).toBe('missing')
    }
  })

  test('leaves links to others’ files out of its room, and is evicted with all in it', async () => {
    const model = join(folder, 'model')
    await writeFile(model, 'of somebody else')
    const { path } = await open().put(key(1), 'graph', async (path) => {
      await mkdir(path)
      await writeFile(join(path, 'a'), 'mine')
      await link(model, join(path, 'b'))
    })
    expect(await open().get(key(1))).toMatchObject({ path, size: 4 })
    await open(3).evict()
    expect(await open().get(key(1))).toBe('missing')
    expect(await readFile(model, 'utf8')).toBe('of somebody else')
  })
})
