// Every scheduler's pictures are diffusers' through the real sessions; made by tools/golden/scheduler_pictures.py.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { readModel } from '../../dist/models/read-model.js'
import { openPainter, type Painter, type PainterRequest } from '../../dist/render/painter.js'
import { difference, LIMITS } from './picture-difference.js'

type Golden = Omit<PainterRequest, 'prompt'> & {
  prompt: string
  config: Record<string, unknown>
  offset: number
}

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const pictures: Golden[] = JSON.parse(readFileSync(golden('scheduler-pictures.json'), 'utf8')).pictures
const pixels = readFileSync(golden('scheduler-pictures.rgb'))
const names = [...new Set(pictures.map(({ scheduler }) => scheduler))]

/** The model as it is, for schedulers chosen by name; one painter for all of them. */
let chosen: Painter
/** A model whose own scheduler is PNDM, with the setting of Stable Diffusion 1.5. */
let own: Painter

beforeAll(async () => {
  const model = await readModel({ name: 'tiny-sd', path: golden('tiny-sd') }, nodeHost())
  const { config } = pictures.find(({ scheduler }) => scheduler === 'PNDMScheduler')!
  const schedulerConfig = { ...config, _class_name: 'PNDMScheduler' }
  const defaults = { ...model.defaults, scheduler: 'PNDMScheduler' }
  chosen = await openPainter(model, { threads: 1 })
  own = await openPainter({ ...model, schedulerConfig, defaults }, { threads: 1 })
})

afterAll(async () => {
  await Promise.all([chosen, own].map((painter) => painter?.close()))
})

const paint = ({ prompt, ...rest }: Golden, change: Partial<PainterRequest> = {}) =>
  (rest.scheduler === 'PNDMScheduler' ? own : chosen).paint({
    ...rest,
    prompt: [{ prompt, weight: 1 }],
    ...change,
  })

const expected = ({ offset, width, height }: Golden) => pixels.subarray(offset, offset + 3 * width * height)

describe.each(names)('%s', (name) => {
  const ofName = pictures.filter(({ scheduler }) => scheduler === name)

  test('makes the pictures that diffusers makes', async () => {
    for (const picture of ofName) {
      const { rgb, width, height } = await paint(picture)
      expect([width, height]).toEqual([picture.width, picture.height])
      const { largest, mean } = difference(rgb, expected(picture))
      expect(largest, `${width}x${height}`).toBeLessThanOrEqual(LIMITS.largest)
      expect(mean, `${width}x${height}`).toBeLessThanOrEqual(LIMITS.mean)
    }
  })

  test('another seed or another number of steps makes others', async () => {
    const [picture] = ofName as [Golden]
    for (const change of [{ seed: 8 }, { steps: picture.steps + 1 }]) {
      const { rgb } = await paint(picture, change)
      expect(difference(rgb, expected(picture)).mean, JSON.stringify(change)).toBeGreaterThan(LIMITS.mean)
    }
  })
})

test('the comparison tells all schedulers apart', () => {
  const firsts = names.map((name) => pictures.find(({ scheduler }) => scheduler === name)!)
  for (const one of firsts) {
    for (const other of firsts) {
      if (other === one) continue
      const { mean } = difference(expected(one), expected(other))
      expect(mean, `${one.scheduler}, ${other.scheduler}`).toBeGreaterThan(LIMITS.mean)
    }
  }
})
