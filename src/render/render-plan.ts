// Runs a plan: one lane paints in film order, `jobs` lanes make segments as their pictures come, the join ends it.
// Everything made is in the store at once, so an interrupted render goes on where it was, and memory holds no film.

import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { environmentFailure, Failure, interrupted } from '../diagnostic/failure.js'
import { type History, historyOf } from '../graph/explain.js'
import { type Decoder, type InbetweenNode, inputsOf, type Node, type SegmentNode } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import { readFrames } from '../image/frames-file.js'
import { decodePicture } from '../image/picture.js'
import type { Verdict } from '../interpolation/gate.js'
import { BLEND } from '../models/find-interpolation.js'
import type { Artefact, Store } from '../store/store.js'
import type { Shot } from '../story/types.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import type { OnEvent, RenderDone } from './events.js'
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
import { dissolveWarning } from './verdict-words.js'
import { countKinds, findWork, nodesOf } from './work.js'

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

/**
 * Makes what is not there yet and joins the film to `output`, which is replaced only when the new film is whole.
 * @throws Failure: exit 3 for the environment, 4 when a node can't be made, 130 when `signal` aborts.
 */
export async function renderPlan(plan: Plan, output: string, context: RenderContext): Promise<RenderDone> {
  const { host, store, onEvent } = context
  await checkOutput(output, host)
  context.signal.throwIfAborted()
  const startedMs = host.now()
  const historyName = historyNameOf(plan)
  const history = ((await store.readRecord(historyName)) ?? {}) as History
  const work = await findWork(plan, output, store, host, history)
  const toMake = [...work.values()].map((w) => w.node)
  const segments = toMake.filter((n): n is SegmentNode => n.kind === 'segment')
  const inbetweens = toMake.filter((n): n is InbetweenNode => n.kind === 'inbetween')
  const framesToMake = inbetweens.reduce((sum, n) => sum + n.count, 0)
  const framesToEncode = segments.reduce((sum, s) => sum + s.frames, 0)
  onEvent({
    event: 'plan',
    output,
    shots: plan.shots.length,
    frames: plan.movie.frames,
    toRender: countKinds(toMake),
    toEncode: framesToEncode,
    toInterpolate: framesToMake,
  })

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
  const onFrame = frameCounter('frames', framesToEncode, host, onEvent)
  const onInbetween = frameCounter('inbetweens', framesToMake, host, onEvent)
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
      onEvent({ event: 'end', kind: node.kind, id: node.id, shot, ms: Math.round(host.now() - jobStartedMs) })
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
    // Asked for first and in film order, so that the painter is never idle while segments wait for one another.
    for (const node of toMake) if (node.kind === 'keyframe') make(node).catch(() => {})
    for (const node of inbetweens) make(node).catch(() => {})
    if (work.has(plan.movie.key)) await make(plan.movie)
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

  for (const message of dissolveWarnings(plan, verdicts)) onEvent({ event: 'warning', message })
  await store.writeRecord(historyName, historyOf(plan))
  if (work.size > 0) await store.evict()
  const reused = [...nodesOf(plan).values()].filter((n) => !work.has(n.key))
  const { num, den } = plan.storyboard.fps
  const done: RenderDone = {
    event: 'done',
    output,
    frames: plan.movie.frames,
    seconds: (plan.movie.frames * den) / num,
    elapsedMs: Math.round(host.now() - startedMs),
    nodes: { rendered: countKinds(toMake), reused: countKinds(reused) },
  }
  onEvent(done)
  return done
}

/** Before any work: a film that can't be put in place would be painted for nothing. */
async function checkOutput(output: string, host: Host): Promise<void> {
  const folder = dirname(output)
  if (!(await host.stat(folder))?.isDirectory) {
    throw environmentFailure(
      `can't write ${output}: there is no folder ${folder}`,
      'make the folder, or choose another -o',
    )
  }
  if ((await host.stat(output))?.isDirectory) {
    throw environmentFailure(`can't write ${output}: it is a folder`, 'give a file name with -o')
  }
}

function shotsOfNodes(plan: Plan): Map<string, Shot> {
  const shots = new Map<string, Shot>()
  for (const { shot, pictures, inbetweens, segment } of plan.shots) {
    for (const node of [...pictures, ...inbetweens, segment]) shots.set(node.id, shot)
  }
  return shots
}

/** Where pairs that were judged now dissolve although a model could have morphed them. */
function dissolveWarnings({ shots, storyboard }: Plan, verdicts: ReadonlyMap<string, Verdict>): string[] {
  if (storyboard.interpolation === BLEND) return []
  return shots.flatMap(({ shot, inbetweens }) => {
    const judged = inbetweens.flatMap((node) => verdicts.get(node.id) ?? [])
    return dissolveWarning(storyboard.file, shot, judged) ?? []
  })
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

/** Histories are told apart by the script's path. */
export function historyNameOf(plan: Plan): string {
  return `history-${createHash('sha256').update(plan.storyboard.file).digest('hex').slice(0, 24)}`
}
