// Runs a plan: one lane paints in film order, `jobs` lanes make segments as their pictures come, the join ends it.
// Everything made is in the store at once, so an interrupted render goes on where it was, and memory holds no film.

import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { environmentFailure, Failure, interrupted } from '../diagnostic/failure.js'
import { type History, historyOf } from '../graph/explain.js'
import { inputsOf, type Node, type SegmentNode } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import type { Artefact, Store } from '../store/store.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import type { OnEvent, RenderDone } from './events.js'
import { openLane } from './lane.js'
import { makeMovie } from './make-movie.js'
import { makeCard, makeInbetween, makeKeyframe } from './make-picture.js'
import { makeSegment } from './make-segment.js'
import type { Painter } from './painter.js'
import { countKinds, findWork, nodesOf } from './work.js'

export type RenderContext = {
  host: Host
  store: Store
  ffmpeg: Ffmpeg
  /** Opens a model's painter; called once a model. */
  openPainter: (model: string, signal: AbortSignal) => Promise<Painter>
  /** Segments made at once. */
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
  const framesToEncode = segments.reduce((sum, s) => sum + s.frames, 0)
  onEvent({
    event: 'plan',
    output,
    shots: plan.shots.length,
    frames: plan.movie.frames,
    toRender: countKinds(toMake),
    toEncode: framesToEncode,
  })

  const first = new AbortController()
  const signal = AbortSignal.any([context.signal, first.signal])
  const painters = new Map<string, Promise<Painter>>()
  const painterOf = (model: string) => {
    const known = painters.get(model)
    if (known) return known
    const opening = context.openPainter(model, signal)
    painters.set(model, opening)
    opening.then(
      ({ warnings }) => warnings.forEach((message) => void onEvent({ event: 'warning', message })),
      () => {}, // told by whoever waits for the painter
    )
    return opening
  }
  const shotOf = shotIds(plan)
  const paintLane = openLane(1)
  const segmentLane = openLane(context.jobs)
  const framesDone = frameCounter(framesToEncode, host, onEvent)
  const making = new Map<string, Promise<Artefact>>()

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
      const shot = shotOf.get(node.id) ?? null
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
        return paintLane(() => run(() => makeKeyframe(node, painterOf, store, host, signal, onEvent)))
      case 'card':
        return run(() => makeCard(node, store, host))
      case 'inbetween':
        return Promise.all([make(node.from), make(node.to)]).then(([from, to]) =>
          run(() => makeInbetween(node, from.path, to.path, store, host, signal)),
        )
      case 'segment':
        return segmentLane(async () => {
          const paths = new Map<string, string>()
          for (const input of inputsOf(node)) paths.set(input.key, (await make(input)).path)
          return run(() => makeSegment(node, paths, store, host, context.ffmpeg, signal, framesDone))
        })
      case 'movie': {
        const made = await Promise.all(node.segments.map(make))
        return run(() => makeMovie(node, made, plan.storyboard, output, store, host, context.ffmpeg, signal))
      }
    }
  }

  try {
    // Asked for first and in film order, so that the painter is never idle while segments wait for one another.
    for (const node of toMake) if (node.kind === 'keyframe') make(node).catch(() => {})
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
    for (const painter of painters.values()) await painter.then((p) => p.close()).catch(() => {})
  }

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

function shotIds(plan: Plan): Map<string, string> {
  const ids = new Map<string, string>()
  for (const { shot, pictures, inbetweens, segment } of plan.shots) {
    for (const node of [...pictures, ...inbetweens, segment]) ids.set(node.id, shot.id)
  }
  return ids
}

function frameCounter(total: number, host: Host, onEvent: OnEvent): () => void {
  const startedMs = host.now()
  let done = 0
  let toldMs = startedMs
  return () => {
    done++
    const nowMs = host.now()
    if (done < total && nowMs - toldMs < 100) return
    toldMs = nowMs
    onEvent({
      event: 'frames',
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
