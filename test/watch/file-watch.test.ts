import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { type FileWatch, watchFiles } from '../../src/watch/file-watch.js'
import { silentType } from '../../src/watch/network-folder.js'

const host = nodeHost()
let folder: string
let file: string
let files: FileWatch
let told: string[][]
let onTold = () => {}

const open = async (polls?: boolean) => {
  files = watchFiles({
    host,
    polls,
    onChange(paths) {
      told.push(paths)
      onTold()
    },
  })
  await files.set([file])
  await wait(100)
}
/** Does it, and resolves when something was told after. */
const tellsOf = async (act: () => void) => {
  const next = new Promise<void>((resolve) => {
    onTold = resolve
  })
  act()
  await next
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-watch-'))
  file = join(folder, 'film.yaml')
  told = []
  writeFileSync(file, 'a: 0\n')
})
afterEach(async () => {
  await files?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('what changed between being read and being watched is told', async () => {
  await open()
  const late = join(folder, 'late.png')
  const seen = await host.stat(late)
  const at = await host.stat(file)
  writeFileSync(late, 'there')
  const next = new Promise<void>((resolve) => {
    onTold = resolve
  })
  await files.set(
    [file, late],
    new Map([
      [file, at],
      [late, seen],
    ]),
  )
  await next
  expect(told).toEqual([[late]])
})

const editors = await Promise.all(
  ['vim', 'nvim'].map(async (name) => ({ name, path: await host.which(name) })),
)

/** Replaces the text and saves it as the editor does with this `backupcopy`. */
const saveWith = (editor: string, backupcopy: string, text: string) =>
  execFileSync(
    editor,
    [
      ...(editor === 'nvim' ? ['--headless'] : ['-es']),
      ...['-u', 'NONE', '-N', '-c', `set backupcopy=${backupcopy} backup`],
      ...['-c', `%s/.*/${text}/`, '-c', 'w', '-c', 'qa!', file],
    ],
    { stdio: 'ignore' },
  )

describe('a change of a watched file is told', () => {
  for (const { name, path } of editors) {
    test.skipIf(path === null).each(['auto', 'no', 'yes'])(
      `${name} saves with backupcopy=%s, again and again`,
      async (how) => {
        await open()
        for (const text of ['one', 'three', 'fifteen']) {
          await tellsOf(() => saveWith(name, how, text))
          // Of more than one write, all but the last may have been seen too.
          await wait(150)
          expect(new Set(told.flat())).toEqual(new Set([file]))
        }
      },
    )
  }

  test.each([[undefined], [true]])('renamed over, deleted, back again (polling: %s)', async (polls) => {
    await open(polls)
    await tellsOf(() => {
      writeFileSync(join(folder, 'new'), 'longer than before')
      renameSync(join(folder, 'new'), file)
    })
    await tellsOf(() => rmSync(file))
    await tellsOf(() => writeFileSync(file, 'back'))
    expect(told).toEqual([[file], [file], [file]])
  })

  test('also when its whole folder was replaced', async () => {
    file = join(folder, 'in', 'film.yaml')
    mkdirSync(join(folder, 'in'))
    writeFileSync(file, 'a')
    await open()
    await tellsOf(() => rmSync(join(folder, 'in'), { recursive: true }))
    await tellsOf(() => {
      mkdirSync(join(folder, 'in'))
      writeFileSync(file, 'other')
    })
    await tellsOf(() => writeFileSync(file, 'yet another'))
  })

  test('also through a symbolic link', async () => {
    const link = join(folder, 'link.yaml')
    symlinkSync(file, link)
    await open()
    await files.set([link])
    await wait(100)
    await tellsOf(() => writeFileSync(file, 'changed'))
    expect(told.at(-1)).toEqual([link])
  })

  test('of one that was not there', async () => {
    await open()
    await files.set([file, join(folder, 'later.png')])
    await tellsOf(() => writeFileSync(join(folder, 'later.png'), 'x'))
    expect(told.at(-1)).toEqual([join(folder, 'later.png')])
  })
})

test('other files of the folder, and files that are watched no more, are not told', async () => {
  await open()
  const other = join(folder, 'other.yaml')
  writeFileSync(other, 'x')
  await files.set([other])
  writeFileSync(file, 'changed')
  await wait(300)
  expect(told).toEqual([])
})

test('many writes in a row are told a few times, the last one for sure', async () => {
  await open()
  for (let i = 0; i < 200; i++) {
    writeFileSync(file, 'x'.repeat(i + 1))
    await wait(1)
  }
  await wait(200)
  expect(told.length).toBeGreaterThan(0)
  expect(told.length).toBeLessThan(50)
})

test('file systems that do not tell are known by their numbers', () => {
  expect(silentType(0x6969)).toBe('nfs')
  expect(silentType(0xff534d42)).toBe('cifs')
  expect(silentType(-11317950)).toBe('cifs') // as signed 32 bits
  expect(silentType(0xef53)).toBeNull()
})
