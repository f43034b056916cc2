// Child processes that never outlive us: whatever way this process ends in, the ones still alive are killed.

import { type ChildProcess, spawn } from 'node:child_process'
import type { Child, ChildResult } from './host.js'

const STDERR_KEPT = 8 * 1024
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const alive = new Set<ChildProcess>()

/** Starts a program without a shell. The promise `done` never goes unhandled, even when nobody awaits it. */
export function startChild(command: string, args: readonly string[]): Child {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], shell: false, windowsHide: true })
  keep(child)
  let stderrTail = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-STDERR_KEPT)
  })
  // A closed pipe is told to the writer by the callback of its write; as an event without a listener it would be fatal.
  child.stdin.on('error', () => {})
  child.stdout.on('error', () => {})
  child.stderr.on('error', () => {})
  const done = new Promise<ChildResult>((resolve, reject) => {
    child.once('error', (error) => {
      forget(child)
      // `error` is also told for a kill or a message that failed; only a process that never was has no end.
      if (child.pid === undefined) reject(error)
    })
    child.once('close', (code, signal) => {
      forget(child)
      resolve({ code, signal, stderrTail })
    })
  })
  done.catch(() => {})
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    done,
    kill: (signal = 'SIGTERM') => void child.kill(signal),
  }
}

function keep(child: ChildProcess): void {
  if (alive.size === 0) {
    process.on('exit', killAll)
    for (const signal of ENDING_SIGNALS) process.on(signal, endBySignal)
  }
  alive.add(child)
}

function forget(child: ChildProcess): void {
  if (!alive.delete(child) || alive.size > 0) return
  process.off('exit', killAll)
  for (const signal of ENDING_SIGNALS) process.off(signal, endBySignal)
}

function killAll(): void {
  for (const child of alive) child.kill('SIGKILL')
}

/** Somebody else who listens to the signal decides what it means; without one it must still end us. */
function endBySignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  killAll()
  process.off(signal, endBySignal)
  process.kill(process.pid, signal)
}
