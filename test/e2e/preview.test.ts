import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noChromium, openChromium } from './chromium.js'
import * as inPage from './in-page.js'
import { openPlace, type Place, smallFilm } from './storyreel.js'
import { startWatching, type Watching } from './watching.js'

let place: Place
let watching: Watching
let url: string
let socketPath: string

const script = (word: string, more = '') =>
  smallFilm([
    '{id: one, prompt: a fox in a meadow, duration: 12f}',
    `{id: two, prompt: a ${word} on the sea, duration: 12f${more}}`,
    ...Array.from({ length: 8 }, (_, i) => `{id: more${i}, prompt: a lighthouse, seed: ${i}, duration: 2f}`),
  ])
const save = (word: string, more = '') => place.write('film.yaml', script(word, more))

beforeAll(async () => {
  place = openPlace()
  save('boat')
  watching = startWatching(place, ['film.yaml'])
  const page = await watching.until('page')
  url = page.url
  socketPath = page.socket!
  await watching.until('idle')
})
afterAll(async () => {
  await watching?.end()
  place?.remove()
})

test('the server answers its own page only', async () => {
  const ask = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const { port } = new URL(url)
    const { request } = await import('node:http')
    return new Promise<{ status: number; headers: Record<string, unknown>; bytes: number }>(
      (resolve, reject) => {
        request({ port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
          let bytes = 0
          response.on('data', (data: Buffer) => (bytes += data.length))
          response.on('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, bytes }),
          )
        })
          .on('error', reject)
          .end()
      },
    )
  }
  const { pathname: top } = new URL(url)
  const ok = await ask(top)
  expect(ok.status).toBe(200)
  expect(ok.headers['content-security-policy']).toContain("default-src 'none'")
  expect(ok.headers['access-control-allow-origin']).toBeUndefined()
  for (const [path, headers, method] of [
    ['/', {}],
    ['/x'.repeat(16), {}],
    [top, { host: 'evil.example' }],
    [top, { origin: 'http://127.0.0.1:1' }],
    [`${top}film/1.mp4`, { 'sec-fetch-site': 'same-site' }],
    [`${top}again`, {}, 'POST'],
  ] as const) {
    expect(await ask(path, headers, method), path).toMatchObject({ status: 403, bytes: 0 })
  }
  expect((await ask(`${top}../../package.json`)).status).toBe(404)
  const part = await ask(`${top}film/1.mp4`, { range: 'bytes=100-199' })
  expect(part).toMatchObject({ status: 206, bytes: 100 })
  expect(part.headers['content-range']).toMatch(/^bytes 100-199\/\d+$/)
  expect((await ask(`${top}film/9.mp4`)).status).toBe(404)
})

describe.skipIf(noChromium !== null)('the page', () => {
  let browser: Browser
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    browser = await openChromium()
    const context = await browser.newContext({ viewport: { width: 900, height: 700 } })
    page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) problems.push(`asked for ${request.url()}`)
    })
    await page.goto(url)
    await page.waitForSelector('.shot[data-state=ready] img')
  })
  afterAll(() => browser?.close())

  const picture = (id: string) => page.getAttribute(`[data-shot=${id}] img`, 'src')
  /** An editor: what it is told, and a way to tell. */
  const openEditor = () =>
    new Promise<Socket & { told: Promise<unknown> }>((resolve) => {
      const socket = connect(socketPath, () => {
        const told = new Promise((tell) => socket.once('data', (data) => tell(JSON.parse(`${data}`))))
        resolve(Object.assign(socket, { told }))
      })
    })

  test('shows the shots and plays the film', async () => {
    expect(await page.locator('.shot').count()).toBe(10)
    await page.waitForFunction(inPage.isFilmWide, 320)
    await page.keyboard.press('Space')
    await page.waitForFunction(inPage.isPast, 0.2)
    await page.keyboard.press('Space')
    expect(await page.textContent('#status')).toContain('up to date')
  })

  test('a save brings the new picture and the new film, at the same place', async () => {
    await page.click('[data-shot=two]')
    await page.waitForFunction(inPage.isNear, 1)
    const [before, film] = [await picture('two'), await page.evaluate(inPage.filmSource)]
    const from = watching.events.length
    save('ship')
    await watching.until('idle', { from })
    await page.waitForFunction(inPage.isOtherFilm, film)
    expect(await picture('two')).not.toBe(before)
    expect(Math.abs((await page.evaluate(inPage.filmTime)) - 1)).toBeLessThan(0.05)
  })

  test('a broken script shows its errors over the last good film, until the next good save', async () => {
    const film = await page.evaluate(inPage.filmSource)
    save('ship', ', oops: 1')
    await page.waitForSelector('.problem')
    expect(await page.textContent('.problem')).toMatch(/7:\d+ a shot has no key "oops"/)
    expect(await page.textContent('.problem mark')).toBe('oops')
    expect(await page.textContent('#status')).toContain('1 error')
    expect(await page.evaluate(inPage.filmSource)).toBe(film)
    save('ship')
    await page.waitForSelector('.problem', { state: 'detached' })
  })

  test('a click tells the editor the line, the cursor scrolls the page', async () => {
    const editor = await openEditor()
    await page.click('[data-shot=two]')
    expect(await editor.told).toEqual({ jump: { file: place.file('film.yaml'), line: 7 } })
    await page.evaluate(inPage.scrollToTop)
    editor.write('{"cursor":{"line":15}}\n')
    await page.waitForSelector('[data-shot=more7].cursor')
    await page.waitForFunction(inPage.isInView, '[data-shot=more7]')
    editor.destroy()
  })

  test('asks nothing of other machines, and has no errors of its own', () => {
    expect(problems).toEqual([])
  })

  test('another page in the same browser can read nothing', async () => {
    const other: Server = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end('<!doctype html><title>elsewhere</title>')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const from = watching.events.length
    try {
      const elsewhere = await page.context().newPage()
      await elsewhere.goto(`http://127.0.0.1:${port}/`)
      // It even knows the token.
      const read = await elsewhere.evaluate(inPage.tryToRead, [url, (await picture('one'))!] as const)
      const { opaque, post, ...others } = read
      expect([...new Set(Object.values(others))]).toEqual(['refused'])
      for (const answer of [opaque, post]) expect(['refused', 'nothing']).toContain(answer)
      expect(watching.events.slice(from)).toEqual([])
      await elsewhere.close()
    } finally {
      other.close()
    }
  })

  test('says so when watching has ended', async () => {
    await watching.end()
    await page.waitForFunction(inPage.hasStatus, 'ended')
  })
})
