// Pictures on their way through an upscaler. test/golden/upscaler.onnx repeats each pixel 3 x 3, so what comes out can
// be foretold; tools/golden/upscaler.py makes it.

import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodePicture, type Picture } from '../../dist/image/picture.js'
import { paintStill } from '../../dist/render/still.js'
import { openUpscaler, type Upscaler } from '../../dist/render/upscaler.js'
import type { InbetweenNode, Strip, TakeView } from '../../src/graph/node.js'
import { makePlan } from '../../src/graph/plan.js'
import type { PlanFacts } from '../../src/graph/plan-facts.js'
import { openTake } from '../../src/render/take-reader.js'
import { STILL } from '../../src/script/camera.js'
import { checkScript } from '../../src/story/check.js'

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const never = new AbortController().signal

/** Each pixel 3 x 3. */
function repeated({ width, height, data }: Picture): Picture {
  const large = new Uint8Array(data.length * 9)
  for (let y = 0; y < 3 * height; y++) {
    for (let x = 0; x < 3 * width; x++) {
      const from = (Math.floor(y / 3) * width + Math.floor(x / 3)) * 3
      large.set(data.subarray(from, from + 3), (y * 3 * width + x) * 3)
    }
  }
  return { width: 3 * width, height: 3 * height, data: large }
}

describe('an upscaler', () => {
  let upscaler: Upscaler
  beforeAll(async () => {
    upscaler = await openUpscaler(golden('upscaler.onnx'), { threads: 1 })
  })
  afterAll(() => upscaler.close())

  test('enlarges; every byte goes through unharmed', async () => {
    const picture = { width: 32, height: 8, data: Uint8Array.from({ length: 768 }, (_, i) => (i * 7) % 256) }
    const large = await upscaler.upscale(picture, never)
    expect(large).toEqual(repeated(picture))
  })
  test('rejects at once when told to stop, and goes on working', async () => {
    const picture = { width: 4, height: 4, data: new Uint8Array(48).fill(9) }
    const stop = new AbortController()
    const stopped = upscaler.upscale(picture, stop.signal)
    stop.abort(new Error('enough'))
    await expect(stopped).rejects.toThrow('enough')
    expect((await upscaler.upscale(picture, never)).width).toBe(12)
  })
  test('is refused when the graph is something else', async () => {
    const unet = golden('tiny-sd/unet/model.onnx')
    await expect(openUpscaler(unet, { threads: 1 })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/other inputs than one picture/),
    })
  })
})

describe('still --upscale', () => {
  const folder = mkdtempSync(join(tmpdir(), 'storyreel-upscaler-'))
  const model = join(folder, 'model')
  beforeAll(() => {
    cpSync(golden('tiny-sd'), model, { recursive: true })
    cpSync(golden('upscaler.onnx'), join(model, 'upscaler/model.onnx'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const request = {
    prompt: 'a fox',
    negative: '',
    seed: 1,
    steps: 1,
    size: { width: 64, height: 32 },
    device: 'cpu',
  }
  const still = (name: string, more: object) =>
    paintStill({ ...request, model, output: join(folder, name), ...more }, never)
  const read = (name: string) => decodePicture(readFileSync(join(folder, name)))

  test('is the same picture, enlarged', async () => {
    await still('small.png', {})
    const large = await still('large.png', { upscale: true })
    expect([large.width, large.height]).toEqual([192, 96])
    const expected = repeated(await read('small.png')).data
    expect(Buffer.compare((await read('large.png')).data, expected)).toBe(0)
  })
  test('is refused for a model without an upscaler', async () => {
    await expect(still('none.png', { upscale: true, model: golden('tiny-sd') })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/has no upscaler/),
    })
  })
})

describe('a take', () => {
  const size = { width: 2, height: 2 }
  const picture = (value: number): Picture => ({ ...size, data: new Uint8Array(12).fill(value) })
  const from = { kind: 'keyframe', key: '10' } as Strip['node']
  const to = { kind: 'keyframe', key: '20' } as Strip['node']
  const run = { kind: 'inbetween', count: 5 } as InbetweenNode
  const view: TakeView = {
    strips: [
      { frame: 0, count: 3, node: from },
      { frame: 3, count: 5, node: run },
      { frame: 8, count: 2, node: to },
    ],
    upscaler: { model: 'm', digest: 'd' },
    depths: [],
    camera: { ...STILL, seed: 0 },
    fit: 'crop',
    look: 'none',
    frames: 10,
  }

  /** Opens the take over pictures of one value each, with a finish that notes what it is given. */
  function openNoting() {
    const finished: number[] = []
    let closed = 0
    async function* frames() {
      const frame = new Uint8Array(12) // used again, as the real reader does
      for (let i = 0; i < 5; i++) yield frame.fill(11 + i)
    }
    const sources = {
      picture: async ({ key }: { key: string }) => picture(Number(key)),
      depth: () => Promise.reject(),
      frames: async () => ({
        ...size,
        count: 5,
        [Symbol.asyncIterator]: frames,
        close: async () => void closed++,
      }),
    }
    const finish = async ({ data }: Picture) => {
      await new Promise((resolve) => setImmediate(resolve))
      finished.push(data[0]!)
      return picture(data[0]! + 100)
    }
    return { take: openTake(view, sources, finish), finished, closed: () => closed }
  }

  test('finishes a held picture once and each in-between once, in order', async () => {
    const { take, finished, closed } = openNoting()
    const seen: number[] = []
    for (let frame = 0; frame < 10; frame++) {
      const { data } = await take.at(frame)
      await new Promise((resolve) => setImmediate(resolve)) // time for the next one to spoil this one
      seen.push(data[0]!)
    }
    await take.close()
    expect(seen).toEqual([110, 110, 110, 111, 112, 113, 114, 115, 120, 120])
    expect(finished).toEqual([10, 11, 12, 13, 14, 15, 20])
    expect(closed()).toBe(1)
  })
  test('finishes no in-between that is passed over', async () => {
    const { take, finished } = openNoting()
    expect((await take.at(6)).data[0]).toBe(114)
    expect((await take.at(8)).data[0]).toBe(120)
    await take.close()
    // 15 was begun while 14 was seen.
    expect(finished.filter((value) => value !== 15)).toEqual([14, 20])
  })
  test('finishes the next in-between while one is seen', async () => {
    const { take, finished } = openNoting()
    await take.at(3)
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(finished).toEqual([11, 12])
    await take.close()
  })
  test('without an upscaler is left as it is', async () => {
    const { take } = openNoting()
    await take.close()
    const plain = openTake(
      view,
      {
        picture: async () => picture(7),
        depth: () => Promise.reject(),
        frames: () => Promise.reject(),
      },
      null,
    )
    expect((await plain.at(0)).data[0]).toBe(7)
  })
})

describe('a plan', () => {
  const facts = (upscaler: string | null): PlanFacts => ({
    models: new Map([
      [
        'storybook',
        {
          digest: 'd1',
          preview: null,
          upscaler,
          sizes: [{ width: 320, height: 192 }],
          steps: 1,
          guidance: 1,
          scheduler: 'ddim',
        },
      ],
    ]),
    program: 'storyreel test',
    runtime: 'runtime 1',
    device: 'cpu',
    interpolation: null,
    encoder: 'ffmpeg 1',
    font: 'font 1',
  })
  const planOf = (upscaler: string | null, { size = '960x576', isDraft = false, more = {} } = {}) => {
    const text = `size: ${size}\nshots:\n  - a fox\n  - {prompt: a boat, transition: dissolve 1s}\n  - card: The End`
    const { storyboard } = checkScript(text, 'film.yaml')
    return makePlan({ ...storyboard!, isDraft }, { ...facts(upscaler), ...more })
  }
  const segmentKeys = (...args: Parameters<typeof planOf>) => planOf(...args).shots.map((s) => s.segment.key)
  const pictureKeys = (...args: Parameters<typeof planOf>) =>
    planOf(...args).shots.flatMap((s) => s.pictures.map((p) => p.key))

  test('another upscaler makes other segments of the same pictures, cards apart', () => {
    const [a, b] = [segmentKeys('u1'), segmentKeys('u2')]
    expect(a.map((key, i) => key === b[i])).toEqual([false, false, true])
    expect(pictureKeys('u1')).toEqual(pictureKeys('u2'))
  })
  test('what runs the upscaler counts', () => {
    const { segment } = planOf('u1', { more: { device: 'cuda' } }).shots[0]!
    expect(segment.manifest).toContainEqual(['upscaler runtime', 'runtime 1 cuda'])
  })
  test('has no upscaler in drafts, in films no larger than the pictures, and for models without', () => {
    const upscalers = (...args: Parameters<typeof planOf>) =>
      planOf(...args).shots.map((s) => s.segment.take.upscaler?.digest ?? null)
    expect(upscalers('u1')).toEqual(['u1', 'u1', null])
    expect(planOf('u1').shots[1]!.segment.tail!.upscaler).toEqual({ model: 'storybook', digest: 'u1' })
    expect(upscalers('u1', { isDraft: true })).toEqual([null, null, null])
    expect(upscalers('u1', { size: '320x192' })).toEqual([null, null, null])
    // 288x160 cropped from 320x192 of a picture, but 640x192 between bars shows it in its own size.
    expect(upscalers('u1', { size: '640x192' })).toEqual(['u1', 'u1', null])
    expect(upscalers('u1', { size: '640x192\nfit: letterbox' })).toEqual([null, null, null])
    expect(upscalers(null)).toEqual([null, null, null])
    expect(segmentKeys('u1', { size: '320x192' })).toEqual(segmentKeys(null, { size: '320x192' }))
  })
})
