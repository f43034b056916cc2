// Interpolation models through the real sessions: every layout equal to PyTorch, sizes, times, and models that are broken.
// The goldens are made by tools/golden/interpolation.py.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { createFeeds } from '../../dist/interpolation/feeds.js'
import type { Frame } from '../../dist/interpolation/interpolator.js'
import { resolveLayout } from '../../dist/interpolation/layout.js'
import { readPicture } from '../../dist/interpolation/network.js'
import { openRuntime, type Runtime } from '../../dist/onnx/runtime.js'
import type { Session } from '../../dist/onnx/session.js'
import { type InBetweener, openInBetweener } from '../../dist/render/in-betweener.js'
import { goldenCases, goldenPair, goldenPicture, graphPath } from '../interpolation/golden.js'

const host = nodeHost()
const never = new AbortController().signal
const opened: InBetweener[] = []
let runtime: Runtime
let folder: string

beforeAll(() => {
  runtime = openRuntime({ threads: 1 })
  folder = mkdtempSync(join(tmpdir(), 'storyreel-in-betweener-'))
})
afterAll(async () => {
  await runtime.close()
  await Promise.all(opened.map((inBetweener) => inBetweener.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function open(nameOrPath: string, folders: string[] = []): Promise<InBetweener> {
  const inBetweener = await openInBetweener(nameOrPath, host, { threads: 1, folders })
  opened.push(inBetweener)
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

void [cpSync, mkdirSync, readFileSync, writeFileSync]
