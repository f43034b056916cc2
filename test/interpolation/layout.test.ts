import { describe, expect, test } from 'vitest'
import { InterpolationFault } from '../../src/interpolation/fault.js'
import { createFeeds } from '../../src/interpolation/feeds.js'
import { type DeclaredTensor, resolveLayout } from '../../src/interpolation/layout.js'

const tensor = (name: string, dims: (number | string)[], type = 'float32'): DeclaredTensor => ({
  name,
  dims,
  type,
})
const nchw = (name: string) => tensor(name, [1, 3, 'h', 'w'])
const nhwc = (name: string) => tensor(name, [1, 'h', 'w', 3])
const image = [tensor('image', [1, 3, 'h', 'w'])]
const time = tensor('time', ['batch', 1])

/** The names and order of FILM's saved model: flows, then the picture and the two warped ones. */
const filmOutputs = [
  ...Array.from({ length: 24 }, (_, i) => tensor(`Identity_${i}`, ['b', 'h', 'w', 2])),
  ...[24, 25, 26].map((i) => tensor(`Identity_${i}`, ['b', 'h', 'w', 3])),
]

describe('layouts are told apart', () => {
  test('FILM of tf2onnx: the picture is output 24, time is not looked at', () => {
    expect(resolveLayout([time, nhwc('x0'), nhwc('x1')], filmOutputs)).toEqual({
      inputs: {
        kind: 'pair',
        first: 'x0',
        second: 'x1',
        channels: 'last',
        time: { name: 'time', dims: [1, 1] },
        motion: null,
      },
      output: 'Identity_24',
      size: { width: null, height: null },
      times: 'middle',
    })
  })

  test('a fixed size, and a time that was folded away', () => {
    const fixed = (name: string) => tensor(name, [1, 3, 180, 320])
    const layout = resolveLayout([fixed('x0'), fixed('x1')], [tensor('y', [1, 180, 320, 3])])
    expect(layout).toMatchObject({
      size: { width: 320, height: 180 },
      times: 'middle',
      inputs: { time: null },
    })
  })

  test('TorchScript’s dt, our own time, IFRNet’s embt, a time plane', () => {
    const of = (third: DeclaredTensor) => resolveLayout([nchw('x0'), nchw('x1'), third], image)
    expect(of(tensor('batch_dt', [1, 1])).times).toBe('near-middle')
    expect(of(time).times).toBe('any')
    expect(of(tensor('embt', [1, 1, 1, 1]))).toMatchObject({
      times: 'any',
      inputs: { time: { dims: [1, 1, 1, 1] } },
    })
    expect(of(tensor('timestep', [1, 1, 'h', 'w'])).inputs).toMatchObject({ time: { dims: null } })
    expect(of(tensor('t', [])).inputs).toMatchObject({ time: { dims: [] } })
  })

  test('a graph that wants to be told the motion', () => {
    const motion = tensor('motion', [1, 4, 'h8', 'w8'])
    expect(resolveLayout([nchw('x0'), nchw('x1'), time, motion], image)).toMatchObject({
      times: 'any',
      inputs: { time: { name: 'time' }, motion: 'motion' },
    })
  })

  test('RIFE by its channels', () => {
    const planes = (channels: number) => {
      const { inputs } = resolveLayout([tensor('input', [1, channels, 'h', 'w'])], image)
      return inputs.kind === 'stacked' ? inputs.planes.length : null
    }
    expect([7, 8, 11].map(planes)).toEqual([1, 2, 5])
  })

  test('the first picture is the one with the lower number, else the one declared first', () => {
    const order = (...names: [string, string]) => {
      const { inputs } = resolveLayout([nchw(names[0]), nchw(names[1]), time], image)
      return inputs.kind === 'pair' ? [inputs.first, inputs.second] : null
    }
    expect(order('img1', 'img0')).toEqual(['img0', 'img1'])
    expect(order('frame10', 'frame9')).toEqual(['frame9', 'frame10'])
    expect(order('prev', 'next')).toEqual(['prev', 'next'])
  })

  test('the picture by name, by shape, by size', () => {
    const output = (...outputs: DeclaredTensor[]) =>
      resolveLayout([nchw('x0'), nchw('x1'), time], outputs).output
    expect(output(nchw('x0_warped'), nchw('image'), nchw('x1_warped'))).toBe('image')
    expect(output(tensor('flow', [1, 4, 'h', 'w']), tensor('out', [1, 3, 'h', 'w']))).toBe('out')
    const fixed = (name: string) => tensor(name, [1, 3, 256, 448])
    const layout = resolveLayout(
      [fixed('x0'), fixed('x1')],
      [tensor('small', [1, 3, 128, 224]), tensor('large', [1, 3, 256, 448])],
    )
    expect(layout.output).toBe('large')
  })
})

describe('what is no known layout is told with its names', () => {
  const fault = (inputs: DeclaredTensor[], outputs = image): InterpolationFault => {
    try {
      resolveLayout(inputs, outputs)
    } catch (error) {
      expect(error).toBeInstanceOf(InterpolationFault)
      return error as InterpolationFault
    }
    throw new Error('it was taken for a layout')
  }

  test.each([
    ['a UNet', [tensor('sample', [2, 4, 'h', 'w']), tensor('timestep', [1])]],
    ['six channels', [tensor('input', [1, 6, 'h', 'w'])]],
    ['one picture', [nchw('input')]],
    ['three pictures', [nchw('a'), nchw('b'), nchw('c'), time]],
    ['two scalars', [nchw('x0'), nchw('x1'), time, tensor('scale', [1])]],
    ['pictures of two orders', [nchw('x0'), nhwc('x1'), time]],
    ['bytes', [tensor('x0', [1, 3, 'h', 'w'], 'uint8'), nchw('x1'), time]],
    ['a list of times', [nchw('x0'), nchw('x1'), tensor('times', [8])]],
  ])('%s', (_, inputs) => {
    const { hint } = fault(inputs)
    for (const { name } of inputs) expect(hint).toContain(name)
  })

  test('outputs of which several could be the picture', () => {
    const { message, hint } = fault([nchw('x0'), nchw('x1'), time], [nchw('merged'), nchw('blended')])
    expect(message).toContain('merged [1, 3, h, w], blended')
    expect(hint).toContain('"image"')
  })
})

describe('feeds', () => {
  const grey = (value: number) => ({ width: 4, height: 2, data: new Uint8Array(24).fill(value) })

  test('stack everything in one input: pictures, time, scale or coordinates', () => {
    const layout = resolveLayout([tensor('input', [1, 11, 'h', 'w'])], image)
    const feeds = createFeeds(layout, 4, 2)
    feeds.load(grey(255), grey(51), 0, 0)
    feeds.setTime(0.25)
    const { data, dims } = feeds.tensors.input!
    expect(dims).toEqual([1, 11, 2, 4])
    const plane = (i: number) => [...data.subarray(8 * i, 8 * i + 8)]
    expect([0, 3, 6].map((i) => plane(i)[7])).toEqual([1, Math.fround(0.2), 0.25])
    expect(plane(7)).toEqual([-1, -1 / 3, 1 / 3, 1, -1, -1 / 3, 1 / 3, 1].map(Math.fround))
    expect(plane(8)).toEqual([-1, -1, -1, -1, 1, 1, 1, 1])
    expect([plane(9)[0], plane(10)[0]]).toEqual([Math.fround(2 / 3), 2])
    feeds.setTime(0.75)
    expect(plane(6)).toEqual(Array(8).fill(0.75))
  })

  test('give a time of any rank', () => {
    for (const dims of [[], [1], ['n', 1], [1, 1, 1, 1]]) {
      const feeds = createFeeds(resolveLayout([nchw('x0'), nchw('x1'), tensor('time', dims)], image), 4, 2)
      feeds.setTime(0.5)
      expect(feeds.tensors.time).toEqual({ data: Float32Array.of(0.5), dims: dims.map(() => 1) })
    }
  })
})
