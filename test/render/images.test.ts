// Pictures from pictures equal to diffusers', through the real sessions; the golden files are made by tools/golden/images.py.

import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import type { Picture } from '../../dist/image/picture.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { openPainter, type Painter, type PainterRequest } from '../../dist/render/painter.js'
import { assembleModel } from './family-models.js'
import { difference, LIMITS } from './picture-difference.js'

type Pixels = { width: number; height: number; offset: number }
type Golden = {
  model: 'sd' | 'inpainting' | 'sdxl' | 'lcm'
  scheduler: string
  config: Record<string, unknown>
  prompt: string
  negative: string
  seed: number
  steps: number
  guidance: number
  strength: number
  width: number
  height: number
  source: Pixels
  mask?: Pixels
  offset: number
}

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const cases: Golden[] = JSON.parse(readFileSync(golden('images/cases.json'), 'utf8')).pictures
const bytes = readFileSync(golden('images/data.bin'))

let folder: string
const painters = new Map<string, Promise<Painter>>()

/** A tiny model of the golden pictures, with a VAE encoder of the given form. */
async function tinyModel(encoder: string | null, kind: Golden['model'] = 'sd'): Promise<Model> {
  const parent = join(folder, `${encoder} ${kind}`)
  const path = assembleModel(kind === 'inpainting' || kind === 'sd' ? 'sd2' : kind, parent)
  await cp(golden('tiny-sd/scheduler'), join(path, 'scheduler'), { recursive: true })
  if (encoder !== null) await cp(golden(`images/${encoder}`), join(path, 'vae_encoder'), { recursive: true })
  if (kind === 'inpainting')
    await cp(golden('images/unet_inpainting'), join(path, 'unet'), { recursive: true })
  return readModel({ name: 'tiny', path }, nodeHost())
}

function painterOf({ model: kind, config }: Pick<Golden, 'model' | 'config'>): Promise<Painter> {
  const key = `${kind} ${JSON.stringify(config)}`
  const known = painters.get(key)
  if (known) return known
  const opening = tinyModel('vae_encoder', kind).then((model) =>
    openPainter({ ...model, schedulerConfig: config }, { threads: 1 }),
  )
  painters.set(key, opening)
  return opening
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-images-'))
})

afterAll(async () => {
  for (const painter of painters.values()) await (await painter).close()
  await rm(folder, { recursive: true })
})

const pictureOf = ({ width, height, offset }: Pixels): Picture => ({
  width,
  height,
  data: new Uint8Array(bytes.subarray(offset, offset + 3 * width * height)),
})

const requestOf = ({ model, prompt, source, mask, strength, ...rest }: Golden): PainterRequest => ({
  ...rest,
  prompt: [{ prompt, weight: 1 }],
  source: { picture: pictureOf(source), mask: mask ? pictureOf(mask) : null, strength },
})

const expectedOf = ({ offset, width, height }: Golden) => bytes.subarray(offset, offset + 3 * width * height)

const title = (p: Golden) =>
  `${p.model}, ${p.mask ? 'a part' : 'all'}, ${p.scheduler}, guidance ${p.guidance}, strength ${p.strength}, ${p.source.width}x${p.source.height} to ${p.width}x${p.height}`

describe.each(cases.map((item) => ({ item, title: title(item) })))('$title', ({ item }) => {
  test('is the picture that diffusers makes', async () => {
    const painter = await painterOf(item)
    const { rgb, width, height } = await painter.paint(requestOf(item))
    expect([width, height]).toEqual([item.width, item.height])
    const { largest, mean } = difference(rgb, expectedOf(item))
    expect(largest).toBeLessThanOrEqual(LIMITS.largest)
    expect(mean).toBeLessThanOrEqual(LIMITS.mean)
  })
})

const firstOf = (model: Golden['model'], isMasked: boolean, scheduler = 'ddim') =>
  cases.find((c) => c.model === model && !c.mask === !isMasked && c.scheduler === scheduler)!

describe.each([firstOf('sd', false), firstOf('sd', true), firstOf('inpainting', true)])(
  '$model, $mask',
  (item) => {
    const request = requestOf(item)
    const source = request.source!
    const paint = async (change: Partial<PainterRequest>) =>
      (await (await painterOf(item)).paint({ ...request, ...change })).rgb

    test('the comparison notices other noise, strength, pictures and masks', async () => {
      const { picture, mask } = source
      const darker = { ...picture, data: picture.data.map((value) => Math.max(0, value - 12)) }
      const wider = mask && { ...mask, data: mask.data.map((value) => (value > 0 ? 255 : 0)) }
      const changes: Partial<PainterRequest>[] = [
        { seed: item.seed + 1 },
        { source: { ...source, strength: item.strength - 1 / item.steps } },
        { source: { ...source, latents: 'mean' } },
        { source: { ...source, picture: darker } },
        ...(wider ? [{ source: { ...source, mask: wider } }] : []),
      ]
      for (const change of changes)
        expect(
          difference(await paint(change), expectedOf(item)).mean,
          JSON.stringify(change).slice(0, 80),
        ).toBeGreaterThan(LIMITS.mean)
    })
  },
)

describe('encoders of every form', () => {
  const item = firstOf('sd', false, 'euler-ancestral')

  test('one that drew its own noise paints the same picture, each time', async () => {
    const painter = await openPainter(
      { ...(await tinyModel('vae_encoder_sampled')), schedulerConfig: item.config },
      { threads: 1, takesPictures: true },
    )
    const [first, second] = [await painter.paint(requestOf(item)), await painter.paint(requestOf(item))]
    await painter.close()
    expect(difference(first.rgb, expectedOf(item)).mean).toBeLessThanOrEqual(LIMITS.mean)
    expect(second.rgb).toEqual(first.rgb)
  })

  test('one that gives latents and draws nothing is taken as it is', async () => {
    const painter = await openPainter(await tinyModel('vae_encoder_plain'), { threads: 1 })
    const [first, second] = [await painter.paint(requestOf(item)), await painter.paint(requestOf(item))]
    await painter.close()
    expect(second.rgb).toEqual(first.rgb)
  })

  test('one whose noise can’t be taken out is refused, and words alone still paint', async () => {
    const model = await tinyModel('vae_encoder_noisy')
    await expect(openPainter(model, { threads: 1, takesPictures: true })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/RandomNormalLike/),
    })
    const painter = await openPainter(model, { threads: 1 })
    await expect(painter.paint(requestOf(item))).rejects.toMatchObject({ exitCode: 3 })
    expect((await painter.paint({ ...requestOf(item), source: null })).rgb).toHaveLength(768)
    await painter.close()
  })
})

describe('the painter', () => {
  const item = firstOf('sd', false)

  test('refuses what can’t be painted, and says what helps', async () => {
    const painter = await painterOf(item)
    const paint = (change: Partial<PainterRequest>, source = {}) =>
      painter.paint({ ...requestOf(item), ...change, source: { ...requestOf(item).source!, ...source } })
    const refused = (message: RegExp, hint: RegExp) => ({
      exitCode: 4,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    await expect(paint({ steps: 3 }, { strength: 0.3 })).rejects.toMatchObject(
      refused(/leaves none/, /4 steps or more/),
    )
    await expect(paint({}, { strength: 0 })).rejects.toMatchObject(refused(/strength of 0/, /stay as it is/))
    await expect(paint({}, { strength: 1.2 })).rejects.toMatchObject(refused(/0 to 1/, /usual/))
    await expect(paint({}, { strength: Number.NaN })).rejects.toMatchObject(refused(/0 to 1/, /usual/))
  })

  test('a model without an encoder, and one for inpainting without a picture, say so', async () => {
    const plain = await openPainter(await tinyModel(null), { threads: 1, takesPictures: true })
    await expect(plain.paint(requestOf(item))).rejects.toMatchObject({
      message: expect.stringMatching(/vae_encoder/),
    })
    await plain.close()
    const inpainting = await painterOf(firstOf('inpainting', true))
    for (const source of [null, requestOf(item).source!])
      await expect(inpainting.paint({ ...requestOf(item), source })).rejects.toMatchObject({
        hint: expect.stringMatching(/mask/),
      })
  })

  test('takes the steps that strength leaves, and times the encoder', async () => {
    const painter = await painterOf(item)
    const steps: [number, number][] = []
    const { timings } = await painter.paint(requestOf(item), { onStep: (...told) => steps.push(told) })
    expect(steps).toEqual([1, 2, 3].map((done) => [done, 3]))
    expect(timings.unet).toHaveLength(3)
    expect(timings.encoder).toBeGreaterThan(0)
    expect((await painter.paint({ ...requestOf(item), source: null })).timings.encoder).toBe(0)
  })

  test('stops at once while the encoder is at work, and can paint again', async () => {
    const painter = await openPainter(await tinyModel('vae_encoder'), { threads: 1 })
    const painting = painter.paint(requestOf(item), { signal: AbortSignal.timeout(1) })
    await expect(painting).rejects.toMatchObject({ name: 'TimeoutError' })
    expect((await painter.paint(requestOf(item))).rgb).toHaveLength(768)
    await painter.close()
  })
})
