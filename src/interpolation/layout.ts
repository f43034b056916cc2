// Which of the export layouts in use a graph has, told by the names and shapes of its inputs and outputs alone.

import { InterpolationFault } from './fault.js'

/** An input or output as a graph declares it; a dimension that may vary is given by its name. */
export type DeclaredTensor = { name: string; type: string; dims: readonly (number | string)[] }

/** In one input, all with the pictures' size: what follows the six channels of the two pictures. */
export type StackedPlane = 'time' | 'scale' | 'x' | 'y' | '2/(width-1)' | '2/(height-1)'

/** Where a picture's channels stand: [1, 3, height, width] or [1, height, width, 3]. */
export type ChannelOrder = 'first' | 'last'

/**
 * Which times a model makes well: any between its two pictures; only the middle; or any, but best near the middle, which
 * alone it was trained on.
 */
export type HonouredTimes = 'any' | 'near-middle' | 'middle'

export type Layout = {
  inputs:
    | {
        kind: 'pair'
        first: string
        second: string
        channels: ChannelOrder
        /** Null dims are a plane of the pictures' size. */
        time: { name: string; dims: readonly number[] | null } | null
        /** The input for the motion that another graph has found in the whole frame, at 1/8 of its size. */
        motion: string | null
      }
    | { kind: 'stacked'; name: string; planes: readonly StackedPlane[] }
  /** The output that is the picture, in either channel order. */
  output: string
  /** Pixels that the graph is fixed to; null where it takes any. */
  size: { width: number | null; height: number | null }
  times: HonouredTimes
}

/** By how many channels the one input has: RIFE of vs-mlrt (11, 7) and of VSGAN-tensorrt-docker (8, 7). */
const STACKS: Readonly<Record<number, readonly StackedPlane[]>> = {
  7: ['time'],
  8: ['time', 'scale'],
  11: ['time', 'x', 'y', '2/(width-1)', '2/(height-1)'],
}

/** Throws an InterpolationFault that names the inputs or outputs for a graph that is none of the known layouts. */
export function resolveLayout(inputs: readonly DeclaredTensor[], outputs: readonly DeclaredTensor[]): Layout {
  const strange = inputs.find(({ type }) => type !== 'float32' && type !== 'float16')
  if (strange) throw unknownInputs(inputs, `its input ${strange.name} is of type ${strange.type}`)
  const only = inputs.length === 1 ? inputs[0]! : null
  return only ? stackedLayout(only, outputs) : pairLayout(inputs, outputs)
}

function stackedLayout(input: DeclaredTensor, outputs: readonly DeclaredTensor[]): Layout {
  const planes = input.dims.length === 4 ? STACKS[input.dims[1] as number] : undefined
  if (planes === undefined) throw unknownInputs([input], 'its one input has not 7, 8 or 11 channels')
  const size = { width: fixed(input.dims[3]), height: fixed(input.dims[2]) }
  const output = resolveOutput(outputs, size)
  return { inputs: { kind: 'stacked', name: input.name, planes }, output, size, times: 'any' }
}

function pairLayout(inputs: readonly DeclaredTensor[], outputs: readonly DeclaredTensor[]): Layout {
  const pictures = inputs.filter((input) => channelOrder(input) !== null)
  const motion = inputs.find((input) => input.name === 'motion' && channelOrder(input) === null)
  const others = inputs.filter((input) => channelOrder(input) === null && input !== motion)
  if (pictures.length !== 2 || others.length > 1) {
    throw unknownInputs(inputs, 'it does not take two pictures of 3 channels and a time')
  }
  const [first, second] = inOrder(pictures[0]!, pictures[1]!)
  const channels = channelOrder(first)!
  if (channelOrder(second) !== channels) throw unknownInputs(inputs, 'its two pictures differ in shape')
  const [height, width] = channels === 'first' ? first.dims.slice(2) : first.dims.slice(1, 3)
  const size = { width: fixed(width), height: fixed(height) }
  const time = others[0] ? { name: others[0].name, dims: timeDims(others[0], inputs) } : null
  return {
    inputs: {
      kind: 'pair',
      first: first.name,
      second: second.name,
      channels,
      time,
      motion: motion?.name ?? null,
    },
    output: resolveOutput(outputs, size),
    size,
    times: pairTimes(time, outputs),
  }
}

/**
 * The saved model of FILM takes a time only to count pictures, and is known by the flows beside its picture. The TorchScript
 * one scales its flows by `dt`, but was trained at the middle.
 */
function pairTimes(time: { name: string } | null, outputs: readonly DeclaredTensor[]): HonouredTimes {
  if (time === null || outputs.length > 1) return 'middle'
  return /dt/i.test(time.name) ? 'near-middle' : 'any'
}

function channelOrder({ dims }: DeclaredTensor): ChannelOrder | null {
  if (dims.length !== 4) return null
  if (dims[1] === 3) return 'first'
  return dims[3] === 3 ? 'last' : null
}

/** Names that differ by their numbers tell which picture is the first; otherwise the order of declaration does. */
function inOrder(a: DeclaredTensor, b: DeclaredTensor): [DeclaredTensor, DeclaredTensor] {
  const bare = (name: string) => name.replace(/\d+/g, '#')
  const isSwapped = bare(a.name) === bare(b.name) && a.name.localeCompare(b.name, 'en', { numeric: true }) > 0
  return isSwapped ? [b, a] : [a, b]
}

/** One value, whatever the rank; a plane when two of four dimensions go with the pictures' size. */
function timeDims(time: DeclaredTensor, inputs: readonly DeclaredTensor[]): readonly number[] | null {
  const { dims } = time
  if (dims.length > 4) throw unknownInputs(inputs, `its input ${time.name} has ${dims.length} dimensions`)
  const isPlane = dims.length === 4 && dims[2] !== 1 && dims[3] !== 1
  if (isPlane && dims[1] === 1) return null
  const isOne = dims.every((dim) => typeof dim === 'string' || dim === 1)
  if (!isOne || isPlane) throw unknownInputs(inputs, `its input ${time.name} is not one number`)
  return dims.map(() => 1)
}

/** onnxruntime tells some dynamic dimensions as -1 or 0. */
const fixed = (dim: number | string | undefined): number | null =>
  typeof dim === 'number' && dim > 0 ? dim : null

/** FILM's saved model gives a dictionary in order of its keys: 24 flows, `image`, `x0_warped`, `x1_warped`. */
const FILM_OUTPUTS = 27
const FILM_IMAGE = 24

function resolveOutput(outputs: readonly DeclaredTensor[], size: Layout['size']): string {
  if (outputs.length === 1) return outputs[0]!.name
  const named = outputs.find(({ name }) => /(^|[/.])image(:0)?$/i.test(name))
  if (named) return named.name
  const fits = outputs.filter((output) => isPicture(output, size))
  if (fits.length === 1) return fits[0]!.name
  const film = outputs[FILM_IMAGE]
  if (outputs.length === FILM_OUTPUTS && fits.length === 3 && fits[0] === film) return film!.name
  throw new InterpolationFault(
    `it can't be told which of its outputs is the picture: ${listed(outputs)}`,
    'name the right one "image"',
  )
}

function isPicture(output: DeclaredTensor, size: Layout['size']): boolean {
  const order = channelOrder(output)
  if (order === null) return false
  const [height, width] = order === 'first' ? output.dims.slice(2) : output.dims.slice(1, 3)
  const agrees = (dim: number | null, wanted: number | null) =>
    dim === null || wanted === null || dim === wanted
  return agrees(fixed(width), size.width) && agrees(fixed(height), size.height)
}

const unknownInputs = (inputs: readonly DeclaredTensor[], why: string) =>
  new InterpolationFault(
    `it is no interpolation model that storyreel knows: ${why}`,
    `its inputs are ${listed(inputs)}; docs/interpolation.md lists the layouts`,
  )

const listed = (tensors: readonly DeclaredTensor[]) =>
  tensors.map(({ name, dims }) => `${name} [${dims.join(', ')}]`).join(', ')
