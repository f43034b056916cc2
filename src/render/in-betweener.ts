// Opens an interpolation model and makes in-betweens with it: binds models/, onnx/ and interpolation/ together.

import { join } from 'node:path'
import { environmentFailure, Failure, renderFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'
import { blendInterpolator } from '../interpolation/blend-frames.js'
import { InterpolationFault } from '../interpolation/fault.js'
import type { Interpolator } from '../interpolation/interpolator.js'
import { type Layout, resolveLayout } from '../interpolation/layout.js'
import type { MotionGraph } from '../interpolation/motion.js'
import { createNetworkInterpolator, type RunGraph, tryTimes } from '../interpolation/network.js'
import { findInterpolation, type InterpolationModel } from '../models/find-interpolation.js'
import { openRuntime } from '../onnx/runtime.js'
import type { Session } from '../onnx/session.js'

export type InBetweener = Interpolator & {
  /** What it runs on. */
  readonly device: string
  /** Why that is not a better device, where a better one seems to be there. */
  readonly warning: string | null
  /** The times that it makes directly; `middle` and `near-middle` go by halves. */
  readonly times: Layout['times']
  /** Resolves when it is busy with nothing, also not with what was aborted. */
  idle(): Promise<void>
  close(): Promise<void>
}

export type InBetweenerOptions = {
  /** That one call of the model computes with. */
  threads: number
  device?: string
  /** The user's folders of models. */
  folders?: readonly string[]
  /** Of opening. */
  signal?: AbortSignal | undefined
}

/**
 * Up to this size a graph is opened once a thread, and each copy computes with one: two small runs side by side are a fifth to a
 * third faster than one after the other on two threads, and the frames don't depend on the number of threads.
 */
const SMALL_BYTES = 8 * 1024 * 1024

/**
 * A model by name or path; `blend` needs none. Of more than one pair at a time the later ones queue up. Fails (exit 3) when there is no
 * such model or it can't be used, and while it runs (exit 4) with frames of two sizes or a result that is no picture.
 */
export async function openInBetweener(
  nameOrPath: string,
  host: Host,
  { threads, device = 'auto', folders = [], signal }: InBetweenerOptions,
): Promise<InBetweener> {
  signal?.throwIfAborted()
  const model = await findInterpolation(nameOrPath, host, folders)
  if (model === null)
    return {
      ...withFailures(blendInterpolator, nameOrPath),
      device: 'cpu',
      warning: null,
      times: 'any',
      idle: async () => {},
      close: async () => {},
    }
  const graphs = [model.files[0]!, ...(model.motion === null ? [] : [model.motion])].map((file) =>
    join(model.folder, file),
  )
  const sizes = await Promise.all(graphs.map(async (path) => (await host.stat(path))?.size ?? Infinity))
  const isSmall = sizes.every((size) => size <= SMALL_BYTES)
  const runtime = await openRuntime({ threads: isSmall ? 1 : threads, device })
  try {
    const copies = isSmall && runtime.device === 'cpu' ? threads : 1
    const open = (path: string) =>
      Promise.all(Array.from({ length: copies }, () => runtime.open(path, { signal })))
    const [sessions, motion = null] = await Promise.all(graphs.map(open))
    const interpolator = await openNetwork(model, sessions!, motion, signal ?? new AbortController().signal)
    const { device: used, warning } = runtime
    return {
      ...interpolator,
      device: used,
      warning,
      idle: () => runtime.idle(),
      close: () => runtime.close(),
    }
  } catch (error) {
    await runtime.close()
    throw error
  }
}

async function openNetwork(
  { name, multiple }: InterpolationModel,
  sessions: readonly Session[],
  motionSessions: readonly Session[] | null,
  signal: AbortSignal,
): Promise<Interpolator & Pick<InBetweener, 'times'>> {
  try {
    const layoutOf = ([session]: readonly Session[]) => resolveLayout(session!.inputs, session!.outputs)
    const declared = layoutOf(sessions)
    const motion = motionSessions && { layout: layoutOf(motionSessions), run: runOf(motionSessions) }
    const options = { multiple, motion: checkMotion(declared, motion), lanes: sessions.length }
    const run = runOf(sessions)
    const layout = { ...declared, times: await tryTimes(declared, run, options, signal) }
    const interpolator = createNetworkInterpolator(layout, run, options)
    return { ...withFailures(interpolator, name), times: layout.times }
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof InterpolationFault)
      throw environmentFailure(
        `the interpolation model ${name} can't be used: ${error.message}`,
        error.hint,
        error,
      )
    if (error instanceof Failure)
      throw environmentFailure(
        `the interpolation model ${name} failed its trial: ${error.message}`,
        `if its pictures' sides must be multiples of another number than ${multiple}, put an interpolation.json with {"multiple": 128} beside it`,
        error,
      )
    throw error
  }
}

/** Runs the graph on the copy that has least to do. */
function runOf(copies: readonly Session[]): RunGraph {
  const waiting = copies.map(() => 0)
  return async (feeds, signal) => {
    const i = waiting.indexOf(Math.min(...waiting))
    waiting[i]!++
    try {
      return (await copies[i]!.run({ ...feeds }, { signal })).outputs
    } finally {
      waiting[i]!--
    }
  }
}

/** A graph that wants the motion must have one that finds it, and only such a graph. */
function checkMotion({ inputs }: Layout, motion: MotionGraph | null): MotionGraph | null {
  const wants = inputs.kind === 'pair' && inputs.motion !== null
  if (wants === (motion !== null)) return motion
  throw wants
    ? new InterpolationFault(
        'it wants to be told the motion, and no graph finds it',
        'put the graph that it came with beside it, and an interpolation.json with {"motion": "coarse.onnx"}',
      )
    : new InterpolationFault(
        'its interpolation.json names a graph for its motion, and it has no input for that',
        'take "motion" out of the interpolation.json',
      )
}

const withFailures = (interpolator: Interpolator, name: string): Interpolator => ({
  async *between(a, b, times, signal) {
    try {
      yield* interpolator.between(a, b, times, signal)
    } catch (error) {
      if (error instanceof InterpolationFault)
        throw renderFailure(`in-betweens with ${name}: ${error.message}`, error.hint, error)
      throw error
    }
  },
})
