// `still` from a picture, by the tiny model whose pictures diffusers made too.

import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodePicture } from '../../dist/image/picture.js'
import { difference, LIMITS } from '../render/picture-difference.js'
import { openPlace, type Place } from './storyreel.js'

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const { pictures }: { pictures: Item[] } = JSON.parse(readFileSync(golden('images/cases.json'), 'utf8'))
const data = readFileSync(golden('images/data.bin'))
type Pixels = { width: number; height: number; offset: number }
type Item = Pixels & {
  model: string
  scheduler: string
  prompt: string
  negative: string
  seed: number
  steps: number
  guidance: number
  strength: number
  source: Pixels
  mask?: Pixels
}
const pixelsOf = ({ width, height, offset }: Pixels) => data.subarray(offset, offset + 3 * width * height)
const find = (isMasked: boolean) =>
  pictures.find(
    (c: Item) => c.model === 'sd' && c.scheduler === 'ddim' && c.strength === 0.75 && !c.mask !== isMasked,
  )!

let place: Place
beforeEach(() => {
  place = openPlace()
  cpSync(golden('tiny-sd'), place.file('tiny'), { recursive: true })
  cpSync(golden('images/vae_encoder'), place.file('tiny/vae_encoder'), { recursive: true })
})
afterEach(() => place.remove())

const raw = ({ width, height, ...at }: Pixels) =>
  sharp(pixelsOf({ width, height, ...at }), { raw: { width, height, channels: 3 } })
const writePng = async (name: string, pixels: Pixels) => {
  const bytes = await raw(pixels).png().toBuffer()
  writeFileSync(place.file(name), bytes)
  return createHash('sha256').update(bytes).digest('hex')
}
const still = (prompt: string, ...flags: string[]) =>
  place.run(['still', prompt, '--model', './tiny', '-o', 'out.png', '--json', ...flags])

const flagsOf = (item: Item): string[] =>
  [
    ['--negative', item.negative],
    ['--seed', item.seed],
    ['--steps', item.steps],
    ['--guidance', item.guidance],
    ['--strength', item.strength],
    ['--image', 'in.png'],
  ].flatMap((pair) => pair.map(String))

test('paints what diffusers paints from the picture, and says from what', async () => {
  const item = find(false)
  const sha256 = await writePng('in.png', item.source)
  const run = await still(item.prompt, ...flagsOf(item))
  expect(run.code, run.stderr).toBe(0)
  const told = JSON.parse(run.stdout)
  expect(told).toMatchObject({
    width: item.width,
    height: item.height,
    source: { image: { path: 'in.png', sha256 }, mask: null, strength: 0.75 },
  })
  expect(told.timings.encoder).toBeGreaterThan(0)
  const { largest, mean } = difference(
    (await decodePicture(readFileSync(place.file('out.png')))).data,
    pixelsOf(item),
  )
  expect(largest).toBeLessThanOrEqual(LIMITS.largest)
  expect(mean).toBeLessThanOrEqual(LIMITS.mean)
})

test('paints only the light part of the mask', async () => {
  const item = find(true)
  await writePng('in.png', item.source)
  const sha256 = await writePng('mask.png', item.mask!)
  const run = await still(item.prompt, ...flagsOf(item), '--mask', 'mask.png')
  expect(run.code, run.stderr).toBe(0)
  expect(JSON.parse(run.stdout).source.mask).toEqual({ path: 'mask.png', sha256 })
  const { mean } = difference((await decodePicture(readFileSync(place.file('out.png')))).data, pixelsOf(item))
  expect(mean).toBeLessThanOrEqual(LIMITS.mean)
})

describe('what can’t be', () => {
  const cases: [flags: string[], code: number, says: RegExp][] = [
    [['--mask', 'in.png'], 2, /--mask needs a picture[\s\S]*--image/],
    [['--strength', '0.5'], 2, /--strength needs a picture/],
    [['--image', 'in.png', '--strength', '1.5'], 2, /from 0 to 1/],
    [['--image', 'in.png', '--strength', '0.1', '--steps', '4'], 2, /leaves none[\s\S]*10 steps or more/],
    [['--image', 'in.png', '--mask', 'wide.png'], 2, /wide.png has 48x24.*24x24[\s\S]*not in shape/],
    [['--image', 'nothing.png'], 3, /nothing.png: no such file/],
    [['--image', 'broken.png'], 4, /can't read broken.png/],
    [['--image', 'in.png', '--model', 'without'], 2, /it has no vae_encoder/],
  ]
  test.each(cases)('%j exits with %d', async (flags, code, says) => {
    const { source } = find(false)
    await writePng('in.png', source)
    writeFileSync(place.file('wide.png'), await raw(source).resize(48, 24, { fit: 'fill' }).png().toBuffer())
    writeFileSync(place.file('broken.png'), (await raw(source).png().toBuffer()).subarray(0, 60))
    const model = flags.indexOf('--model')
    if (model >= 0) {
      cpSync(golden('tiny-sd'), place.file('without'), { recursive: true })
      flags = flags.with(model + 1, './without')
    }
    const run = await still('a fox', ...flags)
    expect(run.code, run.stderr).toBe(code)
    expect(run.stderr).toMatch(says)
    expect(existsSync(join(place.folder, 'out.png'))).toBe(false)
  })
})
