import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js'
import { canMount } from './mount.js'
import { openPlace, type Place, type Run, smallFilm } from './storyreel.js'

let place: Place
beforeEach(() => {
  place = openPlace()
  place.write('film.yaml', smallFilm(['{prompt: a fox in a meadow, duration: 12f, camera: push in}']))
  writeFileSync(place.file('film.mp4'), 'the old film')
})
afterEach(() => {
  expect(readFileSync(place.file('film.mp4'), 'utf8')).toBe('the old film')
  place.remove()
})

const render = (...more: string[]) => place.run(['render', 'film.yaml', '--progress', 'none', ...more])

/** One clear line (and a hint), no stack trace. */
function expectFailure(run: Run, code: number, message: RegExp): void {
  expect(run.code, run.stderr).toBe(code)
  expect(run.stderr).toMatch(message)
  expect(run.stderr).not.toMatch(/^\s+at /m)
  expect(run.stderr.trim().split('\n').length).toBeLessThanOrEqual(4)
}

describe('a failure ends with one clear line, its exit code, and the old film untouched', () => {
  test('errors in the script: all at once, where they are', async () => {
    place.write('film.yaml', 'title: x\nsice: 10x10\nshots:\n  - {prompt: a fox, duration: fast}\n')
    const run = await render()
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/^film\.yaml:2:1: error: .*\[[a-z/-]+\]$/m)
    expect(run.stderr).toMatch(/^film\.yaml:4:\d+: error: /m)
    const checked = await place.run(['check', 'film.yaml', '--format', 'short'])
    expect(checked.code).toBe(1)
    expect(run.stderr).toContain(checked.stdout)
  })

  test('a missing script', async () => {
    expectFailure(
      await place.run(['render', 'none.yaml']),
      3,
      /can't read the script none\.yaml: no such file/,
    )
  })

  test('a wrong command line', async () => {
    expect((await place.run(['render'])).code).toBe(2)
    expect((await place.run(['rendr', 'film.yaml'])).code).toBe(2)
    expect((await render('--jobs', 'many')).code).toBe(2)
  })

  test('an unknown model', async () => {
    expectFailure(await render('--model', 'storybok'), 3, /storybok/)
  })

  test('a model file that is cut short', async () => {
    cpSync(new URL('../../models/storybook', import.meta.url).pathname, place.file('cut'), {
      recursive: true,
    })
    truncateSync(place.file('cut/unet/model.onnx'), 100_000)
    expectFailure(await render('--model', place.file('cut')), 3, /unet/)
    truncateSync(place.file('cut/unet/model.onnx'), 0)
    expectFailure(await render('--model', place.file('cut')), 3, /unet/)
  })

  test('an ffmpeg that fails in mid-segment', async () => {
    mkdirSync(place.file('bin'))
    writeFileSync(
      place.file('bin/ffmpeg'),
      '#!/bin/sh\ncase "$*" in *-version) printf "ffmpeg version 9.9\\nlibavformat 61. 1.100\\n"; exit 0;; esac\nhead -c 200000 >/dev/null; echo "something broke" >&2; exit 1\n',
    )
    chmodSync(place.file('bin/ffmpeg'), 0o755)
    const run = await place.run(['render', 'film.yaml', '--progress', 'none'], {
      env: { PATH: `${place.file('bin')}:/usr/bin:/bin` },
    })
    expectFailure(run, 4, /ffmpeg/)
    expect(readdirSync(place.file('cache/tmp'))).toEqual([])
  })

  test('an ffmpeg that vanishes during the render', async () => {
    const { path } = await findFfmpeg(nodeHost())
    symlinkSync(path, place.file('ffmpeg'))
    const run = await place.run(['render', 'film.yaml', '--progress', 'json'], {
      env: { FFMPEG_PATH: place.file('ffmpeg') },
      onEvent: ({ event }) => event === 'plan' && rmSync(place.file('ffmpeg')),
    })
    expect(run.code, run.stderr).toBe(3)
    expect(run.events.at(-1)).toMatchObject({
      event: 'failed',
      exitCode: 3,
      message: expect.stringMatching(/ffmpeg/),
    })
  })

  test('an ffmpeg that can not run', async () => {
    const run = await place.run(['render', 'film.yaml', '--progress', 'none'], {
      env: { FFMPEG_PATH: place.file('no-ffmpeg') },
    })
    expectFailure(run, 3, /ffmpeg/)
  })

  test.skipIf(process.getuid?.() === 0)('a cache that can not be written', async () => {
    mkdirSync(place.file('locked'))
    chmodSync(place.file('locked'), 0o555)
    expectFailure(await render('--cache-dir', 'locked'), 3, /permission denied/)
  })

  test('a cache path that is a file', async () => {
    expectFailure(await render('--cache-dir', 'film.yaml'), 3, /cache/)
  })

  test('an output in a folder that is not there', async () => {
    expectFailure(await render('-o', 'nowhere/film.mp4'), 3, /nowhere/)
  })

  // A real small file system, where this user may mount one.
  test.runIf(canMount)('a full disk, at several moments, and a good render once there is room', async () => {
    const shots = [1, 2, 3, 4].map((seed) => `{prompt: a fox in a forest, seed: ${seed}, duration: 12f}`)
    place.write('film.yaml', smallFilm(shots))
    mkdirSync(place.file('small'))
    for (const kilobytes of [16, 48, 96]) {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', place.file('small')])
      try {
        expectFailure(await render('--cache-dir', 'small'), 3, /disk is full|no space/i)
        expect(temporariesIn(place.file('small/tmp'))).toEqual([])
      } finally {
        execFileSync('umount', [place.file('small')])
      }
    }
    expect((await render('--cache-dir', 'small', '-o', 'other.mp4')).code).toBe(0)
  })

  test('an output that can not be written', async () => {
    expectFailure(await place.run(['still', 'a fox', '-o', '/dev/full/x.png']), 3, /can't write/)
  })
})

const temporariesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : [])
