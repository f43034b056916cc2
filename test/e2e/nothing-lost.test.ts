// What can happen to a render from outside: it ends right, or with one clear line, the old film intact, nothing left behind.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { randomNumbers } from '../fuzz/random.js'
import { canMount } from './mount.js'
import { openPlace, type Place, type Run, type RunOptions, smallFilm } from './storyreel.js'

const OLD = 'the old film'
const shots = [1, 2, 3].map(
  (seed) => `{prompt: a fox in a forest, seed: ${seed}, duration: 8f, camera: push in}`,
)

let place: Place
beforeEach(() => {
  place = openPlace()
  place.write('film.yaml', smallFilm(shots))
  writeFileSync(place.file('film.mp4'), OLD)
})
afterEach(() => place.remove())

const render = (options: RunOptions = {}, ...more: string[]) =>
  place.run(['render', 'film.yaml', '--progress', 'json', ...more], options)
const film = (name = 'film.mp4') => readFileSync(place.file(name))
const artefacts = () =>
  (readdirSync(place.file('cache/objects'), { recursive: true }) as string[])
    .map((name) => place.file(join('cache/objects', name)))
    .filter((path) => /-[0-9a-f]{64}\.\w+$/.test(path))
const temporaries = () =>
  [place.folder, place.file('cache/tmp')]
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => /\.\d+\.[0-9a-f]{12}\./.test(name))
/** Processes that have something of this place in their command line or run in it. */
const alive = () => spawnSync('pgrep', ['-f', place.folder]).stdout.toString().trim()

function expectEnd(run: Run, code: number, told: RegExp): void {
  expect([run.code, run.stderr]).toEqual([code, expect.stringMatching(told)])
  expect(run.stderr).not.toMatch(/^\s+at /m)
  expect(film().toString()).toBe(OLD)
  expect(temporaries()).toEqual([])
  expect(alive()).toBe('')
}
const good = (run: Run) => expect(run.code, run.stderr).toBe(0)

describe('nothing is lost', () => {
  test('two renders of one script at once make one film', async () => {
    const runs = await Promise.all([render(), render()])
    runs.forEach(good)
    good(await render({}, '-o', 'third.mp4'))
    expect(film('third.mp4').equals(film())).toBe(true)
    expect(temporaries()).toEqual([])
  })

  test('SIGTERM, and SIGINT twice', async () => {
    let told = 0
    const once = await render({
      onEvent: ({ event }, kill) => event === 'end' && told++ === 0 && kill('SIGTERM'),
    })
    expectEnd(once, 130, /interrupted/)
    const twice = await render({
      onEvent: ({ event }, kill) => {
        if (event !== 'start') return
        kill('SIGINT')
        kill('SIGINT')
      },
    })
    expect(twice.code).toBe(130)
    expect(film().toString()).toBe(OLD)
    expect(alive()).toBe('')
    good(await render())
  })

  test('a cache whose bytes were flipped in 20 places is mended', async () => {
    good(await render())
    const before = film()
    const random = randomNumbers(7)
    for (let i = 0; i < 20; i++) {
      const files = artefacts()
      const path = files[Math.floor(random() * files.length)]!
      const bytes = readFileSync(path)
      bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8)
      writeFileSync(path, bytes)
    }
    good(await render())
    expect(film().equals(before)).toBe(true)
    const again = await render()
    expect(again.events.at(-1)).toMatchObject({ event: 'done', nodes: { rendered: {} } })
  })

  test('a clock that was set back', async () => {
    good(await render())
    const future = new Date(Date.now() + 10 * 365 * 86_400_000)
    for (const path of [...artefacts(), place.file('film.yaml'), place.file('film.mp4')])
      utimesSync(path, future, future)
    const again = await render()
    expect(again.events.at(-1)).toMatchObject({ event: 'done', nodes: { rendered: {} } })
    place.write('film.yaml', smallFilm(shots.slice(0, 2)))
    good(await render())
  })

  test('ffmpeg killed in mid-segment', async () => {
    mkdirSync(place.file('bin'))
    const real = spawnSync('sh', ['-c', 'command -v ffmpeg']).stdout.toString().trim()
    if (real === '') return
    writeFileSync(
      place.file('bin/ffmpeg'),
      `#!/bin/sh\ncase "$*" in *-version|*rawvideo*) ;; *) exec ${real} "$@";; esac\ncase "$*" in *-version) exec ${real} "$@";; esac\n${real} "$@" & child=$!\n(sleep 0.05; kill -9 $child) 2>/dev/null\nwait $child\nkill -9 $$\n`,
    )
    chmodSync(place.file('bin/ffmpeg'), 0o755)
    const run = await render({ env: { FFMPEG_PATH: place.file('bin/ffmpeg') } })
    expectEnd(run, 4, /ffmpeg/)
    good(await render())
  })

  test('a model file replaced during a render', async () => {
    cpSync(new URL('../../models/storybook', import.meta.url), place.file('model'), { recursive: true })
    const isFirst = { value: true }
    const run = await render(
      {
        onEvent: ({ event }) => {
          if (event !== 'plan' || !isFirst.value) return
          isFirst.value = false
          writeFileSync(place.file('model/unet/model.onnx'), 'another file')
        },
      },
      '--model',
      './model',
    )
    expectEnd(run, 3, /model/)
    cpSync(new URL('../../models/storybook', import.meta.url), place.file('model'), { recursive: true })
    good(await render({}, '--model', './model'))
  })

  test.runIf(canMount)('a cache that can only be read', async () => {
    good(await render())
    const before = film()
    const cache = place.file('cache')
    execFileSync('mount', ['--bind', cache, cache])
    try {
      execFileSync('mount', ['-o', 'remount,ro,bind', cache])
      const same = await render()
      expect(same.events.at(-1), same.stderr).toMatchObject({ event: 'done', nodes: { rendered: {} } })
      writeFileSync(place.file('film.mp4'), OLD)
      place.write('film.yaml', smallFilm(['{prompt: a bear, duration: 4f}']))
      expectEnd(await render(), 3, /read-only/)
    } finally {
      execFileSync('umount', [cache])
    }
    place.write('film.yaml', smallFilm(shots))
    good(await render())
    expect(film().equals(before)).toBe(true)
  })

  test.runIf(canMount)('a disk that fills up at ten moments', async () => {
    mkdirSync(place.file('small'))
    const random = randomNumbers(11)
    let failed = 0
    for (let i = 0; i < 10; i++) {
      const kilobytes = 8 + Math.floor(random() * 240)
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', place.file('small')])
      try {
        const run = await place.run([
          'render',
          'film.yaml',
          '--progress',
          'none',
          '--cache-dir',
          'small',
          '-o',
          'other.mp4',
        ])
        if (run.code !== 0) {
          failed++
          expect([run.code, run.stderr]).toEqual([3, expect.stringMatching(/disk is full|no space/i)])
        }
        expect(existsSync(place.file('small/tmp')) ? readdirSync(place.file('small/tmp')) : []).toEqual([])
        expect(temporaries()).toEqual([])
      } finally {
        execFileSync('umount', [place.file('small')])
      }
    }
    expect(failed).toBeGreaterThan(3)
    expect(film().toString()).toBe(OLD)
  })

  test('the same bytes with 1, 2 and 8 jobs', async () => {
    const films: Buffer[] = []
    for (const jobs of ['1', '2', '8']) {
      good(await render({}, '--jobs', jobs, '--cache-dir', `cache-${jobs}`, '-o', `${jobs}.mp4`))
      films.push(film(`${jobs}.mp4`))
    }
    expect(films[1]!.equals(films[0]!)).toBe(true)
    expect(films[2]!.equals(films[0]!)).toBe(true)
  })
})
