import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { recordReads } from '../../src/host/record-reads.js'

const here = import.meta.dirname

test('remembers files that were read and files that were not there, but no folders', async () => {
  const { host, take } = recordReads(nodeHost())
  await host.readFile(join(here, 'record-reads.test.ts'))
  for await (const _ of host.readChunks(join(here, 'node-host.test.ts')));
  await host.stat(join(here, 'absent.yaml'))
  await host.stat(here)
  await host.list(here)
  const taken = take()
  expect([...taken.keys()].sort()).toEqual(
    ['absent.yaml', 'node-host.test.ts', 'record-reads.test.ts'].map((name) => join(here, name)),
  )
  expect(taken.get(join(here, 'absent.yaml'))).toBeNull()
  expect(taken.get(join(here, 'node-host.test.ts'))).toBeUndefined()
  expect(take().size).toBe(0)
})
