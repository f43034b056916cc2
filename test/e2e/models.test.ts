// The store of models as a user meets it, against a hub on this machine.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type HubServer, openHubServer, sha256 } from '../models/hub-server.js'
import { noiseBytes, tinyFiles, tinyFilesWithWeights } from '../models/tiny-files.js'
import { openPlace, type Place, program } from './storyreel.js'

let place: Place
let hub: HubServer
beforeEach(async () => {
  place = openPlace()
  hub = await openHubServer()
  hub.repos['owner/tiny'] = { files: tinyFiles(), card: { license: 'cc-by-nc-4.0' } }
})
afterEach(async () => {
  await hub.close()
  place.remove()
})

const env = () => ({
  HF_ENDPOINT: hub.endpoint,
  HF_TOKEN: hub.token,
  STORYREEL_MODELS_DIR: place.file('models'),
  HF_HOME: place.file('hf'),
})
const run = (...args: string[]) => place.run(args, { env: env() })

test('pull, paint, list, verify, repair, remove', async () => {
  const pulled = await run('models', 'pull', 'owner/tiny')
  expect(pulled.code, pulled.stderr).toBe(0)
  expect(pulled.stdout).toBe(`${place.file('models/tiny')}\n`)
  expect(pulled.stderr).toMatch(/^tiny from owner\/tiny@main: 12 files/)
  expect(pulled.stderr).toMatch(/licence: cc-by-nc-4\.0, NOT for commercial use\n[\s\S]*unet\/model\.onnx/)
  expect(pulled.stdout + pulled.stderr).not.toContain(hub.token)

  const still = await run('still', 'a fox', '--model', 'tiny', '--steps', '1', '-o', 'fox.png', '--json')
  expect(still.code, still.stderr).toBe(0)
  expect(JSON.parse(still.stdout)).toMatchObject({ model: 'tiny', width: 16 })

  const listed = JSON.parse((await run('models', 'list', '--json')).stdout)
  expect(listed.models.map(({ name }: { name: string }) => name)).toEqual(['storybook', 'tiny'])
  expect(listed.catalogue.map(({ name }: { name: string }) => name)).toContain('sd-1.5')
  const words = (await run('models', 'list')).stdout
  expect(words).toMatch(/sdxl-turbo .*NOT for commercial use/)

  expect(await run('models', 'verify')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ok {4}tiny: 12 files/),
  })
  writeFileSync(place.file('models/tiny/unet/config.json'), '{}')
  const damaged = await run('models', 'verify', 'tiny')
  expect(damaged).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/^FAIL {2}tiny: unet\/config\.json has 2 bytes/),
  })
  const repair = /`storyreel (models pull [^`]+)`/.exec(damaged.stdout)![1]!.split(' ')
  expect((await run(...repair)).code).toBe(0)
  expect((await run('models', 'verify', 'tiny')).code).toBe(0)

  expect(await run('models', 'remove', 'tiny')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--yes/),
  })
  expect((await run('models', 'remove', 'tiny', '--yes')).code).toBe(0)
  expect(existsSync(place.file('models/tiny'))).toBe(false)
  expect(await run('models', 'remove', 'tiny', '--yes')).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/no model called/),
  })
})

test('failures are one clear line and a hint', async () => {
  hub.fault = () => ({
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<html>',
  })
  const page = await run('models', 'pull', 'owner/tiny')
  expect(page.code).toBe(3)
  expect(page.stderr).toMatch(/^storyreel: .*web page.*\n {2}hint: .*\n$/)
  expect((await run('models', 'pull', 'nonsense')).code).toBe(2)
  const missing = await run('still', 'a fox', '--model', 'sd-1.5', '-o', 'x.png')
  expect(missing).toMatchObject({ code: 3, stderr: expect.stringMatching(/models pull sd-1\.5/) })
})

test.each([
  ['Ctrl-C', 'SIGINT', 130],
  ['a kill', 'SIGKILL', null],
] as const)('after %s in the middle, the next pull goes on', async (_, signal, code) => {
  const weights = noiseBytes(12 * 1024 ** 2)
  const reached = 10 * 1024 ** 2
  hub.repos['owner/tiny']!.files = tinyFilesWithWeights('weights.pb', weights)
  let isReached = false
  hub.fault = ({ path }) => {
    if (!path.startsWith(`/${sha256(weights)}`)) return null
    isReached = true
    return { kind: 'stall', afterBytes: reached }
  }
  const child = spawn(process.execPath, [program, 'models', 'pull', 'owner/tiny'], {
    env: { PATH: process.env.PATH, HOME: place.folder, ...env() },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', (data) => (told += data))
  const ended = new Promise((resolve) => child.on('close', resolve))
  while (!isReached || journalled() < 8 * 1024 ** 2) await new Promise((go) => setTimeout(go, 50))
  child.kill(signal)
  expect(await ended).toBe(code)
  if (code !== null) expect(told).toMatch(/storyreel: interrupted; what is finished is kept\n$/)
  expect(existsSync(place.file('models/tiny'))).toBe(false)

  hub.fault = () => null
  hub.asked.length = 0
  const again = await run('models', 'pull', 'owner/tiny')
  expect(again.code, again.stderr).toBe(0)
  const [rest] = hub.asked.filter(({ path }) => path.startsWith(`/${sha256(weights)}`))
  expect(Number(/\d+/.exec(rest!.range!)![0])).toBeGreaterThanOrEqual(8 * 1024 ** 2)
  expect(readFileSync(place.file('models/tiny/unet/weights.pb')).equals(weights)).toBe(true)

  function journalled(): number {
    const staging = place.file('models/.staging')
    const [folder] = existsSync(staging) ? readdirSync(staging) : []
    const journal = join(staging, folder ?? '', 'files/unet/weights.pb.part.pieces')
    return existsSync(journal) ? JSON.parse(readFileSync(journal, 'utf8')).pieces[0][2] : 0
  }
})
