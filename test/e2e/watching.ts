// Runs `storyreel watch` and waits for what it tells.

import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WatchEvent } from '../../src/watch/events.js'
import { type Place, program } from './storyreel.js'

export type Watching = {
  child: ChildProcess
  events: WatchEvent[]
  /** The first event of a kind from number `from` on; also one that was told before. Fails when watching ends. */
  until<Kind extends WatchEvent['event']>(
    kind: Kind,
    options?: { from?: number; where?: (event: WatchEvent & { event: Kind }) => boolean },
  ): Promise<WatchEvent & { event: Kind }>
  /** Resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

export function startWatching(place: Place, args: string[], env: Record<string, string> = {}): Watching {
  const child = spawn(process.execPath, [program, 'watch', ...args, '--progress', 'json'], {
    cwd: place.folder,
    env: { PATH: process.env.PATH, HOME: place.folder, STORYREEL_CACHE_DIR: place.file('cache'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const events: WatchEvent[] = []
  let look = () => {}
  let stderr = ''
  let line = ''
  child.stderr.on('data', (data) => {
    stderr += data
    line += data
    const lines = line.split('\n')
    line = lines.pop()!
    for (const text of lines) if (text.startsWith('{')) events.push(JSON.parse(text))
    look()
  })
  const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  closed.then(() => look())
  return {
    child,
    events,
    until: (kind, { from = 0, where = () => true } = {}) =>
      new Promise((resolve, reject) => {
        let at = from
        const before = look
        look = () => {
          before()
          for (; at < events.length; at++) {
            const event = events[at]!
            if (event.event === kind && where(event as never)) {
              look = before
              return resolve(event as never)
            }
          }
          if (child.exitCode !== null || child.signalCode !== null) {
            reject(new Error(`watching ended before '${kind}': ${stderr}`))
          }
        }
        look()
      }),
    end(signal = 'SIGINT') {
      child.kill(signal)
      return closed
    },
  }
}

/** Processes below `root` (Linux). */
export function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const fields = readFileSync(join('/proc', name, 'stat'), 'utf8')
        .split(') ')
        .at(-1)!
        .split(' ')
      if (fields[0] !== 'Z') parents.set(Number(name), Number(fields[1]))
    } catch {
      // It has just ended.
    }
  }
  const below = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent === root || (parent !== undefined && parent > 1 && below(parent))
  }
  return [...parents.keys()].filter(below)
}
