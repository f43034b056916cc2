import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChild } from '../../src/host/node-child.js'

const script = (code: string) => startChild(process.execPath, ['-e', code])

describe('startChild', () => {
  it('tells how a process ended, after its output', async () => {
    const child = script(
      'process.stdin.pipe(process.stdout); process.stderr.write("talk"); process.exitCode = 3',
    )
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.stdin.end('some words')
    expect(await child.done).toEqual({ code: 3, signal: null, stderrTail: 'talk' })
    expect(text).toBe('some words')
  })

  it('keeps the end of what is said on stderr', async () => {
    const child = script('process.stderr.write("x".repeat(100000) + "the end")')
    child.stdout.resume()
    const { stderrTail } = await child.done
    expect(stderrTail.length).toBe(8192)
    expect(stderrTail.endsWith('the end')).toBe(true)
  })

  it('rejects when there is no such program', async () => {
    await expect(startChild('/no/such/program', []).done).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('gives the error of a write to a process that is gone to the writer alone', async () => {
    const child = script('process.exit(0)')
    child.stdout.resume()
    const big = new Uint8Array(1 << 20)
    const errors = await Promise.all(
      [1, 2].map(() => new Promise((resolve) => child.stdin.write(big, resolve))),
    )
    expect(errors.every((error) => error instanceof Error)).toBe(true)
    expect(await child.done).toMatchObject({ code: 0 })
  })

  it('kills', async () => {
    const child = script('setInterval(() => {}, 1000)')
    child.stdout.resume()
    child.kill('SIGKILL')
    expect(await child.done).toMatchObject({ code: null, signal: 'SIGKILL' })
  })
})

describe.skipIf(process.platform === 'win32')('a process that ends', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storyreel-child-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const ways: [string, string, NodeJS.Signals | null][] = [
    ['by process.exit', 'process.exit(0)', null],
    ['by an error', 'throw new Error("a bug")', null],
    ['by SIGTERM', '', 'SIGTERM'],
    ['by SIGINT', '', 'SIGINT'],
  ]
  it.each(ways)('%s leaves no child', async (_, ending, signal) => {
    const product = pathToFileURL(join(import.meta.dirname, '..', '..', 'dist', 'host', 'node-child.js')).href
    const main = join(folder, 'main.mjs')
    // The child ignores the end of its input, as a hung program does.
    const child = "process.stdout.write('up'); setInterval(() => {}, 1000)"
    await writeFile(
      main,
      `import { startChild } from ${JSON.stringify(product)}
const child = startChild(process.execPath, ['-e', ${JSON.stringify(child)}])
child.stdout.once('data', () => {
  process.stdout.write(String(child.pid) + '\\n')
  setTimeout(() => { ${ending} }, 10)
})
setInterval(() => {}, 1000)
`,
    )
    const parent = spawn(process.execPath, [main], { stdio: ['ignore', 'pipe', 'ignore'] })
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (text) => resolve(Number(text))),
    )
    expect(pid).toBeGreaterThan(0)
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      parent.once('exit', (_code, by) => resolve(by)),
    )
    if (signal) parent.kill(signal)
    expect(await ended).toBe(signal)
    await expect.poll(() => isGone(pid), { timeout: 10_000 }).toBe(true)
  })
})

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}
