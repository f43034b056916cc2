// The files of a small model, as a hub would have them, and ONNX graphs that keep their weights elsewhere.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { field, textField, varintField } from '../../src/weights/protobuf.js'

export const TINY = fileURLToPath(new URL('../golden/tiny-sd', import.meta.url))

/** Of test/golden/tiny-sd, a real pipeline; with a card. */
export function tinyFiles(): Record<string, Buffer> {
  const files: Record<string, Buffer> = {
    'README.md': Buffer.from('---\nlicense: mit\n---\n# Tiny\n'),
  }
  for (const name of readdirSync(TINY, { recursive: true }) as string[]) {
    const path = join(TINY, name)
    if (statSync(path).isFile()) files[relative(TINY, path).split('\\').join('/')] = readFileSync(path)
  }
  return files
}

/** The same, with a UNet whose weights lie in `location`; it declares its inputs, but is nothing a runtime would load. */
export function tinyFilesWithWeights(location: string, weights: Buffer): Record<string, Buffer> {
  return {
    ...tinyFiles(),
    'unet/model.onnx': graphWithWeights([location]),
    [`unet/${location}`]: weights,
  }
}

/** An ONNX model whose initialisers have their data in the files named. */
export function graphWithWeights(locations: readonly string[]): Buffer {
  const entry = (key: string, value: string) =>
    field(13, Buffer.concat([textField(1, key), textField(2, value)]))
  const tensor = (location: string) =>
    Buffer.concat([
      varintField(1, 4),
      varintField(2, 1),
      textField(8, 'w'),
      entry('location', location),
      entry('offset', '0'),
      varintField(14, 1),
    ])
  const inputs = ['sample', 'timestep', 'encoder_hidden_states'].map((name) => field(11, textField(1, name)))
  const tensors = locations.map((location) => field(5, tensor(location)))
  const graph = Buffer.concat([textField(2, 'g'), ...tensors, ...inputs])
  return Buffer.concat([varintField(1, 8), field(7, graph)])
}

/** Bytes without a pattern that could hide a piece in the wrong place; the same for the same seed. */
export function noiseBytes(length: number, seed = 1): Buffer {
  const data = Buffer.alloc(length)
  let state = seed
  for (let i = 0; i + 4 <= length; i += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data.writeUInt32LE(state, i)
  }
  return data
}
