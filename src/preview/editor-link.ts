// Where editors meet a watch: a socket beside no one else's, one JSON object a line each way.

import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'

const MAX_LINE = 4_096

export type EditorLink = {
  /** Path of the socket; null where there is none (Windows, or another watch of the same script). */
  readonly path: string | null
  /** How many editors are there. */
  readonly editors: number
  /** Asks editors to show a line, from 1. */
  jump(line: number): void
  close(): Promise<void>
}

export type EditorLinkOptions = {
  script: string
  /** Default: `editorSocketPath`. */
  path?: string
  onCursor: (line: number) => void
  onAgain: (isFinal: boolean) => void
}

/**
 * `storyreel-UID/HASH.sock` in XDG_RUNTIME_DIR, else in the folder for temporary files; HASH is the first 16 hex digits of
 * the SHA-256 of the script's real path.
 */
export function editorSocketPath(script: string, env: Readonly<Record<string, string | undefined>>): string {
  const hash = createHash('sha256').update(realPath(script)).digest('hex').slice(0, 16)
  return join(env.XDG_RUNTIME_DIR || tmpdir(), `storyreel-${userInfo().uid}`, `${hash}.sock`)
}

/** @throws Failure (environment) when the socket's folder is open to others. */
export async function openEditorLink(options: EditorLinkOptions): Promise<EditorLink> {
  const path =
    process.platform === 'win32' ? null : (options.path ?? editorSocketPath(options.script, process.env))
  const editors = new Set<Socket>()
  const server = createServer((socket) => {
    editors.add(socket)
    socket.setEncoding('utf8')
    let line = ''
    socket.on('data', (text: string) => {
      line += text
      const lines = line.split('\n')
      line = lines.pop()!
      if (line.length > MAX_LINE) socket.destroy()
      for (const one of lines) hear(one, options)
    })
    socket.on('error', () => {})
    socket.on('close', () => editors.delete(socket))
  })
  const isOpen = path !== null && (await bind(server, path, options.path === undefined))
  const file = realPath(options.script)
  return {
    path: isOpen ? path : null,
    get editors() {
      return editors.size
    },
    jump(line) {
      for (const editor of editors) editor.write(`${JSON.stringify({ jump: { file, line } })}\n`)
    },
    async close() {
      for (const editor of editors) editor.destroy()
      if (isOpen) await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}

/** What is no message of ours is passed over. */
function hear(line: string, { onCursor, onAgain }: EditorLinkOptions): void {
  let message: { cursor?: { line?: unknown }; again?: { isFinal?: unknown } } | null
  try {
    message = JSON.parse(line)
  } catch {
    return
  }
  const at = message?.cursor?.line
  if (typeof at === 'number' && Number.isInteger(at) && at > 0) onCursor(at)
  if (message?.again) onAgain(message.again.isFinal === true)
}

/** False when somebody listens there already. A socket that was left behind is taken over. */
async function bind(
  server: ReturnType<typeof createServer>,
  path: string,
  isOurFolder: boolean,
): Promise<boolean> {
  if (isOurFolder) makePrivateFolder(join(path, '..'))
  if (await isAlive(path)) return false
  rmSync(path, { force: true })
  await new Promise<void>((bound, failed) => {
    server.once('error', (error) =>
      failed(environmentFailure(`can't open the editors' socket ${path}: ${error.message}`)),
    )
    server.listen(path, bound)
  })
  chmodSync(path, 0o600)
  return true
}

function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  if (!stat.isDirectory() || stat.uid !== userInfo().uid || (stat.mode & 0o077) !== 0) {
    throw environmentFailure(
      `the folder ${folder} is open to others`,
      'remove it, or set XDG_RUNTIME_DIR to a folder of your own',
    )
  }
}

const isAlive = (path: string): Promise<boolean> =>
  new Promise((told) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      told(true)
    })
    socket.once('error', () => told(false))
  })

/** A script that is not there yet has the path that it will have. */
function realPath(script: string): string {
  try {
    return realpathSync(script)
  } catch {
    return resolve(script)
  }
}
