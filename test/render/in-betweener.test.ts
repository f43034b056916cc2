// Interpolation models through the real sessions: every layout equal to PyTorch, sizes, times, and models that are broken.
// The goldens are made by tools/golden/interpolation.py.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { createFeeds } from '../../dist/interpolation/feeds.js'
import type { Frame } from '../../dist/interpolation/interpolator.js'
import { resolveLayout } from '../../dist/interpolation/layout.js'
import { createNetworkInterpolator, type RunGraph, readPicture } from '../../dist/interpolation/network.js'
import { inbetweenTimes } from '../../dist/interpolation/times.js'
import { openRuntime, type Runtime } from '../../dist/onnx/runtime.js'
import type { Session } from '../../dist/onnx/session.js'
import { type InBetweener, openInBetweener } from '../../dist/render/in-betweener.js'
import { goldenCases, goldenPair, goldenPicture, graphPath } from '../interpolation/golden.js'

const host = nodeHost()
const film = fileURLToPath(new URL('../../models/film/', import.meta.url))
const never = new AbortController().signal
const opened = new Map<string, InBetweener>()
let runtime: Runtime
let folder: string

beforeAll(async () => {
  runtime = await openRuntime({ threads: 1, device: 'cpu' })
  folder = mkdtempSync(join(tmpdir(), 'storyreel-in-betweener-'))
})
afterAll(async () => {
  await runtime.close()
  await Promise.all([...opened.values()].map((inBetweener) => inBetweener.close()))
  rmSync(folder, { recursive: true, force: true })
})

/** Each once: a session takes a moment to start. */
async function open(nameOrPath: string, folders: string[] = []): Promise<InBetweener> {
  const known = opened.get(nameOrPath)
  if (known) return known
  const inBetweener = await openInBetweener(nameOrPath, host, { threads: 1, folders })
  opened.set(nameOrPath, inBetweener)
  return inBetweener
}

async function frames(
  inBetweener: InBetweener,
  pair: readonly [Frame, Frame],
  times: readonly number[],
): Promise<Uint8Array[]> {
  const made: Uint8Array[] = []
  for await (const data of inBetweener.between(...pair, times, never)) made.push(Uint8Array.from(data))
  return made
}

const toBytes = (values: Float32Array) => Uint8ClampedArray.from(values, (value) => value * 255)

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}

/** Exports, and whose references they must meet: FILM's four are of one network. */
const EXPORTS = [
  { graph: 'film-nhwc', of: 'film-nhwc', times: 'middle' },
  { graph: 'film-nchw', of: 'film-nhwc', times: 'middle' },
  { graph: 'film-fixed', of: 'film-nhwc', times: 'middle' },
  { graph: 'film-torch', of: 'film-nhwc', times: 'near-middle' },
  { graph: 'film-own', of: 'film-own', times: 'any' },
  { graph: 'rife-7', of: 'rife-7', times: 'any' },
  { graph: 'rife-7-half', of: 'rife-7', times: 'any' },
  { graph: 'rife-8', of: 'rife-8', times: 'any' },
  { graph: 'rife-11', of: 'rife-11', times: 'any' },
  { graph: 'ifrnet', of: 'ifrnet', times: 'any' },
]

describe.each(EXPORTS)('$graph', ({ graph, of, times }) => {
  let session: Session
  beforeAll(async () => {
    session = await runtime.open(graphPath(graph))
  })
  // A fixed graph pads the odd pair to its own size, which is another picture at the edges.
  const cases = goldenCases.filter(
    (golden) => golden.graph === of && !(graph === 'film-fixed' && golden.size !== 0),
  )

  /** What the graph makes, before rounding: height × width × 3. */
  async function floats(size: number, time: number): Promise<Float32Array> {
    const layout = resolveLayout(session.inputs, session.outputs)
    const [a, b] = goldenPair(size)
    const [width, height] = [a.width, a.height].map((side) => Math.ceil(side / 64) * 64) as [number, number]
    const feeds = createFeeds(layout, width, height)
    feeds.load(a, b, 0, 0)
    feeds.setTime(time)
    const { data, channels } = readPicture(
      (await session.run({ ...feeds.tensors })).outputs,
      layout.output,
      width,
      height,
    )
    return Float32Array.from({ length: 3 * a.width * a.height }, (_, i) => {
      const [c, x, y] = [i % 3, Math.floor(i / 3) % a.width, Math.floor(i / 3 / a.width)]
      return data[channels === 'first' ? (c * height + y) * width + x : (y * width + x) * 3 + c]!
    })
  }

  test.each(cases)('is what PyTorch makes: size $size at $time', async (golden) => {
    const limit = graph.endsWith('half') ? 2e-3 : 1e-4
    expect(largestDifference(await floats(golden.size, golden.time), goldenPicture(golden))).toBeLessThan(
      limit,
    )
  })

  test('frames are those values in 8 bits', async () => {
    const inBetweener = await open(graphPath(graph))
    expect(inBetweener.times).toBe(times)
    for (const golden of cases) {
      const [made] = await frames(inBetweener, goldenPair(golden.size), [golden.time])
      expect(largestDifference(made!, toBytes(goldenPicture(golden)))).toBeLessThanOrEqual(1)
    }
  })
})

/** Two frames of a picture without an end that travels by (dx, dy) pixels. */
function travelling(
  value: (x: number, y: number, channel: number) => number,
  width: number,
  height: number,
  dx: number,
  dy: number,
): [Frame, Frame] {
  const frame = (k: number): Frame => ({
    width,
    height,
    data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
      return value(x - k * dx + 4096, y - k * dy + 4096, i % 3)
    }),
  })
  return [frame(0), frame(1)]
}

/** Waves with a hard edge and some grain that go along. */
const waves = (x: number, y: number, c: number) =>
  128 +
  60 * Math.sin(x / 9 + c) * Math.cos(y / 13) +
  (Math.floor(x / 50) % 2) * 30 +
  ((((x * 7919) ^ (y * 104729)) >>> 3) % 17)

/** Blocks of colours that never come again. */
function blocks(x: number, y: number, c: number): number {
  const block = Math.imul(Math.floor(x / 23), 374761393) ^ Math.imul(Math.floor(y / 19), 668265263)
  return ((Math.imul(block ^ (block >>> 13), 1274126177 + 2 * c) >>> 16) & 127) + 64
}

describe('windows', () => {
  /** The same pair by one window and by windows of `pixels`; `coarse` finds the motion where the graph wants it. */
  async function both(path: string, pair: [Frame, Frame], pixels: number, coarse: string | null = null) {
    const graph = async (file: string) => {
      const session = await runtime.open(file)
      const run: RunGraph = async (feeds, signal) => (await session.run({ ...feeds }, { signal })).outputs
      return { layout: resolveLayout(session.inputs, session.outputs), run, session }
    }
    const [{ layout, run, session }, motion] = [
      await graph(path),
      coarse === null ? null : await graph(coarse),
    ]
    const make = async (windowPixels: number) => {
      const network = createNetworkInterpolator(layout, run, { multiple: 64, windowPixels, motion })
      for await (const data of network.between(...pair, [0.5], never)) return data
    }
    const made = [await make(Number.POSITIVE_INFINITY), await make(pixels)] as const
    await Promise.all([session.release(), motion?.session.release()])
    return made
  }

  test('give what the whole frame gives, everywhere', async () => {
    const [whole, tiled] = await both(graphPath('rife-7'), travelling(waves, 700, 500, -17, 9), 384 * 384)
    expect(largestDifference(whole!, tiled!)).toBeLessThanOrEqual(1)
  })

  test.skipIf(!existsSync(join(film, 'coarse.onnx'))).each([
    [14, -6],
    [70, 30],
  ])('give it with the model that ships inside too, however far things move: %d, %d', async (dx, dy) => {
    const pair = travelling(blocks, 1100, 640, dx, dy)
    const [whole, tiled] = await both(join(film, 'model.onnx'), pair, 576 * 576, join(film, 'coarse.onnx'))
    expect(largestDifference(whole!, tiled!)).toBeLessThanOrEqual(1)
  })

  test('make a frame of 4096x2160', async () => {
    const inBetweener = await open(graphPath('cross-fade'))
    const [width, height] = [4096, 2160]
    const frame = (k: number): Frame => {
      const data = new Uint8Array(3 * width * height)
      for (let i = 0; i < data.length; i++) data[i] = (i * 7 + (i >> 12) + 90 * k) & 255
      return { width, height, data }
    }
    const [a, b] = [frame(0), frame(1)]
    const [made] = await frames(inBetweener, [a, b], [0.25])
    let wrong = 0
    for (let i = 0; i < made!.length; i++) {
      if (Math.abs(made![i]! - (0.75 * a.data[i]! + 0.25 * b.data[i]!)) > 0.51) wrong++
    }
    expect(wrong).toBe(0)
  })

  test('of a fixed size take smaller and larger frames', async () => {
    const inBetweener = await open(graphPath('film-fixed'))
    for (const [width, height] of [
      [60, 33],
      [128, 64],
      [300, 150],
    ] as const) {
      const made = await frames(inBetweener, travelling(waves, width, height, 2, 1), [0.5])
      expect(made.map(({ length }) => length)).toEqual([3 * width * height])
    }
  })
})

describe('sizes and times', () => {
  test.each([
    [1, 1],
    [2, 130],
    [101, 67],
    [257, 3],
  ])('%dx%d', async (width, height) => {
    const inBetweener = await open(graphPath('cross-fade'))
    const [a, b] = travelling(waves, width, height, 1, 1)
    const [made] = await frames(inBetweener, [a, b], [0.5])
    expect(
      largestDifference(
        made!,
        a.data.map((value, i) => (value + b.data[i]!) / 2),
      ),
    ).toBeLessThanOrEqual(1)
  })

  test.each([1, 2, 7, 240])('%d in-betweens, directly', async (count) => {
    const inBetweener = await open(graphPath('cross-fade'))
    const flat = (value: number): Frame => ({ width: 3, height: 2, data: new Uint8Array(18).fill(value) })
    const times = inbetweenTimes(count)
    const made = await frames(inBetweener, [flat(0), flat(255)], times)
    expect(made.map((data) => data[0])).toEqual(times.map((time) => Math.round(time * 255)))
  })

  test('by halves with a model that takes a time and does not look at it', async () => {
    const inBetweener = await open(graphPath('mean'))
    expect(inBetweener.times).toBe('middle')
    const flat = (value: number): Frame => ({ width: 3, height: 2, data: new Uint8Array(18).fill(value) })
    const made = await frames(inBetweener, [flat(0), flat(240)], [0.25, 0.5, 0.75])
    expect(made.map((data) => data[0])).toEqual([60, 120, 180])
  })

  test('blend needs no model', async () => {
    const inBetweener = await open('blend')
    const [a, b] = travelling(waves, 9, 5, 1, 0)
    const [made] = await frames(inBetweener, [a, b], [0.5])
    expect(
      largestDifference(
        made!,
        a.data.map((value, i) => (value + b.data[i]!) / 2),
      ),
    ).toBeLessThanOrEqual(1)
  })

  test('frames of two sizes are refused', async () => {
    for (const name of ['blend', graphPath('cross-fade')]) {
      const inBetweener = await open(name)
      const pair: [Frame, Frame] = [travelling(waves, 8, 8, 0, 0)[0], travelling(waves, 8, 9, 0, 0)[0]]
      await expect(frames(inBetweener, pair, [0.5])).rejects.toMatchObject({
        exitCode: 4,
        message: expect.stringContaining('8x8 and 8x9'),
      })
    }
  })

  test('an abort rejects with its reason, and the model goes on being of use', async () => {
    const inBetweener = await open(graphPath('rife-7'))
    const abort = new AbortController()
    const between = inBetweener.between(
      ...travelling(waves, 640, 480, 1, 1),
      inbetweenTimes(40),
      abort.signal,
    )
    await between[Symbol.asyncIterator]().next()
    const reason = new Error('enough')
    const next = between[Symbol.asyncIterator]().next()
    abort.abort(reason)
    await expect(next).rejects.toBe(reason)
    expect(await frames(inBetweener, travelling(waves, 20, 20, 1, 1), [0.5])).toHaveLength(1)
  })
})

describe('a model that is of no use is told in one line', () => {
  const refusal = async (nameOrPath: string, folders: string[] = []) => {
    const error = await open(nameOrPath, folders).then(
      () => null,
      (reason) => reason,
    )
    expect(error).toMatchObject({ name: 'Failure', exitCode: 3 })
    expect(error.message).not.toContain('\n')
    return `${error.message} | ${error.hint}`
  }

  test('a cut file, an empty one, text', async () => {
    const whole = readFileSync(graphPath('rife-7'))
    for (const [name, bytes] of [
      ['cut', whole.subarray(0, whole.length / 2)],
      ['empty', ''],
      ['text', 'version https://git-lfs.github.com/spec/v1\n'],
    ] as const) {
      const path = join(folder, `${name}.onnx`)
      writeFileSync(path, bytes)
      expect(await refusal(path)).toContain(path)
    }
  })

  test('a graph with other inputs', async () => {
    const path = fileURLToPath(new URL('../golden/tiny-sd/unet/model.onnx', import.meta.url))
    expect(await refusal(path)).toMatch(/no interpolation model that storyreel knows.*encoder_hidden_states/)
  })

  test('a picture of another size, values that are no numbers', async () => {
    expect(await refusal(graphPath('half-size'))).toMatch(
      /for pictures of 64x64 its output image has the shape \[1, 3, 32, 32\]/,
    )
    expect(await refusal(graphPath('not-a-number'))).toContain('no numbers')
  })

  test('values that are no numbers for some frames only', async () => {
    const inBetweener = await open(graphPath('sometimes-not-a-number'))
    const white: Frame = { width: 4, height: 4, data: new Uint8Array(48).fill(255) }
    await expect(frames(inBetweener, [white, white], [0.5])).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('no numbers'),
    })
  })

  test('one that wants other multiples, unless its settings say so', async () => {
    expect(await refusal(graphPath('multiple-of-128'))).toContain('{"multiple": 128}')
    const own = join(folder, 'wide')
    mkdirSync(own)
    cpSync(graphPath('multiple-of-128'), join(own, 'model.onnx'))
    writeFileSync(join(own, 'interpolation.json'), '{"multiple": 128}')
    const inBetweener = await open('wide', [folder])
    expect(await frames(inBetweener, travelling(waves, 130, 20, 1, 1), [0.5])).toHaveLength(1)
  })

  test.skipIf(!existsSync(join(film, 'coarse.onnx')))(
    'one without the graph for its motion, or one with a needless one',
    async () => {
      const [alone, needless] = [join(folder, 'alone'), join(folder, 'needless')]
      mkdirSync(alone)
      cpSync(join(film, 'model.onnx'), join(alone, 'model.onnx'))
      expect(await refusal(alone)).toContain('wants to be told the motion')
      mkdirSync(needless)
      cpSync(graphPath('rife-7'), join(needless, 'model.onnx'))
      cpSync(join(film, 'coarse.onnx'), join(needless, 'coarse.onnx'))
      writeFileSync(join(needless, 'interpolation.json'), '{"motion": "coarse.onnx"}')
      expect(await refusal(needless)).toContain('no input for that')
      const swapped = join(folder, 'swapped')
      mkdirSync(swapped)
      cpSync(join(film, 'model.onnx'), join(swapped, 'model.onnx'))
      cpSync(graphPath('cross-fade'), join(swapped, 'coarse.onnx'))
      writeFileSync(join(swapped, 'interpolation.json'), '{"motion": "coarse.onnx"}')
      expect(await refusal(swapped)).toContain('the graph for its motion is of no use')
    },
  )

  test('a device that is not there', async () => {
    const opening = openInBetweener(graphPath('mean'), host, {
      threads: 1,
      device: process.platform === 'win32' ? 'coreml' : 'dml',
    })
    await expect(opening).rejects.toMatchObject({ exitCode: 3 })
  })
})
