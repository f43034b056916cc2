import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'

const host = nodeHost()

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-host-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('files', () => {
  it('are replaced whole, with nothing left beside them', async () => {
    const path = join(folder, 'film.txt')
    await host.writeFileAtomic(path, 'one')
    await host.writeFileAtomic(path, new Uint8Array([50]))
    expect(await readFile(path, 'utf8')).toBe('2')
    expect(await readdir(folder)).toEqual(['film.txt'])
  })

  it('leave nothing behind when they cannot be put in place', async () => {
    await host.makeFolder(join(folder, 'taken', 'by a folder'))
    await expect(host.writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toMatchObject({
      syscall: 'rename',
    })
    expect(await readdir(folder)).toEqual(['taken'])
  })

  it('are read piece by piece', async () => {
    const path = join(folder, 'large')
    await host.writeFile(path, new Uint8Array(600_000).fill(7))
    const sizes: number[] = []
    for await (const chunk of host.readChunks(path)) sizes.push(chunk.length)
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes.reduce((a, b) => a + b)).toBe(600_000)
  })

  it('are read in part', async () => {
    const path = join(folder, 'digits')
    await host.writeFile(path, '0123456789')
    const text = async (start: number, length: number) =>
      new TextDecoder().decode(await host.readRange(path, start, length))
    expect([await text(2, 3), await text(8, 5), await text(20, 1)]).toEqual(['234', '89', ''])
  })

  it('that are not there have no stat, and are removed without complaint', async () => {
    expect(await host.stat(join(folder, 'absent'))).toBeNull()
    await writeFile(join(folder, 'file'), '')
    expect(await host.stat(join(folder, 'file', 'below'))).toBeNull()
    await host.remove(join(folder, 'absent'))
  })

  it('are listed in order, touched, and made executable', async () => {
    for (const name of ['b', 'a', 'c']) await writeFile(join(folder, name), '')
    expect(await host.list(folder)).toEqual(['a', 'b', 'c'])
    await host.touch(join(folder, 'a'), new Date(86_400_000))
    expect((await host.stat(join(folder, 'a')))?.mtimeMs).toBe(86_400_000)
    await host.makeExecutable(join(folder, 'a'))
    expect((await stat(join(folder, 'a'))).mode & 0o111).toBe(0o111)
  })
})

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  it('stays one when something is written or published there', async () => {
    const [pipe, made] = [join(folder, 'pipe'), join(folder, 'made')]
    execFileSync('mkfifo', [pipe])
    const [read] = await Promise.all([readFile(pipe, 'utf8'), host.writeFileAtomic(pipe, 'one')])
    await writeFile(made, 'two')
    const [again] = await Promise.all([readFile(pipe, 'utf8'), host.publish(made, pipe)])
    expect([read, again]).toEqual(['one', 'two'])
    expect((await stat(pipe)).isFIFO()).toBe(true)
    expect(await readdir(folder)).toEqual(['pipe'])
  })
})

describe.skipIf(process.platform === 'win32')('which', () => {
  it('finds programs on PATH, and only files that can be run', async () => {
    const before = process.env.PATH
    await host.makeFolder(join(folder, 'one', 'tool'))
    await host.makeFolder(join(folder, 'two'))
    await writeFile(join(folder, 'two', 'tool'), '')
    await host.makeFolder(join(folder, 'three'))
    await writeFile(join(folder, 'three', 'tool'), '', { mode: 0o755 })
    try {
      process.env.PATH = ['', 'one', 'two', 'three'].map((name) => name && join(folder, name)).join(delimiter)
      expect(await host.which('tool')).toBe(join(folder, 'three', 'tool'))
      expect(await host.which('nothing')).toBeNull()
    } finally {
      process.env.PATH = before
    }
  })
})
