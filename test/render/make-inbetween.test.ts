import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { InbetweenNode } from '../../src/graph/node.js'
import { nodeHost } from '../../src/host/node-host.js'
import type { FramesReader } from '../../src/image/frames-file.js'
import { openGrowth } from '../../src/image/growth.js'
import { encodePng } from '../../src/image/picture.js'
import type { Verdict } from '../../src/interpolation/gate.js'
import type { Interpolator } from '../../src/interpolation/interpolator.js'
import { type InbetweenContext, openInbetween } from '../../src/render/make-inbetween.js'
import { openStore, type Store } from '../../src/store/store.js'

const host = nodeHost()
const KEY = 'ab'.repeat(32)
let folder: string
let store: Store
let paths: [string, string]
let verdicts: Verdict[]
let told: number

/** A ramp with a dark stripe at x. */
const picture = (x: number) =>
  encodePng({
    width: 40,
    height: 24,
    data: Uint8Array.from({ length: 40 * 24 * 3 }, (_, i) => {
      const column = Math.floor(i / 3) % 40
      return column >= x && column < x + 4 ? 20 : 120 + Math.floor(i / 120)
    }),
  })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-inbetween-'))
  store = openStore(join(folder, 'cache'), host, 1e9)
  paths = [join(folder, 'a.png'), join(folder, 'b.png')]
  for (const [i, path] of paths.entries()) writeFileSync(path, await picture(4 + 8 * i))
  verdicts = []
  told = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const node = (count: number, motion: InbetweenNode['motion'] = null, interpolation = 'model') =>
  ({ kind: 'inbetween', id: 's/inbetween 1', key: KEY, count, motion, interpolation }) as InbetweenNode

/** Frames that are filled with their number, from 1; `before` is waited for ahead of each. */
const counting = (before: (frame: number) => Promise<void> = async () => {}): Interpolator => ({
  async *between(a, _, times) {
    const frame = new Uint8Array(a.data.length)
    for (const i of times.keys()) {
      await before(i + 1)
      yield frame.fill(i + 1)
    }
  },
})

const context = (model: Interpolator, more: Partial<InbetweenContext> = {}): InbetweenContext => ({
  store,
  host,
  openModel: async () => model,
  signal: new AbortController().signal,
  onVerdict: (verdict) => verdicts.push(verdict),
  onFrame: () => told++,
  ...more,
})

async function firstSamples(reader: FramesReader): Promise<number[]> {
  const samples: number[] = []
  try {
    for await (const frame of reader) samples.push(frame[0]!)
    return samples
  } finally {
    await reader.close()
  }
}
const leftovers = () => readdirSync(join(folder, 'cache/tmp'))

describe('in-betweens', () => {
  test('can be read while they are made, by several readers, and afterwards', async () => {
    const allowed = openGrowth()
    const inbetween = openInbetween(node(5), context(counting(allowed.reached)))
    const early = inbetween.open()
    const made = inbetween.make(...paths)
    const [one, two] = await Promise.all([early, inbetween.open()])
    expect(one).toMatchObject({ width: 40, height: 24, count: 5 })
    const iterator = one[Symbol.asyncIterator]()
    for (const frame of [1, 2, 3]) {
      allowed.grow(frame)
      expect((await iterator.next()).value[0]).toBe(frame)
    }
    expect(told).toBe(3)
    allowed.grow(5)
    await made
    expect((await iterator.next()).value[0]).toBe(4)
    await one.close()
    expect(await firstSamples(two)).toEqual([1, 2, 3, 4, 5])
    expect(await firstSamples(await inbetween.open())).toEqual([1, 2, 3, 4, 5])
    expect(verdicts).toMatchObject([{ motion: 'morph', why: 'alike' }])
    expect(leftovers()).toEqual([])
  })

  test('that fail, fail their readers with the same reason, and leave nothing', async () => {
    const reason = new Error('the model broke')
    const failing = counting(async (frame) => {
      if (frame === 3) throw reason
    })
    const inbetween = openInbetween(node(5), context(failing))
    const made = inbetween.make(...paths)
    made.catch(inbetween.fail)
    const reading = inbetween.open().then(firstSamples)
    reading.catch(() => {})
    await expect(made).rejects.toMatchObject({ message: expect.stringContaining('the model broke') })
    await expect(reading).rejects.toBe(await made.catch((error) => error))
    expect(leftovers()).toEqual([])
    expect(await store.get(KEY)).toBe('missing')
  })

  test('whose keyframes never come, fail those who wait', async () => {
    const inbetween = openInbetween(node(5), context(counting()))
    const waiting = inbetween.open()
    inbetween.fail(new Error('not painted'))
    await expect(waiting).rejects.toThrow('not painted')
  })

  test('of keyframes of two sizes are a failure', async () => {
    writeFileSync(paths[1], await encodePng({ width: 8, height: 8, data: new Uint8Array(192) }))
    const made = openInbetween(node(5), context(counting())).make(...paths)
    await expect(made).rejects.toMatchObject({ name: 'Failure', exitCode: 4 })
  })

  test('open no model when nothing is morphed', async () => {
    const openModel = () => Promise.reject(new Error('opened'))
    writeFileSync(paths[1], await picture(4))
    await openInbetween(node(3), context(counting(), { openModel })).make(...paths)
    expect(verdicts).toMatchObject([{ motion: 'hold' }])
    const dissolved = openInbetween(
      { ...node(3, 'dissolve'), key: 'cd'.repeat(32) },
      context(counting(), { openModel }),
    )
    await dissolved.make(...paths)
    expect(verdicts[1]).toMatchObject({ motion: 'dissolve', why: 'asked' })
    const plain = openInbetween(
      { ...node(3, 'morph', 'blend'), key: 'ef'.repeat(32) },
      context(counting(), { openModel }),
    )
    await plain.make(...paths)
    expect(verdicts[2]).toMatchObject({ why: 'no model' })
  })
})
