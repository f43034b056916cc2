// Runs the built program as a user does, in a folder of its own.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RenderEvent } from '../../src/render/events.js'

export const program = new URL('../../bin/storyreel.js', import.meta.url).pathname

export type Run = { code: number | null; stdout: string; stderr: string; events: RenderEvent[] }

export type Place = {
  folder: string
  file(name: string): string
  write(name: string, text: string): string
  run(args: string[], options?: RunOptions): Promise<Run>
  remove(): void
}

export type RunOptions = {
  stdin?: string
  env?: Record<string, string>
  /** Called with each progress event, and with a way to send a signal. */
  onEvent?: (event: RenderEvent, kill: (signal: NodeJS.Signals) => void) => void
}

/** A temporary folder with its own cache and home. */
export function openPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-e2e-'))
  return {
    folder,
    file: (name) => join(folder, name),
    write(name, text) {
      writeFileSync(join(folder, name), text)
      return join(folder, name)
    },
    run: (args, options = {}) => runStoryreel(folder, args, options),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function runStoryreel(folder: string, args: string[], { stdin, env, onEvent }: RunOptions): Promise<Run> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, STORYREEL_CACHE_DIR: join(folder, 'cache'), ...env },
  })
  child.stdin.end(stdin ?? '')
  const run: Run = { code: null, stdout: '', stderr: '', events: [] }
  let line = ''
  child.stdout.on('data', (data) => (run.stdout += data))
  child.stderr.on('data', (data) => {
    run.stderr += data
    line += data
    const lines = line.split('\n')
    line = lines.pop()!
    for (const text of lines.filter((l) => l.startsWith('{'))) {
      const event = JSON.parse(text)
      run.events.push(event)
      onEvent?.(event, (signal) => child.kill(signal))
    }
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...run, code }))
  })
}

/** A small film, quick to paint: `shots` are lines of YAML below `shots:`. */
export const smallFilm = (shots: readonly string[], head: readonly string[] = []): string =>
  [
    'title: Small',
    'size: 320x192',
    'fps: 12',
    'steps: 1',
    ...head,
    'shots:',
    ...shots.map((s) => `  - ${s}`),
    '',
  ].join('\n')
