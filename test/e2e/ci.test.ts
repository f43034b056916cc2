// The recipe of docs/ci.md as a bare machine runs it: an empty home, no terminal, sources that can't be written.

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { program, smallFilm } from './storyreel.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-ci-'))
  for (const name of ['home', 'scripts', 'films']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'scripts/a.yaml'), smallFilm(['{prompt: a fox in a meadow, duration: 3f}']))
  writeFileSync(join(folder, 'scripts/b.yaml'), smallFilm(['{card: The end, duration: 3f}']))
})
afterAll(() => {
  chmodSync(join(folder, 'scripts'), 0o755)
  rmSync(folder, { recursive: true, force: true })
})

const env = () => ({
  HOME: join(folder, 'home'),
  PATH: process.env.PATH,
  CI: 'true',
  STORYREEL_CACHE_DIR: join(folder, 'kept'),
})

function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: env(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (data) => (said.stdout += data))
  child.stderr.on('data', (data) => (said.stderr += data))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })))
}

test('check, lock, render, and a second run that renders nothing', async () => {
  expect((await run('check', '--format', 'github', 'scripts')).code).toBe(0)
  expect((await run('lock', 'scripts')).code).toBe(0)
  chmodSync(join(folder, 'scripts'), 0o555)
  const render = () =>
    run('render', '--locked', 'scripts', '-o', 'films', '--report', 'junit.xml', '--sidecar')
  const first = await render()
  expect([first.code, first.stderr]).toEqual([0, expect.stringMatching(/^2 films$/m)])
  expect(first.stderr).not.toContain('\u001b')
  expect(readdirSync(join(folder, 'films')).sort()).toEqual(['a.json', 'a.mp4', 'b.json', 'b.mp4'])
  const films = ['a.mp4', 'b.mp4'].map((name) => readFileSync(join(folder, 'films', name)))

  // The next run has the cache and nothing else.
  for (const name of ['films', 'junit.xml']) rmSync(join(folder, name), { recursive: true })
  mkdirSync(join(folder, 'films'))
  const second = await render()
  expect(second.code, second.stderr).toBe(0)
  expect(second.stderr.match(/to make: (.*)/g)).toEqual(['to make: 1 movie', 'to make: 1 movie'])
  expect(['a.mp4', 'b.mp4'].map((name) => readFileSync(join(folder, 'films', name)))).toEqual(films)
  const third = await render()
  expect(third.stderr.match(/to make: (.*)/g)).toEqual(['to make: nothing', 'to make: nothing'])
  // Only what the library that sets type keeps about fonts.
  const kept = readdirSync(join(folder, 'home'), { recursive: true }) as string[]
  expect(kept.filter((name) => !/^\.cache(\/fontconfig|$)/.test(name))).toEqual([])
  expect(spawnSync('pgrep', ['-f', join(folder, 'kept')]).stdout.toString()).toBe('')
})
