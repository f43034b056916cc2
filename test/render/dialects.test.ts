// The same networks in every dialect that exporters write: the same picture, and nobody is asked which one it is.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { readModel } from '../../dist/models/read-model.js'
import { openPainter } from '../../dist/render/painter.js'
import { paintStill } from '../../dist/render/still.js'
import { type Declared, fuse, moveWeights, redeclare } from '../onnx/edit-graph.js'
import { assembleModel, familyPictures, familyPixels } from './family-models.js'
import { difference, LIMITS } from './picture-difference.js'

const TINY = fileURLToPath(new URL('../golden/tiny-sd', import.meta.url))
const [picture] = JSON.parse(readFileSync(`${TINY}.json`, 'utf8')).pictures.filter(
  ({ guidance }: { guidance: number }) => guidance > 1,
)
const expected = readFileSync(`${TINY}.rgb`).subarray(picture.offset, picture.offset + 3 * 16 * 16)

const folder = mkdtempSync(join(tmpdir(), 'storyreel-dialects-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0

const newModel = (): string => {
  const path = join(folder, String(count++))
  cpSync(TINY, path, { recursive: true })
  return path
}

function edit(path: string, network: string, change: (graph: Buffer) => Buffer): void {
  const file = join(path, network, 'model.onnx')
  writeFileSync(file, change(readFileSync(file)))
}

async function paint(path: string, request = picture): Promise<Uint8Array> {
  const model = await readModel({ name: 'tiny', path }, nodeHost())
  const painter = await openPainter(model, { threads: 1 })
  const { prompt, ...rest } = request
  const scheduler = rest.model === undefined ? model.defaults.scheduler : rest.scheduler
  try {
    const asked = { ...rest, scheduler, prompt: [{ prompt, weight: 1 }] }
    return (await painter.paint(asked)).rgb
  } finally {
    await painter.close()
  }
}

/** Of the networks in a folder, the declarations that change, and the file that their weights lie in. */
type Dialect = { declared: Record<string, Record<string, Declared>>; weights?: string }

const ids = (type: Declared['type']): Record<string, Declared> => ({
  input_ids: { type, dims: ['batch', 'sequence'] },
})

describe('the same picture with', () => {
  const dialects: Record<string, Dialect> = {
    'the script of diffusers': {
      declared: { text_encoder: ids('int32'), unet: { timestep: { type: 'float32', dims: ['batch'] } } },
      weights: 'weights.pb',
    },
    'its first version': {
      declared: { text_encoder: ids('int32'), unet: { timestep: { type: 'int64', dims: ['batch'] } } },
    },
    'optimum before 1.24': {
      declared: { text_encoder: ids('int32'), unet: { timestep: { type: 'int64', dims: ['steps'] } } },
      weights: 'model.onnx_data',
    },
    'optimum since, and weights as Olive names them': {
      declared: { text_encoder: ids('int64') },
      weights: 'model.onnx.data',
    },
    'a timestep in half precision, and weights under any name': {
      declared: { unet: { timestep: { type: 'float16', dims: [] } } },
      weights: 'somewhere.else',
    },
    'a UNet for one picture of one size at a time': {
      declared: {
        unet: {
          sample: { type: 'float32', dims: [1, 4, 8, 8] },
          encoder_hidden_states: { type: 'float32', dims: [1, 77, 16] },
          timestep: { type: 'float16', dims: [1] },
        },
      },
    },
    'graphs that keep their shapes to themselves': {
      declared: {
        unet: {
          sample: { type: 'float32', dims: ['b', 'c', 'h', 'w'] },
          encoder_hidden_states: { type: 'float32', dims: ['b', 's', 'd'] },
        },
        text_encoder: { last_hidden_state: { type: 'float32', dims: ['b', 's', 'd'] } },
      },
    },
  }
  test.each(Object.entries(dialects))('%s', async (_, { declared, weights }) => {
    const path = newModel()
    for (const [network, changes] of Object.entries(declared))
      edit(path, network, (graph) => redeclare(graph, changes))
    for (const network of weights === undefined ? [] : ['text_encoder', 'unet', 'vae_decoder']) {
      edit(path, network, (graph) => {
        const moved = moveWeights(graph, weights!)
        writeFileSync(join(path, network, weights!), moved.weights)
        return moved.graph
      })
    }
    const { largest, mean } = difference(await paint(path), expected)
    expect(largest).toBeLessThanOrEqual(LIMITS.largest)
    expect(mean).toBeLessThanOrEqual(LIMITS.mean)
  })

  test('half precision going in and out, but for its rounding', async () => {
    const half = (dims: Declared['dims']): Declared => ({ type: 'float16', dims })
    const pixels = ['batch', 'channels', 'height', 'width']
    const path = newModel()
    edit(path, 'text_encoder', (graph) =>
      redeclare(graph, { last_hidden_state: half(['batch', 'sequence', 16]) }),
    )
    edit(path, 'unet', (graph) =>
      redeclare(graph, {
        sample: half(['batch', 4, 'height', 'width']),
        timestep: half([]),
        encoder_hidden_states: half(['batch', 'sequence', 16]),
        out_sample: half(pixels),
      }),
    )
    edit(path, 'vae_decoder', (graph) =>
      redeclare(graph, { latent_sample: half(pixels), sample: half(pixels) }),
    )
    const { largest, mean } = difference(await paint(path), expected)
    expect(largest).toBeGreaterThan(0)
    expect(largest).toBeLessThanOrEqual(4)
    expect(mean).toBeLessThanOrEqual(0.2)
  })

  test('an XL model in whole and half numbers', async () => {
    const request = familyPictures.find(
      ({ model, scheduler, guidance }) => model === 'sdxl' && scheduler === 'ddim' && guidance > 1,
    )!
    const path = assembleModel('sdxl', join(folder, 'xl'))
    for (const network of ['text_encoder', 'text_encoder_2'])
      edit(path, network, (graph) => redeclare(graph, ids('int32')))
    edit(path, 'unet', (graph) =>
      redeclare(graph, {
        timestep: { type: 'int64', dims: ['steps'] },
        time_ids: { type: 'float16', dims: ['batch', 6] },
        sample: { type: 'float32', dims: [1, 4, 'h', 'w'] },
      }),
    )
    const { largest, mean } = difference(await paint(path, request), familyPixels(request))
    expect(largest).toBeLessThanOrEqual(LIMITS.largest)
    expect(mean).toBeLessThanOrEqual(LIMITS.mean)
  })
})

describe('told before anything is loaded', () => {
  const reading = (path: string) =>
    readModel({ name: 'tiny', path }, nodeHost()).catch((error: unknown) => error as { message: string })

  test('weights that are missing or cut off', async () => {
    const path = newModel()
    edit(path, 'unet', (graph) => moveWeights(graph, 'weights.pb').graph)
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/weights\.pb, which is missing/),
    })
    writeFileSync(join(path, 'unet/weights.pb'), 'short')
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/weights\.pb is cut off: it has 5 bytes of \d+/),
    })
  })

  test.each(['text_encoder', 'unet', 'vae_decoder'])('a cut-off %s', async (network) => {
    const path = newModel()
    edit(path, network, (graph) => graph.subarray(0, graph.length - 100))
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`${network}/model.onnx is damaged`),
    })
  })

  test.each<[string, string, Dialect['declared']]>([
    [
      'a text encoder of another width',
      'gives 24 numbers a token, its UNet takes 16',
      { text_encoder: { last_hidden_state: { type: 'float32', dims: ['b', 's', 24] } } },
    ],
    [
      'a UNet of another number of channels',
      'parts of two models',
      { unet: { sample: { type: 'float32', dims: ['b', 6, 'h', 'w'] } } },
    ],
    ['one for depth', 'paints by depth', { unet: { sample: { type: 'float32', dims: ['b', 5, 'h', 'w'] } } }],
  ])('%s', async (_, message, dialect) => {
    const path = newModel()
    for (const [network, declared] of Object.entries(dialect))
      edit(path, network, (graph) => redeclare(graph, declared))
    expect(await reading(path)).toMatchObject({ exitCode: 3, message: expect.stringContaining(message) })
  })

  test('an inpainting UNet without a mask, when it is to paint', async () => {
    const path = newModel()
    edit(path, 'unet', (graph) => redeclare(graph, { sample: { type: 'float32', dims: ['b', 9, 'h', 'w'] } }))
    const request = {
      prompt: 'a fox',
      negative: '',
      output: join(path, 'a.png'),
      model: path,
      seed: 0,
      device: 'cpu',
    }
    await expect(paintStill(request, new AbortController().signal)).rejects.toMatchObject({
      exitCode: 2,
      message: /part of a picture/,
    })
  })

  test('the refiner of XL', async () => {
    const path = assembleModel('sdxl-words', folder)
    edit(path, 'unet', (graph) => redeclare(graph, { time_ids: { type: 'float32', dims: ['b', 5] } }))
    expect(await reading(path)).toMatchObject({ exitCode: 3, message: expect.stringContaining('refiner') })
  })

  test('an XL model whose encoders are those of something else', async () => {
    const path = assembleModel('sdxl', join(folder, 'mixed'))
    edit(path, 'unet', (graph) => redeclare(graph, { text_embeds: { type: 'float32', dims: ['b', 28] } }))
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('gives 20 numbers a prompt, its UNet takes 28'),
    })
    cpSync(join(path, 'text_encoder/model.onnx'), join(path, 'text_encoder_2/model.onnx'))
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('gives no text_embeds'),
    })
    cpSync(join(TINY, 'text_encoder/model.onnx'), join(path, 'text_encoder/model.onnx'))
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('gives no hidden_states'),
    })
  })

  test('an XL model without its second text encoder', async () => {
    const path = assembleModel('sdxl-turbo', folder)
    rmSync(join(path, 'text_encoder_2'), { recursive: true })
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('text_encoder_2/model.onnx is missing'),
    })
  })

  test('parts of two models under the name of one', async () => {
    const path = newModel()
    cpSync(join(path, 'vae_decoder/model.onnx'), join(path, 'unet/model.onnx'))
    expect(await reading(path)).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/UNet has no input sample/),
    })
  })

  test('operators that were fused for a GPU', async () => {
    for (const [operator, said] of [
      ['NhwcConv', /fused for GPUs.*NhwcConv/],
      ['GroupNorm', /fused for GPUs.*GroupNorm/],
    ] as const) {
      const path = newModel()
      edit(path, 'unet', (graph) => fuse(graph, operator))
      const model = await readModel({ name: 'tiny', path }, nodeHost())
      await expect(openPainter(model, { device: 'cpu', threads: 1 })).rejects.toMatchObject({
        exitCode: 3,
        message: said,
      })
    }
  })

  test('operators that nobody knows', async () => {
    const path = newModel()
    edit(path, 'unet', (graph) => fuse(graph, 'Wobble', 'com.example'))
    const model = await readModel({ name: 'tiny', path }, nodeHost())
    await expect(openPainter(model, { device: 'cpu', threads: 1 })).rejects.toMatchObject({
      exitCode: 3,
      message: /Wobble/,
    })
  })

  test('one that onnxruntime has for the cpu runs', async () => {
    const path = newModel()
    edit(path, 'unet', (graph) => fuse(graph, 'Gelu'))
    expect(difference(await paint(path), expected).mean).toBeGreaterThan(LIMITS.mean)
  })
})
