// Makes nodes: one lane paints in the order asked, `jobs` lanes make segments as their pictures come. Everything made is in
// the store at once, so an interrupted render goes on where it was, and memory holds no film.

import { Failure, interrupted } from '../diagnostic/failure.js'
import { type Decoder, type InbetweenNode, inputsOf, type Node } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import { readFrames } from '../image/frames-file.js'
import { decodePicture } from '../image/picture.js'
import type { Verdict } from '../interpolation/gate.js'
import type { Artefact, Store } from '../store/store.js'
import type { Shot } from '../story/types.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import type { OnEvent } from './events.js'
import type { InBetweener } from './in-betweener.js'
import { openLane } from './lane.js'
import { type GrowingInbetween, openInbetween } from './make-inbetween.js'
import { makeMovie } from './make-movie.js'
import { makeCard, makeKeyframe } from './make-picture.js'
import { makeSegment } from './make-segment.js'
import { createOpenings } from './openings.js'
import type { Painter } from './painter.js'
import type { Upscale } from './segment-frames.js'
import type { Sources } from './sources.js'
import type { Upscaler } from './upscaler.js'
import type { Work } from './work.js'

export type RenderContext = {
  host: Host
  store: Store
  ffmpeg: Ffmpeg
  /** Opens a model's painter; called once a model and decoder. */
  openPainter: (model: string, signal: AbortSignal, decoder: Decoder) => Promise<Painter>
  /** Opens the upscaler of a model that has one; called once a model. */
  openUpscaler: (model: string, signal: AbortSignal) => Promise<Upscaler>
  /** Opens an interpolation model; called once a model, when a pair is morphed. */
  openInBetweener: (model: string, signal: AbortSignal) => Promise<InBetweener>
  /** Segments, and runs of in-betweens, made at once. */
  jobs: number
  signal: AbortSignal
  onEvent: OnEvent
}

export type Maker = {
  /** Each node is made once, its inputs before it; what is not in `work` comes from the store. */
  make(node: Node): Promise<Artefact>
  /** How pairs were judged, by node id. */
  verdicts: ReadonlyMap<string, Verdict>
}

/**
 * Runs `use` with a maker of the nodes in `work`; the first that fails stops all others. What was opened is closed when it
 * is over.
 * @throws Failure: exit 3 for the environment, 4 when a node can't be made, 130 when `context.signal` aborts.
 */
export async function withMaker<T>(
  plan: Plan,
  work: Work,
  output: string,
  context: RenderContext,
  use: (maker: Maker) => Promise<T>,
): Promise<T> {
  const { host, store, onEvent } = context
  const first = new AbortController()
  const signal = AbortSignal.any([context.signal, first.signal])
  const painters = createOpenings(async (model: string, decoder: Decoder) => {
    const painter = await context.openPainter(model, signal, decoder)
    for (const message of painter.warnings) onEvent({ event: 'warning', message })
    return painter
  })
  const upscalers = createOpenings((model: string) => context.openUpscaler(model, signal))
  const inBetweeners = createOpenings((model: string) => context.openInBetweener(model, signal))
  const upscale: Upscale = async (model, picture) => (await upscalers.get(model)).upscale(picture, signal)
  const shotOf = shotsOfNodes(plan)
  const paintLane = openLane(1)
  const inbetweenLane = openLane(context.jobs)
  const segmentLane = openLane(context.jobs)
  const onFrame = frameCounter('frames', framesOf(work, 'segment'), host, onEvent)
  const onInbetween = frameCounter('inbetweens', framesOf(work, 'inbetween'), host, onEvent)
  const making = new Map<string, Promise<Artefact>>()
  const growing = new Map<string, GrowingInbetween>()
  const verdicts = new Map<string, Verdict>()

  const tellVerdict = (node: InbetweenNode, verdict: Verdict) => {
    verdicts.set(node.id, verdict)
    const { motion, why, likeness } = verdict
    const { id: shot, line } = shotOf.get(node.id)!
    onEvent({ event: 'motion', id: node.id, shot, line, motion, why, likeness })
  }
  const make = (node: Node): Promise<Artefact> => {
    const known = making.get(node.key)
    if (known) return known
    const promise = work.has(node.key) ? makeNew(node) : fetchOld(node)
    making.set(node.key, promise)
    promise.catch((error) => first.abort(error))
    return promise
  }
  // What `findWork` saw in the store may have been evicted by another process since.
  const fetchOld = async (node: Node): Promise<Artefact> => {
    const found = await store.get(node.key)
    return typeof found === 'string' ? makeNew(node) : found
  }
  const makeNew = async (node: Node): Promise<Artefact> => {
    const run = async (job: () => Promise<Artefact>) => {
      signal.throwIfAborted()
      const jobStartedMs = host.now()
      const shot = shotOf.get(node.id)?.id ?? null
      onEvent({
        event: 'start',
        kind: node.kind,
        id: node.id,
        shot,
        reason: work.get(node.key)?.reason ?? 'evicted',
      })
      const artefact = await job()
      const ms = Math.round(host.now() - jobStartedMs)
      onEvent({ event: 'end', kind: node.kind, id: node.id, key: node.key, shot, ms })
      return artefact
    }
    switch (node.kind) {
      case 'keyframe':
        return paintLane(() => run(() => makeKeyframe(node, painters.get, store, host, signal, onEvent)))
      case 'card':
        return run(() => makeCard(node, store, host))
      case 'inbetween': {
        const inbetween = openInbetween(node, {
          store,
          host,
          openModel: inBetweeners.get,
          signal,
          onVerdict: (verdict) => tellVerdict(node, verdict),
          onFrame: onInbetween,
        })
        growing.set(node.key, inbetween)
        const made = Promise.all([make(node.from), make(node.to)]).then(([from, to]) =>
          inbetweenLane(() => run(() => inbetween.make(from.path, to.path))),
        )
        made.catch(inbetween.fail)
        return made
      }
      case 'segment':
        return segmentLane(async () => {
          const inputs = inputsOf(node).map(make)
          await inputs[0]
          const segment = await run(() =>
            makeSegment(node, sources, store, host, context.ffmpeg, upscale, signal, onFrame),
          )
          await Promise.all(inputs)
          return segment
        })
      case 'movie': {
        const made = await Promise.all(node.segments.map(make))
        return run(() => makeMovie(node, made, plan.storyboard, output, store, host, context.ffmpeg, signal))
      }
    }
  }

  const sources: Sources = {
    picture: async (node) => decodePicture(await host.readFile((await make(node)).path)),
    async frames(node) {
      const artefact = make(node)
      return growing.get(node.key)?.open() ?? readFrames((await artefact).path)
    },
  }

  try {
    return await use({ make, verdicts })
  } catch (error) {
    first.abort(error)
    throw context.signal.aborted
      ? interrupted()
      : first.signal.reason instanceof Failure
        ? first.signal.reason
        : error
  } finally {
    await Promise.allSettled(making.values())
    for (const opened of [painters, upscalers, inBetweeners]) await opened.close()
  }
}

/** Of segments: to encode; of in-betweens: to interpolate. */
export function framesOf(work: Work, kind: 'segment' | 'inbetween'): number {
  let frames = 0
  for (const { node } of work.values()) {
    if (node.kind !== kind) continue
    frames += node.kind === 'segment' ? node.frames : node.kind === 'inbetween' ? node.count : 0
  }
  return frames
}

function shotsOfNodes(plan: Plan): Map<string, Shot> {
  const shots = new Map<string, Shot>()
  for (const { shot, pictures, inbetweens, segment } of plan.shots) {
    for (const node of [...pictures, ...inbetweens, segment]) shots.set(node.id, shot)
  }
  return shots
}

function frameCounter(
  event: 'frames' | 'inbetweens',
  total: number,
  host: Host,
  onEvent: OnEvent,
): () => void {
  const startedMs = host.now()
  let done = 0
  let toldMs = startedMs
  return () => {
    done++
    const nowMs = host.now()
    if (done < total && nowMs - toldMs < 100) return
    toldMs = nowMs
    onEvent({
      event,
      done,
      total,
      fps: Math.round((done * 10_000) / Math.max(1, nowMs - startedMs)) / 10,
    })
  }
}
