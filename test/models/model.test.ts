// Finding, reading and digesting model folders on a real disk.

import { appendFile, cp, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { modelDigest } from '../../src/models/digest.js'
import { findModel, listModels } from '../../src/models/find-model.js'
import { readModel } from '../../src/models/read-model.js'
import { resolveSpecialTokens } from '../../src/models/tokenizer-files.js'

const TINY = fileURLToPath(new URL('../golden/tiny-sd', import.meta.url))
const host = nodeHost()
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-models-'))
  path = join(folder, 'tiny')
  await cp(TINY, path, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true }))

const read = () => readModel({ name: 'tiny', path }, host)

async function editJson(file: string, change: (value: Record<string, unknown>) => object): Promise<void> {
  const target = join(path, file)
  await writeFile(target, JSON.stringify(change(JSON.parse(await readFile(target, 'utf8')))))
}

describe('finding', () => {
  test('by name in a folder, by name in this package, by path', async () => {
    expect(await findModel('tiny', host, [folder])).toEqual({ name: 'tiny', path })
    expect((await findModel('storybook', host, [folder])).path).toMatch(/models[\\/]storybook$/)
    expect((await findModel(path, host)).path).toBe(path)
    expect(await listModels(host, [folder])).toEqual(expect.arrayContaining(['storybook', 'tiny']))
  })

  test('an unknown name fails with the nearest one, or all there are', async () => {
    await expect(findModel('storibook', host)).rejects.toMatchObject({
      exitCode: 3,
      hint: 'did you mean storybook?',
    })
    await expect(findModel('dreamer', host)).rejects.toMatchObject({
      hint: expect.stringContaining('storybook'),
    })
    await expect(findModel('./nowhere', host)).rejects.toMatchObject({ exitCode: 3 })
  })
})

describe('reading', () => {
  test('takes everything from the files', async () => {
    const model = await read()
    expect(model).toMatchObject({
      family: 'sd1',
      latentChannels: 4,
      vaeScale: 2,
      scalingFactor: 0.31,
      defaults: { steps: 4, guidance: 3, scheduler: 'DDIMScheduler' },
      sizes: [{ width: 16, height: 16 }],
      warnings: [],
    })
    expect(model.textEncoders[0]!.tokenizer.special.pad).toBe('!')
    expect(model.graphs.unet.path).toBe(join(path, 'unet', 'model.onnx'))
    expect(model.unet).toEqual({
      channels: 4,
      contextWidth: 16,
      takesSize: false,
      textEmbedsWidth: null,
      timestepCondWidth: null,
    })
  })

  test('component configs may be missing', async () => {
    for (const file of ['unet', 'vae_decoder']) await rm(join(path, file, 'config.json'))
    await editJson('model_index.json', ({ storyreel: _, ...rest }) => rest)
    const model = await read()
    expect(model).toMatchObject({ scalingFactor: 0.18215, vaeScale: 8, sizes: [{ width: 512, height: 512 }] })
    expect(model.defaults).toMatchObject({ steps: 25, guidance: 7.5 })
    expect(model.warnings.join()).toContain('0.18215')
  })

  test('names every file that is missing or empty', async () => {
    await rm(join(path, 'tokenizer/merges.txt'))
    await writeFile(join(path, 'unet/model.onnx'), '')
    const failure = await read().catch((error) => error)
    expect(failure).toMatchObject({ name: 'Failure', exitCode: 3 })
    expect(failure.message).toContain('unet/model.onnx, tokenizer/merges.txt are missing')
  })

  test('infinities as Python writes them are read', async () => {
    const config = '{"_class_name": "Infinity NaN", "lambda_min_clipped": -Infinity, "sigma_max": NaN}'
    await writeFile(join(path, 'scheduler/scheduler_config.json'), config)
    expect((await read()).schedulerConfig).toEqual({
      _class_name: 'Infinity NaN',
      lambda_min_clipped: Number.NEGATIVE_INFINITY,
      sigma_max: null,
    })
  })

  test('damaged JSON is named', async () => {
    await appendFile(join(path, 'scheduler/scheduler_config.json'), '}}')
    await expect(read()).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('scheduler_config.json'),
    })
  })

  const others: [string, string, object][] = [
    ['Stable Diffusion 3', 'model_index.json', { _class_name: 'StableDiffusion3Pipeline' }],
    ['UNet takes no text_embeds', 'model_index.json', { _class_name: 'StableDiffusionXLPipeline' }],
    ['FooPipeline', 'model_index.json', { _class_name: 'FooPipeline' }],
    ['refiner', 'model_index.json', { requires_aesthetics_score: true }],
  ]
  test.each(others)('%s is refused by its name', async (what, file, change) => {
    await editJson(file, (value) => ({ ...value, ...change }))
    await expect(read()).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining(what) })
  })
})

describe('special tokens', () => {
  const config = { pad_token: '<|endoftext|>' }
  const map = { pad_token: { content: '!' } }

  test('the map wins, unless the config lists added tokens', () => {
    expect(resolveSpecialTokens(config, map).pad).toBe('!')
    expect(resolveSpecialTokens({ ...config, added_tokens_decoder: {} }, map).pad).toBe('<|endoftext|>')
    expect(resolveSpecialTokens({}, {})).toMatchObject({ bos: '<|startoftext|>', pad: '<|endoftext|>' })
  })
})

describe('the digest', () => {
  const digest = (remembered = {}) => modelDigest({ path }, host, remembered)

  test('does not depend on the place, and changes with any byte', async () => {
    const first = await digest()
    expect(first.digest).toMatch(/^[0-9a-f]{64}$/)
    expect((await modelDigest({ path: TINY }, host, {})).digest).toBe(first.digest)
    await appendFile(join(path, 'scheduler/scheduler_config.json'), ' ')
    expect((await digest(first.record)).digest).not.toBe(first.digest)
  })

  test('does not read again what has the size and time that it remembers', async () => {
    const first = await digest()
    expect(first.changed).toBe(true)
    const readChunks = () => expect.fail('it was read')
    const blind = await modelDigest(
      { path },
      { ...host, readChunks },
      JSON.parse(JSON.stringify(first.record)),
    )
    expect(blind).toEqual({ ...first, changed: false })
    await utimes(join(path, 'unet/model.onnx'), 1, 1)
    expect(await digest(first.record)).toMatchObject({ digest: first.digest, changed: true })
  })
})
