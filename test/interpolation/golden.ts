// The reference pictures that tools/golden/interpolation.py made, and the graphs that they are of.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../../src/interpolation/interpolator.js'

export type GoldenCase = { graph: string; size: number; time: number; offset: number }

const FOLDER = new URL('../golden/interpolation/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, FOLDER))

const listed: {
  sizes: { width: number; height: number; offset: number }[]
  cases: GoldenCase[]
} = JSON.parse(read('cases.json').toString())

export const goldenCases = listed.cases

export const graphPath = (graph: string) => fileURLToPath(new URL(`${graph}.onnx`, FOLDER))

/** The pair of pictures of a size, by its number. */
export function goldenPair(size: number): [Frame, Frame] {
  const { width, height, offset } = listed.sizes[size]!
  const length = 3 * width * height
  const bytes = read('inputs.rgb').subarray(offset)
  const frame = (i: number) => ({
    width,
    height,
    data: Uint8Array.from(bytes.subarray(i * length, (i + 1) * length)),
  })
  return [frame(0), frame(1)]
}

/** What PyTorch makes of the pair: height × width × 3, not clamped. */
export function goldenPicture({ size, offset }: GoldenCase): Float32Array {
  const { width, height } = listed.sizes[size]!
  const bytes = read('outputs.f32')
  return Float32Array.from({ length: 3 * width * height }, (_, i) => bytes.readFloatLE(4 * (offset + i)))
}
