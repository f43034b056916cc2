// Models from a hub, a folder or a web server into the store; what can go wrong on the way; and that a second try repairs it.

import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { chooseInstalled } from '../../src/models/choose-installed.js'
import { findModel, listModels } from '../../src/models/find-model.js'
import { findInstalled, listPreviews } from '../../src/models/installed.js'
import { addModel, type PullOptions, pullModel } from '../../src/models/pull.js'
import { removeModel } from '../../src/models/remove.js'
import type { TransferEvent } from '../../src/models/transfer-events.js'
import { verifyModel } from '../../src/models/verify.js'
import { type Fault, gitDigest, type HubServer, openHubServer, sha256 } from './hub-server.js'
import { graphWithWeights, noiseBytes, TINY, tinyFiles, tinyFilesWithWeights } from './tiny-files.js'

let hub: HubServer
let folder: string
let models: string
let events: TransferEvent[]
let controller: AbortController
let env: Record<string, string>
const weights = noiseBytes(300_000)

beforeEach(async () => {
  hub = await openHubServer()
  hub.repos['owner/tiny'] = {
    files: {
      ...tinyFilesWithWeights('weights.pb', weights),
      'unet/x.safetensors': noiseBytes(10),
      'evil.sh': Buffer.from('x'),
    },
    card: { license: 'cc-by-nc-4.0' },
    refs: ['onnx'],
  }
  folder = await mkdtemp(join(tmpdir(), 'storyreel-pull-'))
  models = join(folder, 'models')
  events = []
  controller = new AbortController()
  env = { HF_ENDPOINT: hub.endpoint, HF_HOME: join(folder, 'hf'), HF_HUB_DOWNLOAD_TIMEOUT: '2' }
})
afterEach(async () => {
  await hub.close()
  await rm(folder, { recursive: true })
})

const host = () => ({ ...nodeHost(), env, cwd: folder })
const options = (): PullOptions => ({
  modelsFolder: models,
  host: host(),
  signal: controller.signal,
  onEvent: (event) => events.push(event),
  userAgent: 'storyreel/test',
})
const pull = (what = 'owner/tiny', more: Partial<PullOptions> = {}) => {
  events = []
  hub.asked.length = 0
  return pullModel(what, { ...options(), ...more })
}
const failing = async (
  running: Promise<unknown>,
): Promise<{ message: string; hint: string | null; exitCode: number }> =>
  running.then(
    () => expect.fail('it should have failed'),
    (error) => error,
  )
const fetched = () => events.flatMap((e) => (e.event === 'file' && e.from === 'fetched' ? [e.path] : []))
const installedNames = async () => (await readdir(models)).filter((name) => !name.startsWith('.'))
const file = (path: string) => join(models, 'tiny', path)
/** For requests of a file's bytes. */
const onWeights = (fault: Fault) => {
  const { pathname } = new URL(`http://x/${sha256(weights)}`)
  hub.fault = ({ path, isCdn }) => (isCdn && path.startsWith(pathname) ? fault : null)
}

const canMount = (() => {
  const at = mkdtempSync(join(tmpdir(), 'storyreel-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', at], { stdio: 'ignore' })
    execFileSync('umount', [at])
    return true
  } catch {
    return false
  } finally {
    rmSync(at, { recursive: true, force: true })
  }
})()

/** Takes what is left of a disk. */
function fillDisk(path: string): void {
  const to = openSync(path, 'a')
  try {
    for (let bytes = 1 << 20; bytes >= 1; ) {
      try {
        writeSync(to, Buffer.alloc(bytes))
      } catch {
        bytes >>= 1
      }
    }
  } finally {
    closeSync(to)
  }
}

describe('pull', () => {
  test('takes the pipeline only, checks it, and leaves a record', async () => {
    hub.pageSize = 4
    const { name, path, record, isNew } = await pull('owner/tiny@onnx')
    expect({ name, path, isNew }).toEqual({ name: 'tiny', path: join(models, 'tiny'), isNew: true })
    expect(record.origin).toEqual({
      kind: 'hub',
      endpoint: hub.endpoint,
      repo: 'owner/tiny',
      revision: 'onnx',
      commit: hub.commitOf('owner/tiny'),
    })
    const { files } = hub.repos['owner/tiny']!
    expect(record.files.map((f) => f.path)).toEqual(
      Object.keys(files)
        .filter((p) => !/safetensors|evil/.test(p))
        .sort(),
    )
    for (const recorded of record.files) {
      expect(recorded.sha256).toBe(sha256(files[recorded.path]!))
      expect((await readFile(file(recorded.path))).equals(files[recorded.path]!)).toBe(true)
    }
    expect((await readdir(models)).sort()).toEqual(['.staging', 'tiny'])
    expect(await readdir(join(models, '.staging'))).toEqual([])
    expect((await findModel('tiny', host(), [models])).path).toBe(path)
    expect((await findModel('owner/tiny', host(), [models])).path).toBe(path)
    expect(await listModels(host(), [models])).toContain('tiny')
  })
  test('tells the licence before anything is downloaded, and how far it is', async () => {
    await pull()
    const kinds = events.map(({ event }) => event)
    expect(kinds.indexOf('licence')).toBeLessThan(kinds.indexOf('bytes'))
    expect(events).toContainEqual({ event: 'licence', licence: 'cc-by-nc-4.0' })
    const { done, total } = events.filter((e) => e.event === 'bytes').at(-1)!
    expect(done).toBe(total)
  })
  test('again: nothing is downloaded; with a damaged and a missing file: only those', async () => {
    await pull()
    expect(await pull()).toMatchObject({ isNew: false })
    expect(fetched()).toEqual([])
    await writeFile(file('unet/weights.pb'), noiseBytes(300_000, 2))
    await rm(file('tokenizer/vocab.json'))
    expect(await pull()).toMatchObject({ isNew: true })
    expect(fetched().sort()).toEqual(['tokenizer/vocab.json', 'unet/weights.pb'])
    expect((await readFile(file('unet/weights.pb'))).equals(weights)).toBe(true)
  })
  test('a new commit replaces the old one and takes over what is the same', async () => {
    await pull()
    hub.repos['owner/tiny']!.files['README.md'] = Buffer.from('new')
    await pull()
    expect(fetched()).toEqual(['README.md'])
    expect(await readFile(file('README.md'), 'utf8')).toBe('new')
  })
  test('the token goes to the hub, is read from its file, and is in no record', async () => {
    hub.repos['owner/tiny']!.isGated = true
    const refused = await failing(pull())
    expect(refused).toMatchObject({ exitCode: 3, message: expect.stringMatching(/accept its licence/) })
    expect(refused.hint).toMatch(/HF_TOKEN/)
    mkdirSync(join(folder, 'hf'))
    await writeFile(join(folder, 'hf', 'token'), `${hub.token}\n`)
    const { path } = await pull()
    expect(hub.asked.every(({ token, isCdn }) => (token !== null) !== isCdn)).toBe(true)
    expect(await readFile(join(path, 'storyreel-record.json'), 'utf8')).not.toContain(hub.token)
    env.HF_TOKEN = 'hf_wrong'
    expect(await failing(pull())).toMatchObject({ message: expect.stringMatching(/does not know the token/) })
    env.HF_TOKEN = 'hf_two\nlines'
    const odd = await failing(pull())
    expect(odd.message + odd.hint).not.toContain('two')
  })
  test('under another name, and never over another model', async () => {
    await pull('owner/tiny', { as: 'small' })
    expect(await installedNames()).toEqual(['small'])
    hub.repos['other/small'] = hub.repos['owner/tiny']!
    expect(await failing(pull('other/small'))).toMatchObject({
      message: expect.stringMatching(/from owner\/tiny@main already/),
    })
    expect(await failing(pull('owner/tiny', { as: 'storybook' }))).toMatchObject({
      message: expect.stringMatching(/ships/),
    })
    expect(await failing(pull('owner/tiny', { as: '../x' }))).toMatchObject({
      message: expect.stringMatching(/no name/),
    })
    await mkdir(join(models, 'tiny'))
    expect(await failing(pull())).toMatchObject({ message: expect.stringMatching(/did not install it/) })
  })
  test('two at a time: the second one is told', async () => {
    onWeights({ kind: 'stall', afterBytes: 1000 })
    const first = pull().catch((error) => error)
    while (!hub.asked.some(({ isCdn }) => isCdn)) await new Promise((go) => setTimeout(go, 5))
    expect(await failing(pullModel('owner/tiny', options()))).toMatchObject({
      message: expect.stringMatching(/another storyreel is installing tiny/),
    })
    controller.abort()
    await first
  })
})

describe('what a hub can do wrong', () => {
  test.each<[string, string, RegExp, RegExp]>([
    ['an unknown model', 'owner/nothing', /no model owner\/nothing/, /private|HF_TOKEN/],
    ['one that is nearly there', 'owner/tyni', /no model owner\/tyni/, /did you mean owner\/tiny/],
    ['an unknown revision', 'owner/tiny@v9', /no revision "v9"/, /main/],
    ['no reference', 'what is this', /neither in the catalogue/, /list/],
    ['nearly a catalogue name', 'sd-1.6', /neither in the catalogue/, /did you mean sd-1\./],
  ])('%s', async (_, what, message, hint) => {
    hub.token = env.HF_TOKEN = 'hf_right'
    if (what === 'owner/nothing') delete env.HF_TOKEN
    if (what === 'owner/tyni')
      hub.edit = (path, value) => (path === '/api/models' ? [{ id: 'owner/tiny' }] : value)
    expect(await failing(pull(what))).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  test.each<[string, Fault, RegExp]>([
    [
      'a web page',
      { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>' },
      /web page/,
    ],
    ['something that is no JSON', { kind: 'answer', status: 200, body: 'hello' }, /no JSON/],
    ['JSON of another kind', { kind: 'answer', status: 200, body: '[1]' }, /does not say which commit/],
    [
      'a redirect in circles',
      { kind: 'answer', status: 302, headers: { location: '/api/models/x/y' } },
      /circles/,
    ],
    [
      '403',
      { kind: 'answer', status: 403, headers: { 'x-error-message': 'blocked\u009b31m' } },
      /refuses owner\/tiny: blocked\?31m$/,
    ],
    ['an hour of 429', { kind: 'answer', status: 429, headers: { 'retry-after': '3600' } }, /wait 3600 s/],
  ])('the API answers with %s', async (_, fault, message) => {
    hub.fault = () => fault
    expect(await failing(pull())).toMatchObject({ exitCode: 3, message: expect.stringMatching(message) })
  })

  test('bytes of the wrong digest, once: got again; always: refused, and a second try repairs', async () => {
    let met = 0
    const { path } = { path: `/${sha256(weights)}` }
    hub.fault = (asked) =>
      asked.isCdn && asked.path.startsWith(path) && met++ === 0 ? { kind: 'damage' } : null
    await pull()
    expect(met).toBe(2)
    await removeModel('tiny', models, host())
    onWeights({ kind: 'damage' })
    expect(await failing(pull())).toMatchObject({
      message: expect.stringMatching(/weights\.pb came damaged twice/),
    })
    expect(await installedNames()).toEqual([])
    hub.fault = () => null
    await pull()
    expect(fetched()).toEqual(['unet/weights.pb'])
  })
  test('a small file with the wrong git digest', async () => {
    hub.fault = ({ path }) => (path.endsWith('/tokenizer/vocab.json') ? { kind: 'damage' } : null)
    expect(await failing(pull())).toMatchObject({
      message: expect.stringMatching(/vocab\.json came damaged twice/),
    })
    expect(await installedNames()).toEqual([])
  })
  test('a list without digests: those of the files themselves count', async () => {
    hub.edit = (path, value) =>
      /\/tree\//.test(path)
        ? (value as Record<string, unknown>[]).map(({ type, path, size }) => ({ type, path, size }))
        : value
    const { record } = await pull()
    expect(record.files.find((f) => f.path === 'unet/weights.pb')?.sha256).toBe(sha256(weights))
    await rm(models, { recursive: true })
    onWeights({ kind: 'damage' })
    expect(await failing(pull())).toMatchObject({ message: expect.stringMatching(/damaged twice/) })
  })
  test.each(['../../evil', '/etc/evil', 'unet\\..\\evil', 'C:\\evil', 'unet/\0'])(
    'a file called %j',
    async (name) => {
      hub.edit = (path, value) =>
        /\/tree\//.test(path)
          ? [...(value as object[]), { type: 'file', path: name, size: 1, oid: gitDigest(Buffer.from('x')) }]
          : value
      expect(await failing(pull())).toMatchObject({ message: expect.stringMatching(/unsafe name/) })
      expect(await readdir(folder)).not.toContain('evil')
    },
  )
  test.each(['../../../evil', '/etc/passwd', 'nul', '..\\x'])(
    'a graph that keeps its weights in %j',
    async (location) => {
      hub.repos['owner/tiny']!.files['unet/model.onnx'] = graphWithWeights([location])
      expect(await failing(pull())).toMatchObject({ message: expect.stringMatching(/keeps its weights in/) })
      expect(await installedNames()).toEqual([])
    },
  )
  test.each(['MODEL.ONNX', 'Config.json'])(
    'a graph whose weights %j are another file to some systems',
    async (name) => {
      const { files } = hub.repos['owner/tiny']!
      files['unet/model.onnx'] = graphWithWeights([name])
      files[`unet/${name}`] = noiseBytes(99)
      expect(await failing(pull())).toMatchObject({
        message: expect.stringMatching(/two files that some systems take for one/),
      })
      expect(await installedNames()).toEqual([])
    },
  )
  test('a link of git in the place of a file is the text that it is', async () => {
    hub.repos['owner/tiny']!.files['tokenizer/vocab.json'] = Buffer.from('../../../etc/passwd')
    expect(await failing(pull())).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/vocab\.json/),
    })
    expect(await installedNames()).toEqual([])
  })
  test.each([401, 403])('a licence that is not accepted, as %i', async (status) => {
    hub.fault = ({ path }) =>
      path.includes('/resolve/')
        ? {
            kind: 'answer',
            status,
            headers: { 'x-error-code': 'GatedRepo', 'x-error-message': 'restricted' },
          }
        : null
    expect(await failing(pull())).toMatchObject({
      message: expect.stringMatching(/accept its licence/),
      hint: expect.stringMatching(/HF_TOKEN/),
    })
    hub.fault = () => null
    expect(await pull()).toMatchObject({ isNew: true })
  })
  test('a redirect to another host, without the token; to no web address, refused', async () => {
    env.HF_TOKEN = hub.token
    const other = await openHubServer()
    other.repos['owner/tiny'] = hub.repos['owner/tiny']!
    hub.fault = ({ path }) => ({ kind: 'answer', status: 307, headers: { location: other.endpoint + path } })
    try {
      await pull()
      expect(hub.asked.every(({ token }) => token === `Bearer ${hub.token}`)).toBe(true)
      expect(other.asked.length).toBeGreaterThan(5)
      expect(other.asked.every(({ token }) => token === null)).toBe(true)
    } finally {
      await other.close()
    }
    await removeModel('tiny', models, host())
    hub.fault = () => ({ kind: 'answer', status: 302, headers: { location: 'file:///etc/passwd' } })
    expect(await failing(pull())).toMatchObject({
      message: expect.stringMatching(/redirects away from HTTP/),
    })
  })
  test.skipIf(!canMount)('a disk that fills on the way: told, and the next call goes on', async () => {
    await mkdir(models)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=68m', 'tmpfs', models])
    try {
      env.HF_HUB_DOWNLOAD_TIMEOUT = '0.5'
      const filler = join(models, 'filler')
      let met = 0
      hub.fault = ({ path, isCdn }) => {
        if (!isCdn || !path.startsWith(`/${sha256(weights)}`)) return null
        if (met++ > 0) fillDisk(filler)
        return met === 1 ? { kind: 'stall', afterBytes: 20_000 } : null
      }
      expect(await failing(pull())).toMatchObject({
        exitCode: 3,
        message: expect.stringMatching(/the disk is full/),
        hint: expect.stringMatching(/STORYREEL_MODELS_DIR/),
      })
      await rm(filler)
      hub.fault = () => null
      await pull()
      expect(fetched()).toContain('unet/weights.pb')
      expect((await readFile(file('unet/weights.pb'))).equals(weights)).toBe(true)
    } finally {
      execFileSync('umount', [models])
    }
  })
  test('a graph whose weights the hub has not', async () => {
    delete hub.repos['owner/tiny']!.files['unet/weights.pb']
    expect(await failing(pull())).toMatchObject({
      message: expect.stringMatching(/lacks "unet\/weights\.pb"/),
    })
  })
  test('weights under an unusual name are found by the graph, those of no graph are left', async () => {
    const { files } = hub.repos['owner/tiny']!
    files['unet/model.onnx'] = graphWithWeights(['blob-of.bytes'])
    files['unet/blob-of.bytes'] = noiseBytes(99)
    await pull()
    expect((await readdir(join(models, 'tiny', 'unet'))).sort()).toEqual([
      'blob-of.bytes',
      'config.json',
      'model.onnx',
    ])
  })
  test('a model of another family or kind, before its weights are downloaded', async () => {
    const { files } = hub.repos['owner/tiny']!
    files['model_index.json'] = Buffer.from('{"_class_name": "FluxPipeline"}')
    expect(await failing(pull())).toMatchObject({ message: expect.stringMatching(/Flux/) })
    expect(hub.asked.some(({ isCdn }) => isCdn)).toBe(false)
    hub.repos['owner/torch'] = {
      files: { 'model_index.json': Buffer.from('{}'), 'unet/x.safetensors': noiseBytes(9) },
    }
    expect(await failing(pull('owner/torch'))).toMatchObject({
      message: expect.stringMatching(/without ONNX graphs/),
    })
  })
  test('a disk that is too small is noticed before the download', async () => {
    hub.edit = (path, value) =>
      /\/tree\//.test(path)
        ? (value as { path: string; lfs?: { size: number } }[]).map((f) =>
            f.path === 'unet/weights.pb' ? { ...f, lfs: { ...f.lfs, size: 1e15 } } : f,
          )
        : value
    expect(await failing(pull())).toMatchObject({
      message: expect.stringMatching(/needs 1000000\.\d\d GB more/),
    })
    expect(hub.asked.some(({ path }) => path.includes('/resolve/'))).toBe(false)
  })
  test('silence: an error, and the next try has the rest', async () => {
    env.HF_HUB_DOWNLOAD_TIMEOUT = '0.2'
    hub.fault = ({ path, isCdn }) =>
      isCdn && path.includes(sha256(weights)) ? { kind: 'stall', afterBytes: 20_000 } : null
    const { message } = await failing(pull())
    expect(message).toMatch(/getting unet\/weights\.pb: .* stalls, 5 times/)
    expect(await installedNames()).toEqual([])
    hub.fault = () => null
    await pull()
    expect(fetched()).toEqual(['unet/weights.pb'])
    const [last] = hub.asked.filter(({ isCdn }) => isCdn)
    expect(Number(/\d+/.exec(last!.range!)![0])).toBeGreaterThanOrEqual(20_000)
  })
})

describe("the hub client's cache", () => {
  /** Laid out as huggingface_hub does it: blobs by digest, links to them in the snapshot. */
  async function fillCache(
    change: (name: string, data: Buffer) => Buffer = (_, data) => data,
  ): Promise<void> {
    const root = join(folder, 'hf', 'hub', 'models--owner--tiny')
    const commit = hub.commitOf('owner/tiny')
    await mkdir(join(root, 'blobs'), { recursive: true })
    await mkdir(join(root, 'refs'))
    await writeFile(join(root, 'refs', 'main'), commit)
    for (const [name, data] of Object.entries(hub.repos['owner/tiny']!.files)) {
      const isLfs = /\.(?:onnx|pb|safetensors)$/.test(name)
      const blob = join(root, 'blobs', isLfs ? sha256(data) : gitDigest(data))
      await writeFile(blob, change(name, data))
      const link = join(root, 'snapshots', commit, name)
      await mkdir(dirname(link), { recursive: true })
      await symlink(blob, link)
    }
  }

  test('is used before anything is downloaded, and real files are installed', async () => {
    await fillCache()
    await pull()
    expect(fetched()).toEqual([])
    expect(hub.asked.some(({ path, isCdn }) => isCdn || path.includes('/resolve/'))).toBe(false)
    expect((await readFile(file('unet/weights.pb'))).equals(weights)).toBe(true)
    const { lstat } = await import('node:fs/promises')
    expect((await lstat(file('unet/weights.pb'))).isFile()).toBe(true)
  })
  test('is not trusted: what is damaged there is downloaded, and the cache is left as it is', async () => {
    await fillCache((name, data) => (name === 'unet/weights.pb' ? noiseBytes(data.length, 9) : data))
    await pull()
    expect(fetched()).toEqual(['unet/weights.pb'])
    expect((await readFile(file('unet/weights.pb'))).equals(weights)).toBe(true)
    const blob = join(folder, 'hf', 'hub', 'models--owner--tiny', 'blobs', sha256(weights))
    expect((await readFile(blob)).equals(noiseBytes(weights.length, 9))).toBe(true)
  })
  test('is enough offline', async () => {
    await fillCache()
    env.HF_HUB_OFFLINE = '1'
    const { record } = await pull()
    expect(hub.asked).toEqual([])
    expect(record).toMatchObject({ licence: 'mit', origin: { commit: hub.commitOf('owner/tiny') } })
    expect(await failing(pull('owner/other'))).toMatchObject({
      message: expect.stringMatching(/not in the cache/),
    })
  })
})

describe('add', () => {
  test('a folder, which may change afterwards', async () => {
    const own = join(folder, 'my-export')
    await cp(TINY, own, { recursive: true })
    await writeFile(join(own, 'notes.txt'), 'mine')
    const { path, record } = await addModel('my-export', options())
    expect(record.origin).toEqual({ kind: 'folder', path: own })
    expect(record.files.map((f) => f.path)).not.toContain('notes.txt')
    await writeFile(join(own, 'unet', 'model.onnx'), 'changed')
    expect((await stat(join(path, 'unet', 'model.onnx'))).size).toBeGreaterThan(1000)
    expect(await failing(addModel('nowhere', options()))).toMatchObject({ exitCode: 3 })
  })
  test('a folder that is not whole is refused, with all that is missing', async () => {
    const own = join(folder, 'half')
    await cp(TINY, own, { recursive: true })
    await rm(join(own, 'vae_decoder'), { recursive: true })
    await rm(join(own, 'tokenizer', 'merges.txt'))
    expect(await failing(addModel(own, options()))).toMatchObject({
      message: expect.stringMatching(/vae_decoder\/model\.onnx.*merges\.txt|merges\.txt.*vae_decoder/),
    })
    const graph = await readFile(join(TINY, 'unet', 'model.onnx'))
    await cp(TINY, own, { recursive: true })
    await writeFile(join(own, 'unet', 'model.onnx'), graph.subarray(0, graph.length / 2))
    expect(await failing(addModel(own, options()))).toMatchObject({
      message: expect.stringMatching(/cut off/),
    })
    expect(await installedNames()).toEqual([])
  })
  test('the address of a page on a hub; the token stays with its own hub', async () => {
    const other = await openHubServer()
    other.repos['owner/tiny'] = hub.repos['owner/tiny']!
    env.HF_TOKEN = hub.token
    try {
      const { record } = await addModel(`${other.endpoint}/owner/tiny/tree/main`, options())
      expect(record.origin).toMatchObject({ kind: 'hub', endpoint: other.endpoint, repo: 'owner/tiny' })
      expect(other.asked.length).toBeGreaterThan(5)
      expect(other.asked.every(({ token }) => token === null)).toBe(true)
    } finally {
      await other.close()
    }
  })
  describe('a folder on a web server', () => {
    let server: Server
    let files: Record<string, Buffer>
    beforeEach(async () => {
      files = tinyFilesWithWeights('model.onnx.data', weights)
      server = createServer((request, response) => {
        const data = files[decodeURIComponent(request.url!).replace(/^\/m\//, '')]
        response.writeHead(data ? 200 : 404, { 'content-length': String(data?.length ?? 0), etag: '"v1"' })
        response.end(request.method === 'HEAD' ? undefined : data)
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    })
    afterEach(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/m`

    test('gives what a model can have', async () => {
      const { name, record, path } = await addModel(address(), { ...options(), as: 'web' })
      expect(name).toBe('web')
      expect(record).toMatchObject({ licence: 'mit', origin: { kind: 'url', url: `${address()}/` } })
      expect(record.files.map((f) => f.path)).toEqual(Object.keys(files).sort())
      expect((await readFile(join(path, 'unet', 'model.onnx.data'))).equals(weights)).toBe(true)
      expect(await failing(addModel(`${address()}/nothing/here/x`, options()))).toMatchObject({
        message: expect.stringMatching(/no model at/),
      })
    })
  })
})

describe('looking after what is installed', () => {
  const verify = async () =>
    verifyModel((await findInstalled('tiny', models, host()))!, {
      host: host(),
      signal: controller.signal,
      onBytes: () => {},
    })
  test('verify finds every kind of damage', async () => {
    await pull()
    expect(await verify()).toEqual([])
    await rm(file('tokenizer/vocab.json'))
    await writeFile(file('scheduler/scheduler_config.json'), '{}')
    const flipped = Buffer.from(weights)
    flipped[200_000]! ^= 1
    await writeFile(file('unet/weights.pb'), flipped)
    expect(await verify()).toEqual([
      { path: 'scheduler/scheduler_config.json', problem: expect.stringMatching(/has 2 bytes instead of/) },
      { path: 'tokenizer/vocab.json', problem: 'is missing' },
      { path: 'unet/weights.pb', problem: expect.stringMatching(/SHA-256/) },
    ])
  })
  test('remove takes all of it, and of a link only the link', async () => {
    await pull()
    await removeModel('tiny', models, host())
    expect(await installedNames()).toEqual([])
    expect(await readdir(join(models, '.staging'))).toEqual([])
    await cp(TINY, join(folder, 'elsewhere'), { recursive: true })
    await symlink(join(folder, 'elsewhere'), join(models, 'linked'))
    await removeModel('linked', models, host())
    expect(await readdir(join(folder, 'elsewhere'))).toContain('unet')
  })
  test('names are told apart', async () => {
    hub.repos['owner/tiny']!.files = { ...tinyFiles(), 'unet/weights.pb': weights }
    await pull()
    expect((await chooseInstalled('owner/tiny', models, host())).name).toBe('tiny')
    expect(await failing(chooseInstalled('tinny', models, host()))).toMatchObject({
      hint: 'did you mean tiny?',
    })
    expect(await failing(chooseInstalled('storybook', models, host()))).toMatchObject({
      message: expect.stringMatching(/ships/),
    })
    expect(await failing(findModel('sd-1.5', host(), [models]))).toMatchObject({
      hint: expect.stringMatching(/models pull sd-1\.5/),
    })
    expect(await failing(findModel('some/model', host(), [models]))).toMatchObject({
      hint: expect.stringMatching(/models pull some\/model/),
    })
  })
})

describe('TAESD', () => {
  const graph = () => readFile(new URL('../golden/images/taesd_decoder/model.onnx', import.meta.url))
  beforeEach(async () => {
    hub.repos['owner/taesd-onnx'] = {
      files: {
        'vae_decoder/model.onnx': await graph(),
        'vae_decoder/config.json': Buffer.from('{"_class_name": "AutoencoderTiny"}'),
        'vae_encoder/model.onnx': noiseBytes(10),
        'README.md': Buffer.from('---\nlicense: mit\n---\n'),
      },
      card: { license: 'mit' },
    }
  })

  test('is installed without a model, verified, and removed', async () => {
    await pull('owner/taesd-onnx', { as: 'taesd' })
    expect(fetched().sort()).toEqual(['README.md', 'vae_decoder/config.json', 'vae_decoder/model.onnx'])
    const env = { STORYREEL_MODELS_DIR: models }
    const [decoder] = await listPreviews({ ...host(), env })
    expect(decoder).toMatchObject({ name: 'taesd', record: { licence: 'mit' } })
    expect(
      await verifyModel(decoder!, { host: host(), signal: controller.signal, onBytes: () => {} }),
    ).toEqual([])
    expect(await failing(findModel('taesd', { ...host(), env }))).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('no model'),
    })
    expect(await listModels({ ...host(), env })).not.toContain('taesd')
  })

  test('has to be called what it decodes for, and to take latents', async () => {
    expect(await failing(pull('owner/taesd-onnx'))).toMatchObject({
      hint: expect.stringContaining('--as taesd'),
    })
    hub.repos['owner/taesd-onnx']!.files['vae_decoder/model.onnx'] = await readFile(
      new URL('../golden/element-types.onnx', import.meta.url),
    )
    expect(await failing(pull('owner/taesd-onnx', { as: 'taesd' }))).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('other latents'),
    })
    expect(await installedNames()).toEqual([])
  })
})
