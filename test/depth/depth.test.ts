import { describe, expect, test } from 'vitest'
import { type DepthMap, MAP_SIDE, type Picture, STEEPEST, settle } from '../../src/depth/depth-map.js'
import { depthFromModel } from '../../src/depth/from-model.js'
import { depthFromLayout } from '../../src/depth/layout.js'
import { inputSize, readPreprocessor, toPlanes } from '../../src/depth/preprocessor.js'
import { reduceFrame } from '../../src/interpolation/similarity.js'

const depthOf = (picture: Picture) => depthFromLayout(reduceFrame(picture, MAP_SIDE))

type Color = readonly [number, number, number]

function paint(width: number, height: number, color: (x: number, y: number) => Color): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(color(x, y), (y * width + x) * 3)
  return { width, height, data }
}

const at = ({ width, height, data }: DepthMap, x: number, y: number) =>
  data[Math.floor(y * height) * width + Math.floor(x * width)]!

describe('depth from a layout', () => {
  const SKY: Color = [120, 180, 240]
  const GRASS: Color = [90, 170, 80]
  const COAT: Color = [200, 60, 40]
  const HAIR: Color = [40, 30, 20]
  /** A figure of two colours on a meadow, the horizon half way down. */
  const figure = (left: number, foot: number) =>
    paint(320, 192, (x, y) => {
      if (x >= left && x < left + 40 && y < foot && y >= foot - 80) return y < foot - 60 ? HAIR : COAT
      return y < 96 ? SKY : GRASS
    })

  test('sky is far, ground comes nearer, and who stands on it is as near as the foot', () => {
    const map = depthOf(figure(140, 160))
    expect(at(map, 0.1, 0.2)).toBe(0)
    expect(at(map, 0.9, 0.45)).toBe(0)
    expect(at(map, 0.1, 0.99)).toBe(1)
    expect(at(map, 0.1, 0.75)).toBeCloseTo(0.5, 1)
    const foot = (160 - 96) / 96
    for (const y of [0.44, 0.55, 0.65, 0.8]) expect(at(map, 0.5, y)).toBeCloseTo(foot, 1)
    expect(at(map, 0.5, 0.5)).toBe(at(map, 0.47, 0.8))
  })

  test('of two, the one that stands lower is nearer', () => {
    const far = at(depthOf(figure(200, 120)), 0.69, 0.5)
    const near = at(depthOf(figure(200, 180)), 0.69, 0.75)
    expect(near).toBeGreaterThan(far + 0.4)
  })

  test('ground seen on both sides of a thing is one ground', () => {
    const map = depthOf(figure(100, 191))
    expect(at(map, 0.1, 0.75)).toBeCloseTo(at(map, 0.9, 0.75), 5)
    expect(at(map, 0.1, 0.75)).toBeLessThan(0.6)
    expect(at(map, 0.37, 0.75)).toBeGreaterThan(0.95)
  })

  test('any picture has one: flat, noisy, tiny', () => {
    const noisy = paint(90, 60, (x, y) => [(x * 97 + y * 31) % 256, (x * y) % 256, (x * 13) % 256])
    for (const picture of [paint(64, 40, () => [9, 9, 9]), noisy, paint(3, 2, () => [0, 0, 0])]) {
      const { data } = depthOf(picture)
      expect(data.every((near) => near >= 0 && near <= 1)).toBe(true)
    }
  })
})

describe('a settled map', () => {
  const steps: DepthMap = {
    width: 120,
    height: 80,
    data: Float32Array.from({ length: 9600 }, (_, i) => {
      const [x, y] = [i % 120, Math.floor(i / 120)]
      return x > 50 && x < 70 && y > 20 && y < 60 ? 1 : y / 160
    }),
  }
  test('is nowhere steeper than views can be bent by, and no farther than before', () => {
    const { data } = settle(steps)
    let steepest = 0
    for (let i = 0; i < data.length; i++) {
      if (i % 120 > 0) steepest = Math.max(steepest, Math.abs(data[i]! - data[i - 1]!))
      if (i >= 120) steepest = Math.max(steepest, Math.abs(data[i]! - data[i - 120]!))
    }
    expect(steepest).toBeLessThanOrEqual(STEEPEST / 120 + 1e-6)
    expect(data.every((near, i) => near >= steps.data[i]!)).toBe(true)
  })
  test('keeps near things as near, with a rim, and what is far away from them as far', () => {
    const map = settle(steps)
    expect(at(map, 0.5, 0.5)).toBe(1)
    expect(map.data[40 * 120 + 50]).toBe(1)
    expect(at(map, 0.02, 0.02)).toBeLessThan(0.05)
  })
})

describe('what a model tells', () => {
  const picture = { width: 40, height: 20 }
  test('is nearness between 0 and 1, strays aside', () => {
    const data = Float32Array.from({ length: 800 }, (_, i) => (i === 5 ? 1e6 : i % 40))
    const map = depthFromModel(data, picture, false, picture)
    expect([at(map, 0, 0.9), at(map, 0.99, 0.9)]).toEqual([0, 1])
    expect(at(map, 0.5, 0.9)).toBeCloseTo(0.5, 1)
  })
  test('metres are turned around', () => {
    const data = Float32Array.from({ length: 800 }, (_, i) => 1 + (i % 40))
    const map = depthFromModel(data, picture, true, picture)
    expect([at(map, 0, 0.5), at(map, 0.99, 0.5)]).toEqual([1, 0])
  })
  test('of one distance is flat', () => {
    expect(
      depthFromModel(new Float32Array(800).fill(3), picture, false, picture).data.every((v) => v === 0),
    ).toBe(true)
  })
  test('has the proportions of its picture', () => {
    const map = depthFromModel(new Float32Array(16), { width: 4, height: 4 }, false, {
      width: 320,
      height: 192,
    })
    expect([map.width, map.height]).toEqual([160, 96])
  })
})

describe('a preprocessor_config.json', () => {
  // As the models of these names are published; sizes as transformers' DPTImageProcessor makes them.
  const depthAnything = { size: { width: 518, height: 518 }, keep_aspect_ratio: true, ensure_multiple_of: 14 }
  const dpt = { size: 384, keep_aspect_ratio: false, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
  test.each([
    ['Depth Anything', depthAnything, { width: 320, height: 192 }, { width: 518, height: 308 }],
    ['Depth Anything', depthAnything, { width: 960, height: 576 }, { width: 868, height: 518 }],
    ['Depth Anything', depthAnything, { width: 576, height: 960 }, { width: 518, height: 868 }],
    ['Depth Anything', depthAnything, { width: 100, height: 900 }, { width: 56, height: 518 }],
    ['DPT', dpt, { width: 320, height: 192 }, { width: 384, height: 384 }],
    ['none', {}, { width: 320, height: 192 }, { width: 384, height: 384 }],
    ['its own size', { do_resize: false }, { width: 320, height: 192 }, { width: 320, height: 192 }],
  ])('%s', (_, config, picture, size) => {
    expect(inputSize(readPreprocessor(config), picture)).toEqual(size)
  })
  test('colours are normalized as it says', () => {
    const white = new Uint8Array([255, 255, 255, 0, 0, 0])
    expect([...toPlanes(white, readPreprocessor(dpt))]).toEqual([1, -1, 1, -1, 1, -1])
    expect(toPlanes(white, readPreprocessor({}))[0]).toBeCloseTo((1 - 0.485) / 0.229, 5)
    expect(toPlanes(white, readPreprocessor({ do_normalize: false }))[0]).toBe(1)
  })
})
