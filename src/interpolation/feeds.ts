// The tensors that a graph is given for two frames. They are made once and used for every time and every tile.

import type { Frame } from './interpolator.js'
import type { Layout, StackedPlane } from './layout.js'
import { cropField, type MotionField } from './motion.js'
import { readWindow, type Window } from './planes.js'

export type FloatTensor = { data: Float32Array; dims: readonly number[] }

export type Feeds = {
  /** By input name. */
  readonly tensors: Readonly<Record<string, FloatTensor>>
  /** Puts in the frames' pixels at (x, y) and to the right and below. */
  load(a: Frame, b: Frame, x: number, y: number): void
  /** Puts in the part of the whole frame's motion that belongs to the window at (x, y). Nothing for a graph that wants none. */
  setMotion(field: MotionField, x: number, y: number): void
  /** `time` of 0..1. */
  setTime(time: number): void
}

/** For windows of `width` × `height` pixels. */
export function createFeeds({ inputs }: Layout, width: number, height: number): Feeds {
  return inputs.kind === 'pair'
    ? pairFeeds(inputs, width, height)
    : stackedFeeds(inputs.name, inputs.planes, width, height)
}

function pairFeeds(
  { first, second, channels, time, motion }: Extract<Layout['inputs'], { kind: 'pair' }>,
  width: number,
  height: number,
): Feeds {
  const dims = channels === 'first' ? [1, 3, height, width] : [1, height, width, 3]
  const picture = (): FloatTensor => ({ data: new Float32Array(3 * width * height), dims })
  const [x0, x1] = [picture(), picture()]
  const timeDims = time && (time.dims ?? [1, 1, height, width])
  const timeTensor = timeDims && {
    data: new Float32Array(timeDims.reduce((product, dim) => product * dim, 1)),
    dims: timeDims,
  }
  const tensors: Record<string, FloatTensor> = {
    [first]: x0,
    [second]: x1,
    ...(timeTensor && { [time!.name]: timeTensor }),
  }
  return {
    tensors,
    load(a, b, x, y) {
      const window: Window = { x, y, width, height }
      readWindow(a, window, channels, x0.data, 0)
      readWindow(b, window, channels, x1.data, 0)
    },
    setMotion(field, x, y) {
      if (motion !== null) tensors[motion] = cropField(field, { x, y, width, height })
    },
    setTime(t) {
      timeTensor?.data.fill(t)
    },
  }
}

function stackedFeeds(name: string, planes: readonly StackedPlane[], width: number, height: number): Feeds {
  const area = width * height
  const data = new Float32Array((6 + planes.length) * area)
  const plane = (kind: StackedPlane) => {
    const start = (6 + planes.indexOf(kind)) * area
    return data.subarray(start, start + area)
  }
  for (const kind of planes) fillPlane(kind, plane(kind), width, height)
  return {
    tensors: { [name]: { data, dims: [1, 6 + planes.length, height, width] } },
    load(a, b, x, y) {
      const window: Window = { x, y, width, height }
      readWindow(a, window, 'first', data, 0)
      readWindow(b, window, 'first', data, 3 * area)
    },
    setMotion() {},
    setTime(t) {
      plane('time').fill(t)
    },
  }
}

/** As vs-mlrt's scripts/vsmlrt.py fills them: coordinates of pixel centres from -1 to 1, and their step a pixel. */
function fillPlane(kind: StackedPlane, out: Float32Array, width: number, height: number): void {
  if (kind === 'scale') out.fill(1)
  else if (kind === '2/(width-1)') out.fill(2 / (width - 1))
  else if (kind === '2/(height-1)') out.fill(2 / (height - 1))
  else if (kind === 'x') {
    for (let i = 0; i < out.length; i++) out[i] = (2 * (i % width)) / (width - 1) - 1
  } else if (kind === 'y') {
    for (let y = 0; y < height; y++) out.fill((2 * y) / (height - 1) - 1, y * width, (y + 1) * width)
  }
}
