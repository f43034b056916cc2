// The VAE in tiles equals diffusers' with enable_tiling(), through real sessions; the golden files are made by
// tools/golden/images.py.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunTile, runTiled } from '../../dist/diffusion/tiles.js'
import { openRuntime, type Runtime } from '../../dist/onnx/runtime.js'
import type { Session } from '../../dist/onnx/session.js'
import { readEncoderGraph } from '../../dist/weights/encoder-graph.js'

type Case = {
  height: number
  width: number
  latents: number
  decoded: number
  pixels: number
  moments: number
}

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
const cases: Case[] = JSON.parse(readFileSync(golden('images/cases.json'), 'utf8')).tiles
const bytes = readFileSync(golden('images/data.bin'))
const floats = (offset: number, count: number) =>
  new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + 4 * count))

let runtime: Runtime
let decoder: RunTile
let encoder: RunTile
let rewired: RunTile

const runnerOf =
  (session: Session): RunTile =>
  async (input) => {
    const { outputs, ms } = await session.run({ [session.inputs[0]!.name]: input })
    return { ...Object.values(outputs)[0]!, ms }
  }

beforeAll(async () => {
  runtime = await openRuntime({ threads: 1 })
  const sampled = golden('images/vae_encoder_sampled/model.onnx')
  const graph = readEncoderGraph(sampled)
  if (graph?.kind !== 'rewired') throw new Error('it is not the form that draws')
  const sessions = await Promise.all([
    runtime.open(golden('tiny-sd/vae_decoder/model.onnx')),
    runtime.open(golden('images/vae_encoder/model.onnx')),
    runtime.open(sampled, { splices: graph.splices }),
  ])
  ;[decoder, encoder, rewired] = sessions.map(runnerOf) as [RunTile, RunTile, RunTile]
})

afterAll(() => runtime.close())

const largest = (actual: Float32Array, expected: Float32Array) => {
  expect(actual.length).toBe(expected.length)
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)
}

describe.each(cases)('$width x $height latents', ({ height, width, ...at }) => {
  const latents = { data: floats(at.latents, 4 * height * width), dims: [1, 4, height, width] }
  const pixels = { data: floats(at.pixels, 12 * height * width), dims: [1, 3, 2 * height, 2 * width] }
  const decoded = floats(at.decoded, 12 * height * width)
  const moments = floats(at.moments, 8 * height * width)

  test('decoded as diffusers does', async () => {
    const made = await runTiled(decoder, latents, 8)
    expect(made.dims).toEqual([1, 3, 2 * height, 2 * width])
    expect(largest(made.data, decoded)).toBeLessThan(2e-5)
  })

  test('encoded as diffusers does', async () => {
    const made = await runTiled(encoder, pixels, 16)
    expect(made.dims).toEqual([1, 8, height, width])
    expect(largest(made.data, moments)).toBeLessThan(5e-5)
  })

  test('an export that drew its own noise gives the same distribution', async () => {
    const made = await runTiled(rewired, pixels, 16)
    expect(largest(made.data, moments)).toBeLessThan(5e-5)
  })

  test('other tiles make another picture', async () => {
    for (const tile of [12, 64])
      expect(largest((await runTiled(decoder, latents, tile)).data, decoded)).toBeGreaterThan(1e-3)
  })
})

test('a picture that a tile holds is run as it is, once', async () => {
  let calls = 0
  const input = { data: new Float32Array(64), dims: [1, 1, 8, 8] }
  const made = await runTiled(
    async (given) => {
      calls++
      expect(given).toBe(input)
      return { ...given, ms: 1 }
    },
    input,
    8,
  )
  expect([calls, made.ms]).toEqual([1, 1])
})
