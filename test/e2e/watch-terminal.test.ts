// In a real terminal: tmux's.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { openPlace, type Place, program, smallFilm } from './storyreel.js'

const hasTmux = (await nodeHost().which('tmux')) !== null

let place: Place
const tmux = (...args: string[]) =>
  execFileSync('tmux', ['-S', place.file('tmux'), '-f', '/dev/null', ...args], { encoding: 'utf8' })
const screen = () => tmux('capture-pane', '-p', '-e', '-S', '-')
const until = async (is: (text: string) => boolean) => {
  while (!is(screen())) await wait(100)
}
const save = (word: string) =>
  place.write('film.yaml', smallFilm([`{id: one, prompt: a ${word}, duration: 4f}`]))

describe.skipIf(!hasTmux)('watch in a terminal', () => {
  beforeEach(() => {
    place = openPlace()
    save('fox')
    const env = [
      '-e',
      `STORYREEL_CACHE_DIR=${place.file('cache')}`,
      '-e',
      `HOME=${place.folder}`,
      '-e',
      'CI=',
    ]
    tmux('new-session', '-d', '-x', '80', '-y', '40', ...env, '-c', place.folder, 'sh')
    tmux('send-keys', `env -u CI ${process.execPath} ${program} watch film.yaml; echo ended $?`, 'Enter')
  })
  afterEach(() => {
    tmux('kill-server')
    place.remove()
  })

  test('shows the painted shot as a picture, obeys keys, and leaves the terminal as it was', async () => {
    await until((text) => / frames, in /.test(text))
    expect(screen()).toContain('▀')
    expect(tmux('capture-pane', '-p')).toMatch(/^one/m)
    const painted = screen().split('▀').length
    save('bear')
    await until((text) => text.split('▀').length > painted)
    await until((text) => text.split(' frames, in ').length === 3)
    tmux('send-keys', 'r')
    await until((text) => text.includes('nothing had changed'))
    tmux('send-keys', 'q')
    await until((text) => text.includes('ended 0'))
    expect(existsSync(place.file('film.mp4'))).toBe(true)
    tmux('send-keys', 'echo typed', 'Enter')
    await until((text) => /^typed/m.test(text))
  })
})
