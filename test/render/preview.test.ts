// The decoder for drafts, in the embedded model and in folders that name and scale theirs in other ways.

import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { planesToRgb } from '../../dist/diffusion/pixels.js'
import type { Decoder } from '../../dist/graph/node.js'
import { nodeHost } from '../../dist/host/node-host.js'
import { findModel } from '../../dist/models/find-model.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { openRuntime } from '../../dist/onnx/runtime.js'
import { openPainter } from '../../dist/render/painter.js'
import { createDecode } from '../../dist/render/painter-vae.js'
import { assembleModel } from './family-models.js'
import { difference } from './picture-difference.js'

const TINY = fileURLToPath(new URL('../golden/tiny-sd', import.meta.url))
const IMAGES = (name: string) => fileURLToPath(new URL(`../golden/images/${name}`, import.meta.url))
const host = nodeHost()

async function paint(model: Model, decoder: Decoder, size: { width: number; height: number }) {
  const painter = await openPainter(model, { decoder, threads: 1 })
  try {
    const { steps, guidance, scheduler } = model.defaults
    const prompt = [{ prompt: 'a fox in a meadow', weight: 1 }]
    const request = { prompt, negative: '', seed: 1, steps, guidance, scheduler, ...size }
    return (await painter.paint(request)).rgb
  } finally {
    await painter.close()
  }
}

const meanDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length

test("the embedded model's preview is another picture, of the same thing", async () => {
  const model = await readModel(await findModel('storybook', host), host)
  const size = { width: 160, height: 96 }
  const [full, preview] = [await paint(model, 'full', size), await paint(model, 'preview', size)]
  expect(preview.length).toBe(full.length)
  const difference = meanDifference(full, preview)
  expect(difference).toBeGreaterThan(0.2)
  expect(difference).toBeLessThan(8)
})

describe('a folder', () => {
  let path: string
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'storyreel-preview-')), 'tiny')
    await cp(TINY, path, { recursive: true })
  })
  afterEach(() => rm(join(path, '..'), { recursive: true }))

  const read = () => readModel({ name: 'tiny', path }, host)
  async function addPreview(folder: string, config: object | null): Promise<Model> {
    await mkdir(join(path, folder))
    await cp(join(path, 'vae_decoder/model.onnx'), join(path, folder, 'model.onnx'))
    if (config) await writeFile(join(path, folder, 'config.json'), JSON.stringify(config))
    return read()
  }
  test('without one has no preview', async () => expect((await read()).preview).toBeNull())

  test.each([
    ['vae_decoder_preview', null, 0.31],
    ['vae_decoder_preview', { _class_name: 'AutoencoderTiny' }, 1],
    ['taesd_decoder', null, 1],
    ['taesd_decoder', { _class_name: 'AutoencoderTiny', scaling_factor: 2 }, 2],
  ])('with one in %s, config %o: latents are divided by %d', async (folder, config, scalingFactor) =>
    expect(await addPreview(folder, config)).toMatchObject({
      preview: { graph: { path: join(path, folder, 'model.onnx') }, scalingFactor },
    }),
  )

  describe('with TAESD', () => {
    const { preview: golden } = JSON.parse(readFileSync(IMAGES('cases.json'), 'utf8'))
    const data = readFileSync(IMAGES('data.bin'))
    const { width, height } = golden
    const latents = new Float32Array(
      data.buffer.slice(
        data.byteOffset + golden.latents,
        data.byteOffset + golden.latents + 16 * width * height,
      ),
    )
    async function decode({ preview }: Model): Promise<Uint8Array> {
      const runtime = await openRuntime({ threads: 1 })
      try {
        const session = await runtime.open(preview!.graph.path)
        const shape = { vaeScale: 2, vaeTile: 16 }
        const scaled = latents.map((value) => value / preview!.scalingFactor)
        const made = await createDecode(
          preview!,
          session,
          shape,
          undefined,
        )({ data: scaled, dims: [1, 4, height, width] })
        return planesToRgb(made.data, 2 * width, 2 * height)
      } finally {
        await runtime.close()
      }
    }
    const expected = data.subarray(golden.rgb, golden.rgb + 12 * width * height)

    test.each([
      ['taesd_decoder', false],
      ['taesd_decoder_own', true],
    ])('exported as %s: the picture that diffusers makes', async (form, isUnsigned) => {
      await cp(IMAGES(form), join(path, 'taesd_decoder'), { recursive: true })
      const model = await read()
      expect(model.preview).toMatchObject({ scalingFactor: 1, isUnsigned })
      expect(difference(await decode(model), expected).largest).toBeLessThanOrEqual(1)
      const other = { ...model, preview: { ...model.preview!, isUnsigned: !isUnsigned } }
      expect(difference(await decode(other), expected).mean).toBeGreaterThan(10)
    })

    test('installed by itself: for models of its family that have none', async () => {
      const models = join(path, '../models')
      const env = { ...host.env, STORYREEL_MODELS_DIR: models }
      const readThere = (from: string) => readModel({ name: 'tiny', path: from }, { ...host, env })
      await cp(IMAGES('taesd_decoder'), join(models, 'taesdxl/vae_decoder'), { recursive: true })
      expect((await readThere(path)).preview).toBeNull()
      await cp(IMAGES('taesd_decoder'), join(models, 'taesd/vae_decoder'), { recursive: true })
      const model = await readThere(path)
      expect(model.preview).toMatchObject({ folder: join(models, 'taesd/vae_decoder'), scalingFactor: 1 })
      expect(difference(await decode(model), expected).largest).toBeLessThanOrEqual(1)
      expect((await readThere(assembleModel('sdxl', join(path, '..')))).preview?.folder).toBe(
        join(models, 'taesdxl/vae_decoder'),
      )
      await addPreview('vae_decoder_preview', null)
      expect((await readThere(path)).preview?.folder).toBe(join(path, 'vae_decoder_preview'))
    })
  })

  test('its latents are divided so', async () => {
    const model = await addPreview('taesd_decoder', null)
    const size = { width: 16, height: 16 }
    const preview = await paint(model, 'preview', size)
    expect(preview).toEqual(await paint({ ...model, scalingFactor: 1 }, 'full', size))
    expect(preview).not.toEqual(await paint(model, 'full', size))
  })
})
