// Pictures equal to diffusers', through the real sessions; the golden files are made by tools/golden/tiny_sd.py.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { openPainter, type Painter, type PainterRequest } from '../../dist/render/painter.js'
import { difference, LIMITS } from './picture-difference.js'

type Golden = {
  scheduler: string
  config: Record<string, unknown>
  prompt: string
  negative: string
  seed: number
  steps: number
  guidance: number
  width: number
  height: number
  offset: number
}

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const pictures: Golden[] = JSON.parse(readFileSync(golden('tiny-sd.json'), 'utf8')).pictures
const pixels = readFileSync(golden('tiny-sd.rgb'))

let model: Model
const painters = new Map<string, Painter>()

beforeAll(async () => {
  model = await readModel({ name: 'tiny-sd', path: golden('tiny-sd') }, nodeHost())
  for (const { scheduler, config } of pictures) {
    if (!painters.has(scheduler)) {
      painters.set(scheduler, await openPainter({ ...model, schedulerConfig: config }, { threads: 1 }))
    }
  }
})

afterAll(async () => {
  await Promise.all([...painters.values()].map((painter) => painter.close()))
})

const request = ({ prompt, ...rest }: Golden): PainterRequest => ({
  ...rest,
  prompt: [{ prompt, weight: 1 }],
})

const title = (p: Golden) => `${p.scheduler}, guidance ${p.guidance}, ${p.width}x${p.height}`

describe.each(pictures.map((picture) => ({ picture, title: title(picture) })))('$title', ({ picture }) => {
  const expected = pixels.subarray(picture.offset, picture.offset + 3 * picture.width * picture.height)
  const paint = (change: Partial<PainterRequest> = {}) =>
    painters.get(picture.scheduler)!.paint({ ...request(picture), ...change })

  test('is the picture that diffusers makes', async () => {
    const { rgb, width, height } = await paint()
    expect([width, height]).toEqual([picture.width, picture.height])
    const { largest, mean } = difference(rgb, expected)
    expect(largest).toBeLessThanOrEqual(LIMITS.largest)
    expect(mean).toBeLessThanOrEqual(LIMITS.mean)
  })

  test('the comparison notices other words, another seed, one step more', async () => {
    for (const change of [
      { prompt: [{ prompt: 'a robot', weight: 1 }] },
      { seed: 8 },
      { steps: picture.steps + 1 },
    ]) {
      expect(difference((await paint(change)).rgb, expected).mean, JSON.stringify(change)).toBeGreaterThan(
        LIMITS.mean,
      )
    }
  })
})

test('a slightly wrong coefficient would be noticed', async () => {
  const picture = pictures[0]!
  const painter = await openPainter({ ...model, scalingFactor: model.scalingFactor * 1.02 }, { threads: 1 })
  const { rgb } = await painter.paint(request(picture))
  await painter.close()
  const expected = pixels.subarray(picture.offset, picture.offset + rgb.length)
  expect(difference(rgb, expected).mean).toBeGreaterThan(LIMITS.mean)
})

describe('the painter', () => {
  const picture = pictures.find(({ guidance }) => guidance > 1)!
  const painter = () => painters.get(picture.scheduler)!

  test('reports steps and timings, and encodes equal prompts once', async () => {
    const steps: number[] = []
    const fresh = { ...request(picture), prompt: [{ prompt: 'a bell', weight: 1 }], negative: 'fog' }
    const first = await painter().paint(fresh, { onStep: (done) => steps.push(done) })
    expect(steps).toEqual([1, 2, 3, 4, 5])
    expect(first.timings.unet).toHaveLength(5)
    expect(first.timings.text).toBeGreaterThan(0)
    expect(first.timings.total).toBeGreaterThan(first.timings.unet.reduce((a, b) => a + b, first.timings.vae))
    const again = await painter().paint(fresh)
    expect(again.timings.text).toBe(0)
    expect(again.rgb).toEqual(first.rgb)
  })

  test('blends embeddings: all weight on one prompt is that prompt, half is neither', async () => {
    const blend = (weights: number[]) =>
      painter().paint({
        ...request(picture),
        prompt: ['a man', 'a boat in the rain'].map((prompt, i) => ({ prompt, weight: weights[i]! })),
      })
    const plain = await painter().paint({ ...request(picture), prompt: [{ prompt: 'a man', weight: 1 }] })
    expect((await blend([1, 0])).rgb).toEqual(plain.rgb)
    const half = await blend([0.5, 0.5])
    expect(half.rgb).not.toEqual(plain.rgb)
    expect(half.rgb).not.toEqual((await blend([0, 1])).rgb)
  })

  test('without guidance the negative prompt has no say', async () => {
    const unguided = { ...request(picture), guidance: 1 }
    const one = await painter().paint({ ...unguided, negative: 'fog' })
    expect((await painter().paint({ ...unguided, negative: 'rain' })).rgb).toEqual(one.rgb)
  })

  test('stops between steps when its signal fires, and can paint again', async () => {
    const abort = new AbortController()
    const painting = painter().paint(request(picture), {
      signal: abort.signal,
      onStep: () => abort.abort('stop'),
    })
    await expect(painting).rejects.toBe('stop')
    expect((await painter().paint(request(picture))).timings.unet).toHaveLength(picture.steps)
  })

  test('refuses sizes, steps and schedulers that the model can’t do', async () => {
    const paint = (change: Partial<PainterRequest>) => painter().paint({ ...request(picture), ...change })
    await expect(paint({ width: 33 })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/33x/),
    })
    await expect(paint({ steps: 0 })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/steps/),
    })
    await expect(paint({ scheduler: 'huen' })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/huen/),
    })
  })

  test('an unavailable device is an environment failure', async () => {
    await expect(
      openPainter(model, { device: process.platform === 'win32' ? 'coreml' : 'dml', threads: 1 }),
    ).rejects.toMatchObject({ exitCode: 3 })
  })

  test('a model that asks for a scheduler that is not there says so', async () => {
    const other = { ...model.schedulerConfig, _class_name: 'TCDScheduler' }
    const defaults = { ...model.defaults, scheduler: 'TCDScheduler' }
    const painter = await openPainter({ ...model, defaults, schedulerConfig: other }, { threads: 1 })
    expect(painter.warnings.join()).toContain('TCDScheduler')
    const plain = request(pictures[0]!)
    const { rgb } = await painter.paint({ ...plain, scheduler: 'TCDScheduler' })
    await painter.close()
    expect(difference(rgb, pixels.subarray(0, rgb.length)).largest).toBeLessThanOrEqual(LIMITS.largest)
  })
})
