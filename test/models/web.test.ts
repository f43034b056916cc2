// Requests through proxies and redirects, and files that arrive in pieces, over real connections.

import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request as plainRequest, type Server } from 'node:http'
import { createServer as createSafeServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { downloadFile } from '../../src/models/download.js'
import { proxyFor } from '../../src/models/proxies.js'
import { createSlots } from '../../src/models/slots.js'
import { askedWaitMs, openWebClient, type WebClient } from '../../src/models/web-client.js'
import { type Fault, type HubServer, openHubServer, sha256 } from './hub-server.js'
import { noiseBytes } from './tiny-files.js'

let hub: HubServer
let web: WebClient
let folder: string
let controller: AbortController
beforeEach(async () => {
  hub = await openHubServer()
  web = openClient()
  folder = await mkdtemp(join(tmpdir(), 'storyreel-web-'))
  controller = new AbortController()
})
afterEach(async () => {
  await web.close()
  await hub.close()
  await rm(folder, { recursive: true })
})

const openClient = (env: Record<string, string> = {}) =>
  openWebClient(
    { env },
    {
      credentials: { origin: hub.endpoint, token: hub.token },
      timeoutMs: 400,
      firstPauseMs: 1,
      userAgent: 'storyreel/test',
    },
  )

const SIZE = 1_000_000
const PIECE = 150_000
const bytes = noiseBytes(SIZE)

describe('downloading', () => {
  let counted: number
  const download = async (of: { size?: number; web?: WebClient } = {}) => {
    counted = 0
    const path = join(folder, 'file.part')
    await downloadFile(
      { url: `${hub.endpoint}/o/n/resolve/main/w.pb`, name: 'w.pb', size: of.size ?? SIZE, identity: 'x' },
      path,
      {
        web: of.web ?? web,
        slots: createSlots(3),
        signal: controller.signal,
        onBytes: (n) => {
          counted += n
        },
        onTrouble: () => {},
        pieceBytes: PIECE,
      },
    )
    return readFile(path)
  }
  const ranges = () => hub.asked.filter(({ isCdn }) => isCdn).map(({ range }) => range)
  /** Meets the first `count` requests for bytes. */
  const first = (count: number, fault: Fault) => {
    let met = 0
    hub.fault = ({ isCdn }) => (isCdn && met++ < count ? fault : null)
  }
  beforeEach(() => {
    hub.repos['o/n'] = { files: { 'w.pb': bytes } }
  })

  test('in parallel ranges, byte for byte, the token never beyond its origin', async () => {
    expect((await download()).equals(bytes)).toBe(true)
    expect(counted).toBe(SIZE)
    expect(ranges().sort()).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((i) => `bytes=${i * PIECE}-${Math.min(SIZE, (i + 1) * PIECE) - 1}`),
    )
    expect(hub.asked.every(({ isCdn, token }) => token === (isCdn ? null : `Bearer ${hub.token}`))).toBe(true)
  })
  test('goes on where the connection was cut', async () => {
    first(4, { kind: 'cut', afterBytes: 100_000 })
    expect((await download()).equals(bytes)).toBe(true)
    expect(ranges().filter((range) => Number(/\d+/.exec(range!)![0]) % PIECE === 100_000)).not.toEqual([])
  })
  test('tries again when it stalls, before and within the body', async () => {
    let met = 0
    hub.fault = ({ isCdn }) =>
      !isCdn ? null : met++ === 0 ? { kind: 'silence' } : met === 2 ? { kind: 'stall', afterBytes: 10 } : null
    expect((await download()).equals(bytes)).toBe(true)
  })
  test('gives up after some tries, and the next call goes on', async () => {
    hub.fault = ({ isCdn }) => (isCdn ? { kind: 'cut', afterBytes: 20_000 } : null)
    await expect(download()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/cut the connection/),
    })
    const before = hub.asked.length
    hub.fault = () => null
    expect((await download()).equals(bytes)).toBe(true)
    const begun = hub.asked.slice(before).filter(({ isCdn }) => isCdn)
    expect(begun.some(({ range }) => Number(/\d+/.exec(range!)![0]) % PIECE !== 0)).toBe(true)
  })
  test('a server without ranges gives the whole file', async () => {
    hub.fault = ({ isCdn }) => (isCdn ? { kind: 'no ranges' } : null)
    expect((await download()).equals(bytes)).toBe(true)
    expect(counted).toBe(SIZE)
  })
  test.each([
    ['a longer file', SIZE + 5],
    ['a shorter one', SIZE - 5],
    ['one that ends before the range', 10],
  ])('%s than was listed is a lie', async (_, length) => {
    hub.fault = ({ isCdn }) => (isCdn ? { kind: 'length', bytes: length } : null)
    await expect(download()).rejects.toMatchObject({
      message: expect.stringMatching(/lists w\.pb with 1000000 bytes, but/),
    })
  })
  test('a web page is no file', async () => {
    first(99, { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>login' })
    await expect(download()).rejects.toMatchObject({ message: expect.stringMatching(/web page/) })
  })
  test('an interruption ends it at once and keeps what is there', async () => {
    hub.fault = ({ isCdn }) => (isCdn ? { kind: 'stall', afterBytes: 70_000 } : null)
    const running = download()
    while (counted < 70_000) await new Promise((go) => setTimeout(go, 5))
    controller.abort()
    await expect(running).rejects.toMatchObject({ exitCode: 130 })
    const journal = JSON.parse(await readFile(join(folder, 'file.part.pieces'), 'utf8'))
    expect(journal.pieces.some(([, , done]: number[]) => done! >= 65_536)).toBe(true)
  })
  test('an empty file needs no request', async () => {
    expect(await download({ size: 0 })).toHaveLength(0)
    expect(hub.asked).toEqual([])
  })

  test('429: waits as asked, but not for ever', async () => {
    first(2, { kind: 'answer', status: 429, headers: { 'retry-after': '0' } })
    expect((await download()).equals(bytes)).toBe(true)
    first(99, { kind: 'answer', status: 429, headers: { 'retry-after': '3600' } })
    await rm(join(folder, 'file.part'))
    await expect(download()).rejects.toMatchObject({
      message: expect.stringMatching(/too many requests.*wait 3600 s/),
    })
  })
  test('503 for a while', async () => {
    first(4, { kind: 'answer', status: 503 })
    expect(sha256(await download())).toBe(sha256(bytes))
  })
})

describe('connections that are not safe', () => {
  const hasOpenssl = spawnSync('openssl', ['version']).status === 0
  const ask = async (address: string) => {
    const failure = await web.json(address, { signal: controller.signal }).catch((error) => error)
    expect(failure).toMatchObject({ exitCode: 3, message: expect.stringMatching(/^no safe connection to /) })
    return failure
  }

  test('a server that speaks no TLS: told at once', async () => {
    await ask(hub.endpoint.replace('http:', 'https:'))
    expect(hub.asked).toEqual([])
  })
  test.skipIf(!hasOpenssl)(
    'a certificate that nobody vouches for: told at once, and the token stays here',
    async () => {
      const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name))
      const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '1']
      expect(spawnSync('openssl', [...made, '-keyout', key!, '-out', cert!]).status).toBe(0)
      const asked: (string | undefined)[] = []
      const server = createSafeServer(
        { key: await readFile(key!), cert: await readFile(cert!) },
        (request, response) => {
          asked.push(request.headers.authorization)
          response.end('{}')
        },
      )
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      const { port } = server.address() as AddressInfo
      const failure = await ask(`https://127.0.0.1:${port}/`)
      expect(failure.hint).toMatch(/NODE_EXTRA_CA_CERTS/)
      expect(asked).toEqual([])
      server.close()
    },
  )
})

describe('waits that servers ask for', () => {
  test('in seconds, as a date, by their rate limit', () => {
    const wait = (headers: Record<string, string>, now = 0) => askedWaitMs(new Headers(headers), now)
    expect(wait({ 'retry-after': '7' })).toBe(7000)
    expect(wait({ 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' }, 4000)).toBe(5000)
    expect(wait({ 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' }, 4000)).toBe(0)
    expect(wait({ ratelimit: '"api";r=0;t=55' })).toBe(55_000)
    expect(wait({ ratelimit: '"api";r=9;t=55' })).toBeNull()
    expect(wait({ 'retry-after': 'soon' })).toBeNull()
  })
})

describe('proxies', () => {
  const through = (address: string, env: Record<string, string>) =>
    proxyFor(new URL(address), env)?.host ?? null
  test('by the scheme, with exceptions', () => {
    const env = {
      HTTPS_PROXY: 'http://s:1',
      http_proxy: 'p:2',
      NO_PROXY: 'in.example, .lan,10.0.0.1:8080 [::1]',
    }
    expect(through('https://hub.example/x', env)).toBe('s:1')
    expect(through('http://hub.example/x', env)).toBe('p:2')
    expect(through('http://in.example/', env)).toBeNull()
    expect(through('http://a.in.example/', env)).toBeNull()
    expect(through('http://notin.example/', env)).toBe('p:2')
    expect(through('http://a.lan/', env)).toBeNull()
    expect(through('http://10.0.0.1:8080/', env)).toBeNull()
    expect(through('http://10.0.0.1/', env)).toBe('p:2')
    expect(through('http://[::1]:9/', env)).toBeNull()
    expect(through('http://a/', { ALL_PROXY: 'http://all:3', NO_PROXY: '*' })).toBeNull()
    expect(through('http://a/', { ALL_PROXY: 'http://all:3' })).toBe('all:3')
  })
  test('one that is no address is refused without showing it', () => {
    expect(() => through('http://a/', { HTTP_PROXY: 'socks5://me:secret@x' })).toThrow(/HTTP_PROXY is no/)
    expect(() => through('http://a/', { HTTP_PROXY: 'socks5://me:secret@x' })).not.toThrow(/secret/)
  })

  describe('on the way', () => {
    let proxy: Server
    let passed: string[]
    let signedIn: (string | undefined)[]
    beforeEach(async () => {
      passed = []
      signedIn = []
      const see = (request: IncomingMessage) => {
        passed.push(request.url!)
        signedIn.push(request.headers['proxy-authorization'])
      }
      proxy = createServer((request, response) => {
        see(request)
        const onward = plainRequest(
          request.url!,
          { method: request.method!, headers: request.headers },
          (answer) => {
            response.writeHead(answer.statusCode!, answer.headers)
            answer.pipe(response)
          },
        )
        request.pipe(onward)
      })
      proxy.on('connect', (request, socket) => {
        see(request)
        const [host, port] = request.url!.split(':')
        const onward = connect(Number(port), host!, () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          onward.pipe(socket).pipe(onward)
        })
        onward.on('error', () => socket.destroy())
        socket.on('error', () => onward.destroy())
      })
      await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done))
    })
    afterEach(() => {
      proxy.closeAllConnections()
      proxy.close()
    })

    test('requests go through it, with its password, and NO_PROXY goes round it', async () => {
      hub.repos['o/n'] = { files: { 'a.json': Buffer.from('{"a": 1}') } }
      const url = `${hub.endpoint}/o/n/resolve/main/a.json`
      const address = `http://me:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`
      const proxied = openClient({ HTTP_PROXY: address })
      const { value } = await proxied.json(url, { signal: controller.signal })
      await proxied.close()
      expect(value).toEqual({ a: 1 })
      expect(passed).toHaveLength(1)
      expect(signedIn[0]).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`)
      const direct = openClient({ HTTP_PROXY: address, NO_PROXY: '127.0.0.1' })
      await direct.json(url, { signal: controller.signal })
      await direct.close()
      expect(passed).toHaveLength(1)
    })
  })
})
