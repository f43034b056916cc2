// A VAE run tile by tile, so that memory does not grow with the picture. Tiles overlap by a quarter and fade into one another.
// Source: diffusers models/autoencoders/autoencoder_kl.py (tiled_decode, _tiled_encode).

import type { TensorView, TimedTensor } from './tensor-view.js'

const f = Math.fround

/** One side of the VAE, for one picture: 1×C×H×W → 1×C'×H'×W', sides in a fixed proportion. */
export type RunTile = (input: TensorView) => Promise<TimedTensor>

/** 1 × C × H × W without its first axis. */
type Plane = { data: Float32Array; channels: number; height: number; width: number }

/**
 * `tile` is the side of a tile in the input's elements; four of them, or of the output's, are the least that overlap. One that
 * holds the whole input is run as it is. `ms` is the sum of all.
 */
export async function runTiled(run: RunTile, input: TensorView, tile: number): Promise<TimedTensor> {
  const [, channels, height, width] = input.dims as [number, number, number, number]
  if (height <= tile && width <= tile) return run(input)
  const whole: Plane = { data: input.data, channels, height, width }
  const stride = Math.floor(tile * 0.75)
  let output: Plane | null = null
  let above: Plane[] = []
  let ms = 0
  for (let i = 0; i * stride < height; i++) {
    const row: Plane[] = []
    for (let j = 0; j * stride < width; j++) {
      const part = cut(whole, i * stride, j * stride, tile)
      const made = await run({ data: part.data, dims: [1, channels, part.height, part.width] })
      ms += made.ms
      const [, outChannels, outHeight, outWidth] = made.dims as [number, number, number, number]
      const here: Plane = { data: made.data, channels: outChannels, height: outHeight, width: outWidth }
      const scale = outWidth / part.width
      const blend = Math.floor(tile * scale * 0.25)
      // In place: the next tiles fade out of what these have become.
      if (i > 0) fadeDown(above[j]!, here, blend)
      if (j > 0) fadeRight(row[j - 1]!, here, blend)
      row.push(here)
      output ??= emptyPlane(outChannels, Math.round(height * scale), Math.round(width * scale))
      const limit = tile * scale - blend
      paste(here, output, i * limit, j * limit, limit)
    }
    above = row
  }
  const { data, ...made } = output!
  return { data, dims: [1, made.channels, made.height, made.width], ms }
}

const emptyPlane = (channels: number, height: number, width: number): Plane => ({
  data: new Float32Array(channels * height * width),
  channels,
  height,
  width,
})

function cut(from: Plane, top: number, left: number, side: number): Plane {
  const part = emptyPlane(from.channels, Math.min(side, from.height - top), Math.min(side, from.width - left))
  for (let row = 0; row < part.channels * part.height; row++) {
    const channel = Math.floor(row / part.height)
    const y = row - channel * part.height
    const at = (channel * from.height + top + y) * from.width + left
    part.data.set(from.data.subarray(at, at + part.width), row * part.width)
  }
  return part
}

/** At most `limit` rows and columns of a tile, at their place. */
function paste(tile: Plane, into: Plane, top: number, left: number, limit: number): void {
  const height = Math.min(limit, tile.height)
  const width = Math.min(limit, tile.width)
  for (let channel = 0; channel < tile.channels; channel++) {
    for (let y = 0; y < height; y++) {
      const at = (channel * tile.height + y) * tile.width
      into.data.set(tile.data.subarray(at, at + width), (channel * into.height + top + y) * into.width + left)
    }
  }
}

function fadeDown(above: Plane, tile: Plane, blend: number): void {
  const extent = Math.min(above.height, tile.height, blend)
  for (let channel = 0; channel < tile.channels; channel++) {
    for (let y = 0; y < extent; y++) {
      const from = (channel * above.height + above.height - extent + y) * above.width
      const to = (channel * tile.height + y) * tile.width
      const [old, fresh] = shares(y, extent)
      for (let x = 0; x < tile.width; x++)
        tile.data[to + x] = f(above.data[from + x]! * old) + f(tile.data[to + x]! * fresh)
    }
  }
}

function fadeRight(left: Plane, tile: Plane, blend: number): void {
  const extent = Math.min(left.width, tile.width, blend)
  for (let row = 0; row < tile.channels * tile.height; row++) {
    const from = row * left.width + left.width - extent
    const to = row * tile.width
    for (let x = 0; x < extent; x++) {
      const [old, fresh] = shares(x, extent)
      tile.data[to + x] = f(left.data[from + x]! * old) + f(tile.data[to + x]! * fresh)
    }
  }
}

/** What the tile before and this one count for, `step` of `extent` steps in. */
const shares = (step: number, extent: number): [number, number] => [f(1 - step / extent), f(step / extent)]
