// Files and JSON over HTTP: proxies, redirects, silence, and which failures are worth another try.

import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'
import { environmentFailure, Failure, interrupted } from '../diagnostic/failure.js'
import { printable } from '../diagnostic/make.js'
import type { Host } from '../host/host.js'
import { proxyFor } from './proxies.js'

const MOST_REDIRECTS = 10
const MOST_TRIES = 5
const LONGEST_WAIT_MS = 60_000
const CONNECT_TIMEOUT_MS = 15_000
const LARGEST_JSON_BYTES = 64 * 1024 ** 2

export type WebOptions = {
  /** Sent as a bearer token to this origin only, wherever redirects lead. */
  credentials: { origin: string; token: string } | null
  /** How long a connection may be silent. */
  timeoutMs: number
  /** Before the second try; it doubles from try to try. */
  firstPauseMs?: number
  userAgent: string
}

export type WebResponse = {
  status: number
  headers: Headers
  /** Rejects with a `PassingTrouble` when it is cut, stalls or ends early. */
  body: AsyncIterable<Buffer>
  /** For a body that nobody reads. */
  discard(): void
  /** Headers that a hub sets on the way to the file's last address, such as x-linked-etag. */
  linked: Headers
}

export type WebRequest = {
  method?: 'GET' | 'HEAD'
  headers?: Record<string, string>
  signal: AbortSignal
  /** What an answer that is no success means; null for what is said of it in general. */
  refuse?: (status: number, headers: Headers) => Failure | null
}

export type WebClient = {
  /** One try. Rejects with a `PassingTrouble` when another may do better, else with a Failure. */
  send(url: string, request: WebRequest): Promise<WebResponse>
  /** With tries. The parsed body, and the headers. */
  json(url: string, request: WebRequest): Promise<{ value: unknown; headers: Headers }>
  /** Runs `once` until it succeeds; after trouble that brought no `progress()` for 5 times, fails with the last one. */
  withTries<T>(
    doing: string,
    signal: AbortSignal,
    once: (progress: () => void) => Promise<T>,
    onTrouble?: (reason: string, waitMs: number) => void,
  ): Promise<T>
  close(): Promise<void>
}

/** Trouble that may pass: `waitMs` is how long the server asks to wait, null when it doesn't say. */
export class PassingTrouble extends Error {
  readonly waitMs: number | null
  readonly hint: string | null
  constructor(message: string, waitMs: number | null = null, hint: string | null = null) {
    super(message)
    this.name = 'PassingTrouble'
    this.waitMs = waitMs
    this.hint = hint
  }
}

export function openWebClient(host: Pick<Host, 'env'>, options: WebOptions): WebClient {
  const dispatchers = new Map<string, Dispatcher>()

  function dispatcherFor(url: URL): Dispatcher {
    const proxy = proxyFor(url, host.env)
    const key = proxy?.href ?? ''
    let dispatcher = dispatchers.get(key)
    if (dispatcher === undefined) {
      const connect = { timeout: CONNECT_TIMEOUT_MS }
      dispatcher =
        proxy === null
          ? new Agent({ connect })
          : new ProxyAgent({ uri: proxy.href, proxyTunnel: false, requestTls: connect, proxyTls: connect })
      dispatchers.set(key, dispatcher)
    }
    return dispatcher
  }

  async function sendOnce(url: URL, { method = 'GET', headers = {}, signal }: WebRequest) {
    const { credentials, timeoutMs, userAgent } = options
    const isOwn = credentials !== null && url.origin === credentials.origin
    try {
      return await request(url, {
        method,
        headers: {
          'user-agent': userAgent,
          // A compressed answer could not be told from one that was cut, nor asked for in parts.
          'accept-encoding': 'identity',
          ...(isOwn ? { authorization: `Bearer ${credentials.token}` } : {}),
          ...headers,
        },
        dispatcher: dispatcherFor(url),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal,
      })
    } catch (error) {
      throw troubleOf(error, url, signal)
    }
  }

  async function send(address: string, what: WebRequest): Promise<WebResponse> {
    let url = new URL(address)
    const linked = new Headers()
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const answer = await sendOnce(url, what)
      const headers = headersOf(answer.headers)
      for (const [name, value] of headers) if (name.startsWith('x-linked-')) linked.set(name, value)
      const { statusCode: status } = answer
      // Told to who reads the body; as an event without a listener it would be fatal.
      answer.body.on('error', () => {})
      const discard = () => void answer.body.destroy()
      if (status >= 200 && status < 300)
        return { status, headers, body: chunksOf(answer.body, url, what.signal), discard, linked }
      discard()
      const location = headers.get('location')
      if (status < 300 || status >= 400 || location === null) throw refusalOf(status, headers, url, what)
      if (!URL.canParse(location, url.href)) throw webFailure(`${url.host} redirects to no address`)
      url = new URL(location, url)
      if (!/^https?:$/.test(url.protocol)) throw webFailure(`${url.host} redirects away from HTTP`)
    }
    throw webFailure(`${new URL(address).host} redirects in circles`)
  }

  async function withTries<T>(
    doing: string,
    signal: AbortSignal,
    once: (progress: () => void) => Promise<T>,
    onTrouble: (reason: string, waitMs: number) => void = () => {},
  ): Promise<T> {
    const { firstPauseMs = 500 } = options
    for (let tries = 1; ; tries++) {
      if (signal.aborted) throw interrupted()
      try {
        return await once(() => {
          tries = 1
        })
      } catch (error) {
        if (signal.aborted) throw interrupted()
        if (!(error instanceof PassingTrouble)) throw error
        const waitMs = error.waitMs ?? firstPauseMs * 2 ** (tries - 1)
        if (waitMs > LONGEST_WAIT_MS) {
          const seconds = Math.ceil(waitMs / 1000)
          throw environmentFailure(
            `${doing}: ${error.message}; it asks to wait ${seconds} s before the next try`,
            'try again then: what is downloaded is kept. A token (HF_TOKEN) may allow more',
            error,
          )
        }
        if (tries >= MOST_TRIES) {
          throw environmentFailure(
            `${doing}: ${error.message}, ${MOST_TRIES} times`,
            error.hint ?? 'look at the network and try again: what is downloaded is kept',
            error,
          )
        }
        onTrouble(error.message, waitMs)
        await pause(waitMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  const json: WebClient['json'] = (url, what) =>
    withTries(`asking ${new URL(url).host}`, what.signal, async () => {
      const { body, headers } = await send(url, what)
      const text = await readText(body)
      try {
        return { value: JSON.parse(text) as unknown, headers }
      } catch {
        throw isWebPage(headers, text) ? webPageFailure(new URL(url)) : damagedAnswer(new URL(url))
      }
    })

  return {
    send,
    json,
    withTries,
    // Connections that are kept alive would keep the process alive too.
    close: async () => void (await Promise.all([...dispatchers.values()].map((d) => d.destroy()))),
  }
}

/** A login page of a network, or a proxy's error, where data should be. */
export const webPageFailure = (url: URL): Failure =>
  webFailure(
    `${url.host} answered with a web page where data should be`,
    'is HF_ENDPOINT right, and does the network ask for a login?',
  )

export const isWebPage = (headers: Headers, start = ''): boolean =>
  /^text\/html\b/i.test(headers.get('content-type') ?? '') || /^\s*<(?:!doctype|html)/i.test(start)

const damagedAnswer = (url: URL): Failure =>
  webFailure(`${url.host} answered with something that is no JSON`, 'is HF_ENDPOINT the address of a hub?')

const webFailure = (message: string, hint: string | null = null): Failure => environmentFailure(message, hint)

function headersOf(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue
    // What a server sends may be more than the type takes.
    headers.set(
      name,
      [value]
        .flat()
        .join(', ')
        .replace(/[^\t\u0020-\u007e]/g, '?'),
    )
  }
  return headers
}

async function* chunksOf(body: Readable, url: URL, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>
  } catch (error) {
    throw troubleOf(error, url, signal)
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > LARGEST_JSON_BYTES) throw webFailure('the hub answers with more than a file list can be')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusalOf(status: number, headers: Headers, url: URL, what: WebRequest): Error {
  const own = what.refuse?.(status, headers) ?? null
  if (own !== null) return own
  const said = headers.get('x-error-message')
  const message = `${url.host} answered ${status}${said ? ` (${printable(said)})` : ''}`
  if (status === 429) {
    const hint = 'wait a while: what is downloaded is kept. A token (HF_TOKEN) may allow more'
    return new PassingTrouble(`${url.host} has had too many requests (429)`, askedWaitMs(headers), hint)
  }
  if (status === 408 || status >= 500) return new PassingTrouble(message, askedWaitMs(headers))
  return webFailure(message)
}

/** Retry-After in seconds or as a date (RFC 9110 §10.2.3), else the reset of an exhausted RateLimit; at least 0. */
export function askedWaitMs(headers: Headers, nowMs = Date.now()): number | null {
  const after = headers.get('retry-after')?.trim()
  if (after) {
    const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - nowMs
    if (Number.isFinite(ms)) return Math.max(0, ms)
  }
  const limit = /;\s*r=0\s*;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')
  return limit ? Number(limit[1]) * 1000 : null
}

const TROUBLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection',
  ECONNRESET: 'cut the connection',
  EPIPE: 'cut the connection',
  UND_ERR_SOCKET: 'cut the connection',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cut the connection',
  ETIMEDOUT: 'does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'does not answer',
  UND_ERR_BODY_TIMEOUT: 'stalls',
  EAI_AGAIN: 'cannot be found: the name service does not answer',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
}

function troubleOf(error: unknown, url: URL, signal: AbortSignal): Error {
  if (signal.aborted) return interrupted()
  if (error instanceof Failure || error instanceof PassingTrouble) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND') {
    return webFailure(`there is no host called ${url.hostname}`, 'look at HF_ENDPOINT and at the network')
  }
  const known = TROUBLE[code ?? '']
  if (known !== undefined) return new PassingTrouble(`${url.host} ${known}`)
  if (/^(?:ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_SSL|EPROTO)/.test(code ?? '')) {
    return webFailure(
      `no safe connection to ${url.host}: ${message}`,
      'NODE_EXTRA_CA_CERTS names the certificate of a proxy that opens connections',
    )
  }
  return new PassingTrouble(`${url.host}: ${message || code || String(error)}`)
}
