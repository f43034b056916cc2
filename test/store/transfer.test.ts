import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { openStore } from '../../src/store/store.js'
import { transferArtefacts } from '../../src/store/transfer.js'

const key = (n: number) => n.toString(16).padStart(2, '0').repeat(32)
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transfer-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))
const open = (name: string) => openStore(join(folder, name), nodeHost(), 1e9)

test('what is asked for goes over, whole, once; what is damaged or not there is counted', async () => {
  const from = open('a')
  for (const n of [1, 2, 3]) await from.put(key(n), 'txt', (path) => writeFile(path, `text ${n}`))
  const damaged = await from.get(key(3))
  if (typeof damaged === 'string') throw new Error(damaged)
  await writeFile(damaged.path, 'something else')
  const fresh = open('a')
  expect((await fresh.keys()).sort()).toEqual([key(1), key(2), key(3)])
  const keys = [key(1), key(3), key(4), key(1)]
  expect(await transferArtefacts(keys, fresh, open('b'))).toEqual({ artefacts: 1, bytes: 6, missing: 2 })
  expect(await transferArtefacts(keys, fresh, open('b'))).toEqual({ artefacts: 0, bytes: 0, missing: 2 })
  const copied = await open('b').get(key(1))
  expect(await readFile((copied as { path: string }).path, 'utf8')).toBe('text 1')
  expect(await open('b').get(key(2))).toBe('missing')
})
