// The page's server: on the loopback interface only, behind a random token. State goes out as server-sent events.

import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import type { OnWatchEvent } from '../watch/events.js'
import { parseRange } from './byte-range.js'
import { admit, SAFE_HEADERS } from './guard.js'
import { advance, openingState, type PageState, patchOf } from './state.js'

const PAGE = new URL('../../src/preview/page/', import.meta.url)
const PAGE_FILES = [
  'index.html',
  'page.css',
  'page.js',
  'film.js',
  'storyboard.js',
  'elements.js',
  'icon.svg',
]
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.mp4': 'video/mp4',
}
/** Changes within this time go out together. */
const BATCH_MS = 8
/** Keeps idle connections, and proxies, awake. */
const HEARTBEAT_MS = 20_000
const MAX_BODY_BYTES = 4_096

export type PreviewOptions = {
  host: Host
  script: string
  /** The film's file. */
  film: string
  /** 0: any free one. */
  port: number
  /** The file of a picture, by its key; null when there is none. */
  pictureOf: (key: string) => Promise<string | null>
  /** The reader wants to see a line of the script, from 1. */
  onJump: (line: number) => void
  onAgain: (isFinal: boolean) => void
}

export type Preview = {
  /** With the token: whoever has it sees the page. */
  readonly url: string
  on: OnWatchEvent
  close(): Promise<void>
}

/** @throws Failure (environment) when the port is taken. */
export async function openPreview(options: PreviewOptions): Promise<Preview> {
  const { host, film } = options
  const token = randomBytes(24).toString('base64url')
  const listeners = new Set<ServerResponse>()
  let state = openingState(options.script, (await host.stat(film)) !== null)
  let sent = state
  let batch: NodeJS.Timeout | undefined

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) refuse(response, 500)
      else response.destroy()
    })
  })
  const address = await listen(server, options.port)
  const heartbeat = setInterval(() => {
    for (const listener of listeners) listener.write(': still here\n\n')
  }, HEARTBEAT_MS)

  const publish = () => {
    batch = undefined
    const patch = patchOf(sent, state)
    sent = state
    if (patch !== null) for (const listener of listeners) listener.write(eventOf(patch))
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request
    const { host: name, origin } = headers
    const site = headers['sec-fetch-site'] as string | undefined
    const path = admit({ method, url, host: name, origin, site }, address.port, token)
    if (path === null) return refuse(response, 403)
    if (method === 'POST') return answerPost(path, request, response)
    if (path === 'events') return answerEvents(response)
    const picture = /^picture\/([0-9a-f]{64})$/.exec(path)?.[1]
    if (picture) {
      const file = await options.pictureOf(picture)
      return file === null
        ? refuse(response, 404)
        : sendFile(file, request, response, 'private, max-age=31536000, immutable')
    }
    // A film that another has replaced is gone: parts of two must not mix.
    if (path === `film/${sent.film}.mp4` || path === `film/${state.film}.mp4`)
      return sendFile(film, request, response)
    const file = path === '' ? 'index.html' : path
    if (!PAGE_FILES.includes(file)) return refuse(response, 404)
    return sendFile(fileURLToPath(new URL(file, PAGE)), request, response)
  }

  const answerEvents = (response: ServerResponse) => {
    response.writeHead(200, {
      ...SAFE_HEADERS,
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
    })
    response.write(eventOf({ set: sent, shots: {} }))
    listeners.add(response)
    response.on('close', () => listeners.delete(response))
  }

  const answerPost = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request)
    if (path === 'jump' && Number.isInteger(body?.line) && body!.line! > 0) options.onJump(body!.line!)
    else if (path === 'again') options.onAgain(body?.isFinal === true)
    else return refuse(response, 400)
    response.writeHead(204, SAFE_HEADERS).end()
  }

  const sendFile = async (
    file: string,
    request: IncomingMessage,
    response: ServerResponse,
    caching = 'no-store',
  ): Promise<void> => {
    const stat = await host.stat(file)
    if (!stat?.isFile) return refuse(response, 404)
    const etag = `"${stat.size}-${stat.mtimeMs}"`
    const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
    const range = isSame ? parseRange(request.headers.range, stat.size) : null
    const head = {
      ...SAFE_HEADERS,
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Cache-Control': caching,
      'Accept-Ranges': 'bytes',
      ETag: etag,
    }
    if (range === 'unsatisfiable') {
      response.writeHead(416, { ...head, 'Content-Range': `bytes */${stat.size}` }).end()
      return
    }
    const { start, end } = range ?? { start: 0, end: stat.size }
    const partial = range ? { 'Content-Range': `bytes ${start}-${end - 1}/${stat.size}` } : {}
    response.writeHead(range ? 206 : 200, { ...head, ...partial, 'Content-Length': end - start })
    if (request.method === 'HEAD' || end === start) {
      response.end()
      return
    }
    const stream = createReadStream(file, { start, end: end - 1 })
    stream.on('error', () => response.destroy())
    response.on('close', () => stream.destroy())
    stream.pipe(response)
  }

  return {
    url: `http://127.0.0.1:${address.port}/${token}/`,
    on(event) {
      state = advance(state, event)
      if (state !== sent) batch ??= setTimeout(publish, BATCH_MS)
    },
    async close() {
      clearInterval(heartbeat)
      clearTimeout(batch)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

const eventOf = (patch: { set: Partial<PageState>; shots: object }) => `data: ${JSON.stringify(patch)}\n\n`

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...SAFE_HEADERS, 'Cache-Control': 'no-store' }).end()
}

/** Null for what is no small JSON object. */
async function readBody(request: IncomingMessage): Promise<{ line?: number; isFinal?: boolean } | null> {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAX_BODY_BYTES) return null
  }
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      reject(
        environmentFailure(
          `can't serve the preview on port ${port}: ${isTaken ? 'something else is there' : error.message}`,
          'choose another --port, or leave it out for a free one',
          error,
        ),
      )
    })
    server.listen(port, '127.0.0.1', () => resolve(server.address() as AddressInfo))
  })
}
