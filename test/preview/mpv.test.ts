import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { openMpv, type Player } from '../../dist/preview/mpv.js'
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js'

const host = nodeHost()
const hasMpv = (await host.which('mpv')) !== null

let folder: string
let player: Player | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-test-'))
})
afterEach(async () => {
  await player?.close()
  player = null
  rmSync(folder, { recursive: true, force: true })
})

async function film(name: string, seconds: number): Promise<string> {
  const { path } = await findFfmpeg(host)
  const file = join(folder, name)
  const source = `color=size=64x64:rate=10:duration=${seconds}`
  await host.spawn(path, [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    source,
    '-pix_fmt',
    'yuv420p',
    '-g',
    '10',
    file,
  ]).done
  return file
}

/** Asks mpv beside us. */
const ask = (socket: string, ...command: unknown[]): Promise<unknown> =>
  new Promise((resolve) => {
    const link = connect(socket, () => link.write(`${JSON.stringify({ command, request_id: 7 })}\n`))
    link.on('error', () => resolve(undefined))
    let text = ''
    link.on('data', (data) => {
      text += data
      for (const line of text.split('\n').slice(0, -1)) {
        const answer = JSON.parse(line)
        if (answer.request_id !== 7) continue
        link.destroy()
        resolve(answer.data)
      }
    })
  })
const until = async (socket: string, property: string, is: (value: unknown) => boolean) => {
  while (true) {
    const value = await ask(socket, 'get_property', property)
    if (is(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.skipIf(!hasMpv)('mpv', () => {
  test('loads the film again in place, where it was, paused if it was', async () => {
    const [shown, longer] = [await film('film.mp4', 4), await film('longer.mp4', 6)]
    player = await openMpv('mpv --vo=null --ao=null --pause', host)
    const { socket } = player
    await player.show(shown)
    await until(socket, 'duration', (value) => value === 4)
    // A seek that comes before the first frame is lost.
    while (Math.abs(Number(await ask(socket, 'get_property', 'time-pos')) - 2.5) > 0.11) {
      await ask(socket, 'seek', 2.5, 'absolute+exact')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    copyFileSync(longer, shown)
    // Twice in a row: the first one is still loading.
    await Promise.all([player.show(shown), player.show(shown)])
    await until(socket, 'duration', (value) => value === 6)
    const place = await until(socket, 'time-pos', (value) => typeof value === 'number')
    expect(Math.abs(Number(place) - 2.5)).toBeLessThan(0.11)
    expect(await ask(socket, 'get_property', 'pause')).toBe(true)
  })

  test('a reader who closes it is left alone, and its socket goes with it', async () => {
    const shown = await film('film.mp4', 1)
    player = await openMpv('mpv --vo=null --ao=null', host)
    await ask(player.socket, 'quit')
    await player.show(shown)
    await player.close()
    expect(existsSync(player.socket)).toBe(false)
  })
})

test('another player, and none at all, are told', async () => {
  await expect(openMpv('vlc', host)).rejects.toMatchObject({ exitCode: 2 })
  await expect(openMpv('mpv', { ...host, which: async () => null })).rejects.toMatchObject({ exitCode: 3 })
})
