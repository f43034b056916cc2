// A Hugging Face hub on this machine: the parts of its API that getting a model needs, with a second server as the CDN that large
// files are redirected to. That it is faithful is shown by huggingface_hub itself, in hub-faithful.test.ts.

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

export type Repo = {
  /** By path. Those that end in .onnx, .pb, .onnx_data or .safetensors are LFS files, as a hub makes them. */
  files: Record<string, Buffer>
  card?: Record<string, unknown>
  /** Given only to those with the token. */
  isGated?: boolean
  /** Branches and tags besides main. */
  refs?: string[]
}

export type Asked = {
  method: string
  path: string
  range: string | null
  token: string | null
  isCdn: boolean
}

/** What a request meets instead of a good answer; null for the good answer. */
export type Fault =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** Nothing is ever sent. */
  | { kind: 'silence' }
  /** So many bytes of the body, then the connection is cut, or silent. */
  | { kind: 'cut' | 'stall'; afterBytes: number }
  /** The whole file with status 200, whatever range was asked for. */
  | { kind: 'no ranges' }
  /** Wrong bytes of the right length. */
  | { kind: 'damage' }
  /** Another length than listed, in the headers and in the body. */
  | { kind: 'length'; bytes: number }

export type HubServer = {
  endpoint: string
  repos: Record<string, Repo>
  asked: Asked[]
  fault: (asked: Asked) => Fault | null
  /** Changes an answer of the API before it is sent. */
  edit: (path: string, value: unknown) => unknown
  /** Entries of a file list on one page. */
  pageSize: number
  token: string
  commitOf(repo: string): string
  close(): Promise<void>
}

/** Each buffer is read once, however often its digest is asked for. */
function remembered(digest: (data: Buffer) => string): (data: Buffer) => string {
  const known = new WeakMap<Buffer, string>()
  return (data) => {
    const hex = known.get(data) ?? digest(data)
    known.set(data, hex)
    return hex
  }
}

export const sha256 = remembered((data) => createHash('sha256').update(data).digest('hex'))
export const gitDigest = remembered((data) =>
  createHash('sha1').update(`blob ${data.length}\0`).update(data).digest('hex'),
)
const isLfs = (path: string): boolean => /\.(?:onnx|pb|onnx_data|safetensors|bin)$/.test(path)

export async function openHubServer(): Promise<HubServer> {
  const cdn = createServer((request, response) => void serve(request, response, true))
  const front = createServer((request, response) => void serve(request, response, false))
  const [endpoint, cdnOrigin] = await Promise.all([listen(front), listen(cdn)])

  const hub: HubServer = {
    endpoint,
    repos: {},
    asked: [],
    fault: () => null,
    edit: (_path, value) => value,
    pageSize: 1000,
    token: 'hf_right',
    commitOf: (repo) => commitOf(hub.repos[repo]!),
    async close() {
      for (const server of [front, cdn]) server.closeAllConnections()
      await Promise.all([front, cdn].map((server) => new Promise((done) => server.close(done))))
    },
  }

  const sendJson = (response: ServerResponse, path: string, value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(hub.edit(path, value)))
  }

  async function serve(request: IncomingMessage, response: ServerResponse, isCdn: boolean): Promise<void> {
    const url = new URL(request.url!, endpoint)
    const asked: Asked = {
      method: request.method!,
      path: url.pathname + url.search,
      range: request.headers.range ?? null,
      token: request.headers.authorization ?? null,
      isCdn,
    }
    hub.asked.push(asked)
    const fault = hub.fault(asked)
    if (fault?.kind === 'silence') return
    if (fault?.kind === 'answer') {
      response.writeHead(fault.status, fault.headers)
      response.end(fault.body ?? '')
      return
    }
    if (isCdn) return serveCdn(url, request, response, fault)
    const path = url.pathname
    const api = /^\/api\/models\/([^/]+\/[^/]+)(?:\/(revision|tree)\/([^/]+))?$/.exec(path)
    if (api) {
      return serveApi(
        api[1]!,
        api[2] ?? 'revision',
        decodeURIComponent(api[3] ?? 'main'),
        url,
        request,
        response,
      )
    }
    if (path === '/api/models') {
      const search = url.searchParams.get('search')?.toLowerCase() ?? ''
      const found = Object.keys(hub.repos).filter((id) => id.toLowerCase().includes(search))
      return sendJson(
        response,
        path,
        found.map((id) => ({ id, modelId: id })),
      )
    }
    const resolve = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path)
    if (!resolve) return refuse(response, 404, 'RepoNotFound', 'Repository not found')
    const repo = findRepo(resolve[1]!, decodeURIComponent(resolve[2]!), request, response)
    if (repo === null) return
    const name = decodeURIComponent(resolve[3]!)
    const data = repo.files[name]
    if (data === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found')
    response.setHeader('X-Repo-Commit', commitOf(repo))
    if (isLfs(name)) {
      response.setHeader('X-Linked-Size', String(data.length))
      response.setHeader('X-Linked-Etag', `"${sha256(data)}"`)
      response.writeHead(302, { Location: `${cdnOrigin}/${sha256(data)}?signed=1` })
      response.end()
      return
    }
    response.setHeader('ETag', `"${gitDigest(data)}"`)
    sendBytes(data, request, response, fault)
  }

  function serveCdn(url: URL, request: IncomingMessage, response: ServerResponse, fault: Fault | null): void {
    const wanted = url.pathname.slice(1)
    for (const repo of Object.values(hub.repos)) {
      for (const data of Object.values(repo.files)) {
        if (sha256(data) !== wanted || url.searchParams.get('signed') !== '1') continue
        response.setHeader('ETag', `"${gitDigest(data).slice(0, 32)}"`)
        sendBytes(data, request, response, fault)
        return
      }
    }
    response.writeHead(403).end('no signature')
  }

  function serveApi(
    id: string,
    kind: string,
    revision: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const repo = findRepo(id, revision, request, response)
    if (repo === null) return
    const entries = Object.entries(repo.files).sort(([a], [b]) => (a < b ? -1 : 1))
    if (kind === 'revision') {
      const license = repo.card?.license
      sendJson(response, url.pathname, {
        id,
        modelId: id,
        sha: commitOf(repo),
        private: false,
        gated: repo.isGated ? 'auto' : false,
        tags: ['onnx', ...(typeof license === 'string' ? [`license:${license}`] : [])],
        cardData: repo.card,
        siblings: entries.map(([rfilename]) => ({ rfilename })),
      })
      return
    }
    const folders = new Set(entries.flatMap(([path]) => parentsOf(path)))
    const all = [
      ...[...folders].map((path) => ({ type: 'directory', oid: '0'.repeat(40), size: 0, path })),
      ...entries.map(([path, data]) => ({
        type: 'file',
        oid: gitDigest(isLfs(path) ? Buffer.from(`pointer to ${sha256(data)}`) : data),
        size: data.length,
        path,
        ...(isLfs(path) ? { lfs: { oid: sha256(data), size: data.length, pointerSize: 134 } } : {}),
      })),
    ]
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const to = from + hub.pageSize
    if (to < all.length) {
      const next = new URL(url)
      next.searchParams.set('cursor', String(to))
      response.setHeader('Link', `<${next.href}>; rel="next"`)
    }
    sendJson(response, url.pathname, all.slice(from, to))
  }

  function findRepo(
    id: string,
    revision: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Repo | null {
    const token = request.headers.authorization
    const isMember = token === `Bearer ${hub.token}`
    if (token !== undefined && !isMember) {
      refuse(response, 401, '', 'Invalid credentials in Authorization header')
      return null
    }
    const repo = hub.repos[id]
    if (repo === undefined) {
      // Without a token the hub doesn't tell a missing model from a private one.
      if (isMember) refuse(response, 404, 'RepoNotFound', 'Repository not found')
      else refuse(response, 401, 'RepoNotFound', 'Repository not found')
      return null
    }
    if (revision !== 'main' && revision !== commitOf(repo) && !repo.refs?.includes(revision)) {
      refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`)
      return null
    }
    if (repo.isGated && !isMember && /\/resolve\//.test(request.url!)) {
      refuse(response, 401, 'GatedRepo', `Access to model ${id} is restricted.`)
      return null
    }
    return repo
  }

  return hub
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { ...(code ? { 'X-Error-Code': code } : {}), 'X-Error-Message': message })
  response.end(JSON.stringify({ error: message }))
}

function sendBytes(
  whole: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | null,
): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  let data = whole
  if (fault?.kind === 'damage') data = Buffer.from(whole.map((byte) => byte ^ 1))
  if (fault?.kind === 'length')
    data = Buffer.concat([whole, Buffer.alloc(Math.max(0, fault.bytes - whole.length))]).subarray(
      0,
      fault.bytes,
    )
  response.setHeader('accept-ranges', 'bytes')
  let part = data
  let status = 200
  if (range && fault?.kind !== 'no ranges') {
    const start = Number(range[1])
    const end = range[2] ? Math.min(Number(range[2]) + 1, data.length) : data.length
    if (start >= data.length) {
      response.writeHead(416, { 'content-range': `bytes */${data.length}` }).end()
      return
    }
    status = 206
    part = data.subarray(start, end)
    response.setHeader('content-range', `bytes ${start}-${end - 1}/${data.length}`)
  }
  // Hubs compress small texts for those who allow it; then nobody says how long they are.
  if (/\bgzip\b/.test(String(request.headers['accept-encoding'])) && status === 200 && whole.length < 1e5) {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(request.method === 'HEAD' ? undefined : gzipSync(part))
    return
  }
  response.writeHead(status, { 'content-length': String(part.length) })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  if (fault?.kind !== 'cut' && fault?.kind !== 'stall') {
    response.end(part)
    return
  }
  response.write(part.subarray(0, fault.afterBytes), () => {
    if (fault.kind === 'cut') response.socket?.end()
  })
}

const commitOf = (repo: Repo): string => {
  const hash = createHash('sha1')
  for (const path of Object.keys(repo.files).sort()) hash.update(`${path} ${sha256(repo.files[path]!)}\n`)
  return hash.digest('hex')
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

async function listen(server: Server): Promise<string> {
  // A slow client must not find its connection closed between two requests.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
