// Pictures with LoRAs are diffusers', through the real sessions; files and pictures are made by tools/golden/lora.py.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { interrupted } from '../../dist/diagnostic/failure.js'
import { nodeHost } from '../../dist/host/node-host.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { type LoraChoice, readLoraChoice, withLoras } from '../../dist/render/loras.js'
import { openPainter } from '../../dist/render/painter.js'
import { openStore } from '../../dist/store/store.js'
import golden from '../golden/lora.json' with { type: 'json' }
import { moveWeights } from '../onnx/edit-graph.js'
import { assembleModel } from './family-models.js'
import { difference, LIMITS } from './picture-difference.js'

type Golden = (typeof golden.pictures)[number]

const at = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const pixels = readFileSync(at('lora.rgb'))
const expected = ({ offset, width, height }: Golden) => pixels.subarray(offset, offset + 3 * width * height)
const folder = mkdtempSync(join(tmpdir(), 'storyreel-loras-'))
const host = nodeHost()
const models = new Map<string, Model>()
beforeAll(async () => {
  models.set('sd', await readModel({ name: 'tiny', path: at('tiny-sd') }, host))
  models.set('sdxl', await readModel({ name: 'tiny-xl', path: assembleModel('sdxl', folder) }, host))
})
afterAll(() => rmSync(folder, { recursive: true }))

const cache = join(folder, 'cache')
const open = (capBytes = 1e9) => openStore(cache, host, capBytes)
const merge = (model: Model, choices: LoraChoice[], store = open()) =>
  withLoras(model, choices, { host, store, threads: 1 })
const choicesOf = ({ loras }: Golden): LoraChoice[] =>
  loras.map(({ file, weight }) => ({ path: at(`lora/${file}`), weight }))

const paint = async (picture: Golden, choices: LoraChoice[]): Promise<Uint8Array> =>
  paintWith(await merge(models.get(picture.model)!, choices), picture)

async function paintWith(model: Model, picture: Golden): Promise<Uint8Array> {
  const painter = await openPainter(model, { threads: 1 })
  try {
    const scheduler = model.defaults.scheduler
    const { rgb } = await painter.paint({
      ...picture,
      scheduler,
      prompt: [{ prompt: picture.prompt, weight: 1 }],
    })
    return rgb
  } finally {
    await painter.close()
  }
}

const title = ({ model, loras }: Golden) =>
  `${model} with ${loras.map(({ file, weight }) => `${file}:${weight}`).join(' and ')}`

describe.each(golden.pictures.map((picture) => ({ picture, title: title(picture) })))(
  '$title',
  ({ picture }) => {
    test('is the picture that diffusers makes', async () => {
      const { largest, mean } = difference(await paint(picture, choicesOf(picture)), expected(picture))
      if (process.env.STORYREEL_FIGURES) console.log(`${title(picture)}: ${largest} ${mean.toFixed(4)}`)
      expect(largest).toBeLessThanOrEqual(LIMITS.largest)
      expect(mean).toBeLessThanOrEqual(LIMITS.mean)
    })
  },
)

test.each([0, 7])('a slightly wrong weight would be noticed: %i', async (index) => {
  const picture = golden.pictures[index]!
  const wrong = choicesOf(picture).map(({ path, weight }) => ({ path, weight: weight * 1.02 }))
  expect(difference(await paint(picture, wrong), expected(picture)).mean).toBeGreaterThan(LIMITS.mean)
})

test('weights in files beside the graphs: the same picture, and what stays is not copied', async () => {
  const picture = golden.pictures[0]!
  const path = join(folder, 'external')
  cpSync(at('tiny-sd'), path, { recursive: true })
  for (const network of ['unet', 'text_encoder']) {
    const file = join(path, network, 'model.onnx')
    const { graph, weights } = moveWeights(readFileSync(file), 'weights.pb')
    writeFileSync(file, graph)
    writeFileSync(join(path, network, 'weights.pb'), weights)
  }
  const model = await readModel({ name: 'external', path }, host)
  const merged = await merge(model, choicesOf(picture))
  const { largest, mean } = difference(await paintWith(merged, picture), expected(picture))
  expect(largest).toBeLessThanOrEqual(LIMITS.largest)
  expect(mean).toBeLessThanOrEqual(LIMITS.mean)
  const kept = join(merged.graphs.unet.path, '../weights.pb')
  expect(statSync(kept).ino).toBe(statSync(join(path, 'unet/weights.pb')).ino)
})

describe('merged graphs', () => {
  const one = { path: at('lora/kohya.safetensors'), weight: 0.5 }
  const two = { path: at('lora/peft.safetensors'), weight: -1 }
  const paths = ({ graphs, textEncoders }: Model) => [graphs.unet.path, textEncoders[0]!.graph.path]
  const sd = () => models.get('sd')!

  test('are made once, by whatever order of LoRAs', async () => {
    const merged = await merge(sd(), [one, two])
    const before = await open().status()
    for (const path of paths(merged)) expect(path.startsWith(cache)).toBe(true)
    expect(paths(await merge(sd(), [two, one]))).toEqual(paths(merged))
    expect(await open().status()).toEqual(before)
    expect(paths(await merge(sd(), [one]))).not.toEqual(paths(merged))
  })

  test('only where a LoRA changes something', async () => {
    expect(await merge(sd(), [])).toBe(sd())
    expect(paths(await merge(sd(), [{ ...one, weight: 0 }]))).toEqual(paths(sd()))
    const unetOnly = await merge(sd(), [{ path: at('lora/adapter'), weight: 1 }])
    expect(unetOnly.textEncoders[0]!.graph).toBe(sd().textEncoders[0]!.graph)
    expect(unetOnly.graphs.unet.path).not.toBe(sd().graphs.unet.path)
  })

  test('by two at once are one, and a damaged one is made again', async () => {
    const fresh = { ...one, weight: 0.125 }
    const [a, b] = await Promise.all([merge(sd(), [fresh]), merge(sd(), [fresh])])
    expect(paths(a)).toEqual(paths(b))
    const [unet] = paths(a) as [string]
    const whole = readFileSync(unet)
    writeFileSync(unet, whole.subarray(0, whole.length - 9))
    expect(paths(await merge(sd(), [fresh]))).toEqual(paths(a))
    expect(readFileSync(unet).equals(whole)).toBe(true)
  })

  test('that are stopped leave nothing', async () => {
    const place = join(folder, 'stopped')
    const store = openStore(place, host, 1e9)
    const stop = new AbortController()
    const stopping: typeof store = {
      ...store,
      put: (key, extension, write) =>
        store.put(key, extension, async (path) => {
          const writing = write(path)
          setTimeout(() => stop.abort(interrupted()), 20)
          await writing
        }),
    }
    const merging = withLoras(sd(), [one], { host, store: stopping, threads: 1, signal: stop.signal })
    await expect(merging).rejects.toMatchObject({ exitCode: 130 })
    expect(readdirSync(join(place, 'tmp'))).toEqual([])
    expect((await store.status()).artefacts).toBe(0)
  })
})

describe('refuses with one clear error', () => {
  const sd = () => models.get('sd')!
  const copy = (name: string, change: (bytes: Buffer) => Buffer) => {
    const path = join(folder, name)
    writeFileSync(path, change(readFileSync(at('lora/kohya.safetensors'))))
    return { path, weight: 1 }
  }
  /** The same file with its tensors called otherwise; a name may keep its length only. */
  const renamed = (name: string, from: string, to: string) =>
    copy(name, (bytes) => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1'))
  const refusal = (model: Model, choice: LoraChoice) => expect(merge(model, [choice])).rejects

  test('what is missing, cut off or no LoRA; a whole file then works', async () => {
    await refusal(sd(), { path: join(folder, 'none.safetensors'), weight: 1 }).toMatchObject({
      exitCode: 3,
      message: /there is no LoRA/,
    })
    await refusal(sd(), { path: folder, weight: 1 }).toMatchObject({
      exitCode: 3,
      message: /holds no LoRA/,
      hint: /adapter_model/,
    })
    const cut = copy('cut.safetensors', (bytes) => bytes.subarray(0, bytes.length - 100))
    await refusal(sd(), cut).toMatchObject({ exitCode: 3, message: /cut off/, hint: /again/ })
    copy('cut.safetensors', (bytes) => bytes)
    expect((await merge(sd(), [cut])).warnings).toEqual(sd().warnings)
    await refusal(
      sd(),
      copy('page.safetensors', () => Buffer.from('<!doctype html><html>')),
    ).toMatchObject({ exitCode: 3 })
    await refusal(sd(), { path: at('safetensors/types.safetensors'), weight: 1 }).toMatchObject({
      exitCode: 3,
      message: /no form/,
    })
  })

  test('a LoRA for another family, both ways', async () => {
    const hint = /same family/
    await refusal(sd(), { path: at('lora/xl-original.safetensors'), weight: 1 }).toMatchObject({
      exitCode: 3,
      message: /text width 40.*text width 16/,
      hint,
    })
    await refusal(models.get('sdxl')!, { path: at('lora/kohya.safetensors'), weight: 1 }).toMatchObject({
      exitCode: 3,
      message: /text width 16.*text width 40/,
      hint,
    })
  })

  test('one of which nothing is there; a few are a warning', async () => {
    await refusal(sd(), renamed('names.safetensors', 'blocks', 'blocky')).toMatchObject({
      exitCode: 3,
      message: /83 of its 95 modules are not there/,
    })
    const few = await merge(sd(), [
      renamed(
        'few.safetensors',
        'lora_te_text_model_encoder_layers_1',
        'lora_te_text_model_encoder_layers_7',
      ),
    ])
    expect(few.warnings.join()).toMatch(/lacks 6 of the 95 modules.*layers_7/)
  })

  test('a text model that has no such thing as a UNet of Stable Diffusion', async () => {
    const storybook = await readModel(
      { name: 'storybook', path: fileURLToPath(new URL('../../models/storybook', import.meta.url)) },
      host,
    )
    await refusal(storybook, { path: at('lora/kohya.safetensors'), weight: 1 }).toMatchObject({
      exitCode: 3,
      message: /does not fit the model storybook/,
    })
  })
})

test('weights are told from file names', async () => {
  const choice = (text: string) => readLoraChoice(text, host)
  expect(await choice('a.safetensors')).toEqual({ path: 'a.safetensors', weight: 1 })
  expect(await choice('a.safetensors:0.8')).toEqual({ path: 'a.safetensors', weight: 0.8 })
  expect(await choice('a.safetensors:-1.5e-1')).toEqual({ path: 'a.safetensors', weight: -0.15 })
  expect(await choice('C:\\loras\\a.safetensors')).toEqual({ path: 'C:\\loras\\a.safetensors', weight: 1 })
  expect(await choice('C:\\loras\\a.safetensors:2')).toEqual({ path: 'C:\\loras\\a.safetensors', weight: 2 })
  expect(await choice('C:/a:b/c.safetensors')).toEqual({ path: 'C:/a:b/c.safetensors', weight: 1 })
  const odd = join(folder, 'odd:2')
  writeFileSync(odd, '')
  expect(await choice(odd)).toEqual({ path: odd, weight: 1 })
  expect(await choice(`${odd}:3`)).toEqual({ path: odd, weight: 3 })
  await expect(choice('a.safetensors:much')).rejects.toMatchObject({
    exitCode: 2,
    message: /'much' is no weight/,
  })
  await expect(choice('a.safetensors:')).rejects.toMatchObject({ exitCode: 2 })
})
