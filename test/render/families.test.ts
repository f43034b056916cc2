// Every family's pictures are diffusers', through the real sessions, with each scheduler; made by tools/golden/families.py.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import type { Model } from '../../dist/models/model.js'
import { readModel } from '../../dist/models/read-model.js'
import { openPainter, type Painter, type PainterRequest } from '../../dist/render/painter.js'
import {
  assembleModel,
  type FamilyPicture,
  familyModels,
  familyPictures,
  familyPixels,
} from './family-models.js'
import { difference, LIMITS } from './picture-difference.js'

const folder = mkdtempSync(join(tmpdir(), 'storyreel-families-'))
afterAll(() => rmSync(folder, { recursive: true }))

const EXPECTED: Record<string, Partial<Model>> = {
  sd2: {
    family: 'sd2',
    pipeline: 'StableDiffusion',
    defaults: { steps: 25, guidance: 7.5, scheduler: 'DDIMScheduler', guidanceRescale: 0 },
  },
  'sd2-zero-snr': {
    family: 'sd2',
    defaults: { steps: 25, guidance: 7.5, scheduler: 'DDIMScheduler', guidanceRescale: 0.7 },
  },
  'sd-turbo': {
    family: 'sd-turbo',
    defaults: { steps: 1, guidance: 0, scheduler: 'EulerDiscreteScheduler', guidanceRescale: 0 },
  },
  lcm: {
    family: 'lcm',
    pipeline: 'LatentConsistencyModel',
    defaults: { steps: 4, guidance: 8.5, scheduler: 'LCMScheduler', guidanceRescale: 0 },
  },
  sdxl: {
    family: 'sdxl',
    pipeline: 'StableDiffusionXL',
    zerosForEmptyNegative: true,
    defaults: { steps: 25, guidance: 5, scheduler: 'EulerDiscreteScheduler', guidanceRescale: 0 },
  },
  'sdxl-words': { family: 'sdxl', zerosForEmptyNegative: false },
  'sdxl-turbo': {
    family: 'sdxl-turbo',
    defaults: { steps: 1, guidance: 0, scheduler: 'EulerAncestralDiscreteScheduler', guidanceRescale: 0 },
  },
}

describe.each(familyModels.map(({ name }) => name))('%s', (name) => {
  const ofModel = familyPictures.filter(({ model }) => model === name)
  let model: Model
  let painter: Painter
  beforeAll(async () => {
    model = await readModel({ name: 'tiny', path: assembleModel(name, folder) }, nodeHost())
    painter = await openPainter(model, { threads: 1 })
  })
  afterAll(() => painter?.close())
  const paint = ({ prompt, ...rest }: FamilyPicture, change: Partial<PainterRequest> = {}) =>
    painter.paint({ ...rest, prompt: [{ prompt, weight: 1 }], ...change })

  test('is known for what it is', () => expect(model).toMatchObject(EXPECTED[name]!))

  test.each([...new Set(ofModel.map(({ scheduler }) => scheduler))])(
    '%s: the pictures that diffusers makes',
    async (scheduler) => {
      for (const picture of ofModel.filter((p) => p.scheduler === scheduler)) {
        const { rgb, width, height } = await paint(picture)
        expect([width, height]).toEqual([picture.width, picture.height])
        const { largest, mean } = difference(rgb, familyPixels(picture))
        if (process.env.STORYREEL_FIGURES)
          console.log(`${name} ${scheduler} ${width}x${height}: ${largest} ${mean.toFixed(4)}`)
        expect(largest, `${width}x${height}`).toBeLessThanOrEqual(LIMITS.largest)
        expect(mean, `${width}x${height}`).toBeLessThanOrEqual(LIMITS.mean)
      }
    },
  )

  test('other words, another seed, one step more, another guidance make others', async () => {
    const picture = ofModel.find(({ guidance }) => guidance > 1) ?? ofModel[0]!
    const isHeard = picture.guidance > 1
    for (const change of [
      { prompt: [{ prompt: 'a robot', weight: 1 }] },
      { seed: 8 },
      { steps: picture.steps + 1 },
      ...(isHeard ? [{ guidance: picture.guidance * 1.02 }] : []),
      ...(isHeard && name !== 'lcm' ? [{ negative: 'a bell' }] : []),
    ]) {
      const { mean } = difference((await paint(picture, change)).rgb, familyPixels(picture))
      expect(mean, JSON.stringify(change)).toBeGreaterThan(LIMITS.mean)
    }
  })
})
