// Watching a film of 20 shots: from vim's :w to the picture on the page and to the film; and 200 saves in 20 seconds.
// Needs vim, tmux and a Chromium.

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { inFolder, median, program, runNode, treeOf, treeUsage } from './process.js'

const EDITS = 20
const SAVES = 200
const SAVES_MS = 20_000
const CHROMIUM = '/usr/bin/chromium'

const things = ['fox', 'cat', 'boat', 'brown dog', 'lighthouse']
const places = ['forest', 'meadow', 'harbour', 'beach']
const script = (change = '') => {
  const shots = Array.from(
    { length: 20 },
    (_, i) =>
      `  - {id: s${i}, prompt: "a ${i === 9 && change ? change : things[i % 5]}, ${places[i % 4]}", seed: ${i}, duration: 2s, camera: push in, transition: ${i % 4 === 1 ? 'dissolve 0.5s' : 'cut'}}`,
  )
  return ['size: 480x288', 'shots:', ...shots, ''].join('\n')
}

export const watch = () =>
  inFolder(script(), async (folder) => {
    const watching = await startWatching(folder)
    try {
      await watching.until((event) => event.event === 'idle')
      await wait(1_000)
      const edits = await measureEdits(folder, watching)
      const storm = await measureStorm(folder, watching)
      return [...edits, ...storm]
    } finally {
      await watching.end()
    }
  })

/** 20 edits of one word each, by a vim in tmux. */
async function measureEdits(folder, watching) {
  const page = await openPage(watching.url)
  const vim = openVim(folder)
  const file = join(folder, 'film.yaml')
  const [pictures, films, ratios] = [[], [], []]
  try {
    for (let i = 0; i < EDITS; i++) {
      const from = watching.events.length
      const before = statSync(file).mtimeMs
      const shot = (i * 7) % 20
      await page.expect(`s${shot}`)
      vim.edit(3 + shot, i % 2 === 0 ? 'bear' : 'rabbit')
      while (statSync(file).mtimeMs === before) await wait(1)
      const savedMs = statSync(file).mtimeMs
      const done = await watching.until((event) => event.event === 'done', from)
      const own = watching.events
        .slice(from)
        .filter(({ event, shot: of }) => event === 'end' && of === `s${shot}`)
        .reduce((sum, { ms }) => sum + ms, 0)
      pictures.push((await page.seen()) - savedMs)
      films.push(done.atMs - savedMs)
      ratios.push((done.atMs - savedMs - 1_000) / own)
      await watching.until((event) => event.event === 'idle', from)
    }
  } finally {
    vim.close()
    await page.close()
  }
  const spread = (values) =>
    `median ${Math.round(median(values))} ms, worst ${Math.round(Math.max(...values))} ms`
  return [
    {
      what: `:w to picture on the page over 1.5 s, worst of ${EDITS}`,
      ratio: Math.max(...pictures) / 1_500,
      detail: spread(pictures),
    },
    {
      what: ':w to film, less 1 s, over the shot’s own time, worst',
      ratio: Math.max(...ratios),
      detail: `${spread(films)}; median ratio ${median(ratios).toFixed(2)}`,
    },
  ]
}

/** Good and broken saves mixed; then one film, the right one, and quiet. */
async function measureStorm(folder, watching) {
  const file = join(folder, 'film.yaml')
  const before = treeUsage(watching.pid)
  const from = watching.events.length
  const startedMs = performance.now()
  for (let i = 0; i < SAVES; i++) {
    const text =
      i % 3 === 1 && i < SAVES - 1
        ? `${script('robot')}  - {prompt: x, oops: 1}\n`
        : script(`${things[i % 5]} and a ${i % 2 ? 'boy' : 'girl'}`)
    if (i % 2) writeFileSync(file, text)
    else {
      writeFileSync(`${file}.new`, text)
      renameSync(`${file}.new`, file)
    }
    await wait(Math.max(0, startedMs + ((i + 1) * SAVES_MS) / SAVES - performance.now()))
  }
  const endedMs = Date.now()
  await watching.until((event) => event.event === 'idle' && event.atMs > endedMs, from)
  const settledMs = Date.now() - endedMs
  const told = watching.events.slice(from)
  const films = told.filter(({ event }) => event === 'done').length
  const cancelled = told.filter(({ event }) => event === 'cancelled').map(({ ms }) => ms)
  await wait(1_000)
  const processes = treeOf(watching.pid).length
  const after = treeUsage(watching.pid)
  await wait(5_000)
  const cpu = (treeUsage(watching.pid).cpuMs - after.cpuMs) / 5_000
  const film = readFileSync(join(folder, 'film.mp4'))
  await runNode([program, 'render', 'film.yaml', '-o', 'fresh.mp4', '--cache-dir', 'fresh'], folder)
  const isRight = readFileSync(join(folder, 'fresh.mp4')).equals(film)
  return [
    {
      what: `${SAVES} saves in ${SAVES_MS / 1_000} s: the film is the last script's (1 is yes)`,
      ratio: isRight ? 1 : 0,
      detail: `${settledMs} ms after the last save, ${films} films on the way, slowest cancel ${Math.max(0, ...cancelled)} ms of ${cancelled.length}`,
    },
    {
      what: 'memory after the saves over before',
      ratio: after.bytes / before.bytes,
      detail: `${Math.round(after.bytes / 2 ** 20)} MiB in ${processes} processes`,
    },
    { what: 'cores busy afterwards', ratio: cpu, detail: 'over 5 s' },
  ]
}

async function startWatching(folder) {
  const env = { ...process.env, STORYREEL_CACHE_DIR: join(folder, 'cache') }
  const child = spawn(process.execPath, [program, 'watch', 'film.yaml', '--progress', 'json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const events = []
  let tell = () => {}
  let line = ''
  child.stderr.on('data', (data) => {
    line += data
    const lines = line.split('\n')
    line = lines.pop()
    for (const text of lines.filter((l) => l.startsWith('{')))
      events.push({ ...JSON.parse(text), atMs: Date.now() })
    tell()
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const until = (is, from = 0) =>
    new Promise((resolve, reject) => {
      closed.then(() => reject(new Error('watching ended')))
      tell = () => {
        const found = events.slice(from).find(is)
        if (found) resolve(found)
      }
      tell()
    })
  const { url } = await until(({ event }) => event === 'page')
  const end = () => {
    child.kill('SIGINT')
    return closed
  }
  return { pid: child.pid, events, until, url, end }
}

/** `seen` resolves with the time at which the shot that is expected had a new picture. */
async function openPage(url) {
  if (!existsSync(CHROMIUM)) throw new Error('this bench needs a Chromium')
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const page = await browser.newPage()
  await page.goto(url)
  await page.waitForSelector('.shot img')
  return {
    expect: (id) =>
      page.evaluate((shot) => {
        const card = document.querySelector(`[data-shot=${shot}]`)
        const source = () => card.querySelector('img.final')?.src
        const before = source()
        globalThis.seen = new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            const image = card.querySelector('img.final')
            if (!image || image.src === before) return
            observer.disconnect()
            image.decode().then(() => resolve(Date.now()))
          })
          observer.observe(card, { subtree: true, childList: true, attributes: true })
        })
      }, id),
    seen: () => page.evaluate(() => globalThis.seen),
    close: () => browser.close(),
  }
}

function openVim(folder) {
  const tmux = (...args) => execFileSync('tmux', ['-S', join(folder, 'tmux'), '-f', '/dev/null', ...args])
  tmux('new-session', '-d', '-x', '120', '-y', '40', '-c', folder, 'vim -u NONE -N film.yaml')
  return {
    /** Changes what is seen on a line, and writes. */
    edit: (line, word) => tmux('send-keys', `:${line}s/a [a-z ]*,/a ${word},/ | w`, 'Enter'),
    close: () => tmux('kill-server'),
  }
}
