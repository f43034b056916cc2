// Plays the film in mpv: a new film takes the place of the old one and goes on where that was.

import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { environmentFailure, usageFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'

const START_MS = 10_000
const RETRY_MS = 30

export type Player = {
  /** Loads the film's file as it is now; after the reader closed the player, nothing happens. */
  show(film: string): Promise<void>
  /** Where it listens. */
  readonly socket: string
  close(): Promise<void>
}

type Answer = { request_id?: number; error?: string; data?: unknown }

/**
 * Starts mpv. `command` may have arguments, such as `mpv --no-border`.
 * @throws Failure: exit 2 for another player, 3 when there is no mpv or it does not come up.
 */
export async function openMpv(command: string, host: Host): Promise<Player> {
  const [program = '', ...own] = command.split(' ').filter((word) => word !== '')
  if (!/(^|[\\/])mpv(\.exe)?$/.test(program)) {
    throw usageFailure(
      `--player ${command}: there is no such player`,
      'mpv is the one that can be told of a new film',
    )
  }
  if (!/[\\/]/.test(program) && (await host.which(program)) === null) {
    throw environmentFailure('there is no mpv', 'install mpv, or leave --player out')
  }
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-mpv-'))
  const socketPath =
    process.platform === 'win32' ? `\\\\.\\pipe\\${folder.split('\\').at(-1)}` : join(folder, 'ipc')
  const child = host.spawn(program, [
    `--input-ipc-server=${socketPath}`,
    '--no-terminal',
    '--idle=yes',
    '--force-window=yes',
    '--keep-open=yes',
    '--loop-file=inf',
    ...own,
  ])
  let isGone = false
  const gone = child.done
    .catch(() => {})
    .then(() => {
      isGone = true
      rmSync(folder, { recursive: true, force: true })
    })
  const socket = await connectTo(socketPath, () => isGone)
  if (socket === null) {
    child.kill()
    throw environmentFailure('mpv did not come up', `does \`${program}\` start by itself?`)
  }
  const ask = askOver(socket)
  let place = 0

  return {
    socket: socketPath,
    async show(film) {
      if (isGone) return
      const { data } = await ask(['get_property', 'time-pos'])
      // None while a film is still loading: it is going to where the one before was.
      if (typeof data === 'number') place = data
      const options = { start: place.toFixed(3) }
      await ask({ name: 'loadfile', url: film, flags: 'replace', options })
    },
    async close() {
      socket.destroy()
      if (!isGone) child.kill()
      await gone
    },
  }
}

async function connectTo(path: string, isGone: () => boolean): Promise<Socket | null> {
  const untilMs = performance.now() + START_MS
  while (!isGone() && performance.now() < untilMs) {
    const socket = await new Promise<Socket | null>((resolve) => {
      const trying = connect(path, () => resolve(trying))
      trying.once('error', () => resolve(null))
    })
    if (socket !== null) return socket.on('error', () => {})
    await wait(RETRY_MS)
  }
  return null
}

/** Sends commands of mpv's JSON protocol; an answer of a player that went away is empty. */
function askOver(socket: Socket): (command: unknown) => Promise<Answer> {
  const waiting = new Map<number, (answer: Answer) => void>()
  let last = 0
  let line = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    line += text
    const lines = line.split('\n')
    line = lines.pop()!
    for (const one of lines) {
      const answer: Answer = JSON.parse(one)
      waiting.get(answer.request_id ?? -1)?.(answer)
    }
  })
  socket.on('close', () => {
    for (const tell of waiting.values()) tell({})
  })
  return (command) =>
    new Promise((resolve) => {
      const request_id = ++last
      waiting.set(request_id, (answer) => {
        waiting.delete(request_id)
        resolve(answer)
      })
      if (socket.destroyed) resolve({})
      else socket.write(`${JSON.stringify({ command, request_id })}\n`)
    })
}
