// Starts and ends the processes that sessions live in.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { closeMailbox, openMailbox } from './mailbox.js'

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url))

const alive = new Set<ChildProcess>()

const killAll = () => {
  for (const child of alive) child.kill('SIGKILL')
}

/** Where a worker finds the mailbox that `startWorker` was given. */
const MAILBOX_IN_WORKER = 4

export type StartedWorker = {
  child: ChildProcess
  /** Here and in the worker. */
  mailbox: { here: number | null; there: number | null }
  /** The end of what the runtime printed, where that is listened to. */
  printed(): string
}

const PRINTED_LENGTH = 4096

/** A worker that dies with this process: at once when this one exits, after its run when this one is killed. */
export function startWorker({ listens }: { listens: boolean }): StartedWorker {
  const mailbox = openMailbox()
  const child = fork(WORKER, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', listens ? 'pipe' : 'ignore', 'ipc', mailbox ?? 'ignore'],
  })
  let printed = ''
  if (child.stderr instanceof Socket) {
    child.stderr.unref()
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-PRINTED_LENGTH)
    })
  }
  if (alive.size === 0) process.on('exit', killAll)
  alive.add(child)
  child.once('close', () => {
    alive.delete(child)
    closeMailbox(mailbox)
    if (alive.size === 0) process.off('exit', killAll)
  })
  return {
    child,
    mailbox: { here: mailbox, there: mailbox === null ? null : MAILBOX_IN_WORKER },
    printed: () => printed,
  }
}

/** Ends it whatever it is doing. */
export async function killWorker(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.ref()
  child.kill('SIGKILL')
  await gone
}

/** Whether a worker keeps this process from ending by itself. */
export function holdOpen(child: ChildProcess, isHeld: boolean): void {
  if (isHeld) {
    child.ref()
    child.channel?.ref()
  } else {
    child.unref()
    child.channel?.unref()
  }
}
