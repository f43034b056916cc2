// Who makes a node: the seam between what a film needs and where it is made. Here, on this machine: one lane paints in the
// order asked, `jobs` lanes make segments as their pictures come. Memory holds no film.

import { type InbetweenNode, inputsOf, type Node, type PainterChoice, painterChoice } from '../graph/node.js'
import { nodesOfShot, type Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import { readFrames } from '../image/frames-file.js'
import { decodePicture } from '../image/picture.js'
import type { Verdict } from '../interpolation/gate.js'
import type { Artefact, Store } from '../store/store.js'
import type { Shot } from '../story/types.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import type { DepthFinder } from './depth-finder.js'
import type { OnEvent } from './events.js'
import type { InBetweener } from './in-betweener.js'
import { openLane } from './lane.js'
import { makeDepth, readDepth } from './make-depth.js'
import { type GrowingInbetween, openInbetween } from './make-inbetween.js'
import { makeMix } from './make-mix.js'
import { makeMovie } from './make-movie.js'
import { makeCard, makeFrame, makeImage, makeKeyframe, type Painting } from './make-picture.js'
import { makeSegment } from './make-segment.js'
import { makeSpacing, stepOf } from './make-spacing.js'
import { makeSpeech } from './make-speech.js'
import { createOpenings, MOST_PAINTERS } from './openings.js'
import type { Painter } from './painter.js'
import { provenanceOf } from './provenance.js'
import { checkSounds } from './sound-facts.js'
import type { Sources } from './sources.js'
import type { Upscale } from './take-view.js'
import type { Upscaler } from './upscaler.js'
import { framesOf, type Work } from './work.js'

/** The artefact of a node that another one is made of, once it is made. */
export type Input = (node: Node) => Promise<Artefact>

/** A node is a pure function of its inputs, and its key names it: whoever shares the store may make it. */
export type Executor = {
  /** Makes a node and puts it into the store; called once a node. Rejects when that fails, or with the signal's reason. */
  execute(node: Node, input: Input): Promise<Artefact>
  /** How pairs were judged, by node id. */
  verdicts: ReadonlyMap<string, Verdict>
  close(): Promise<void>
}

export type RenderContext = {
  host: Host
  store: Store
  ffmpeg: Ffmpeg
  /** Called once a choice. */
  openPainter: (model: string, signal: AbortSignal, choice: PainterChoice) => Promise<Painter>
  /** Opens the upscaler of a model that has one; called once a model. */
  openUpscaler: (model: string, signal: AbortSignal) => Promise<Upscaler>
  /** Opens an interpolation model; called once a model, when a pair is morphed. */
  openInBetweener: (model: string, signal: AbortSignal) => Promise<InBetweener>
  /** Opens a depth model; called once a model. */
  openDepthFinder: (model: string, signal: AbortSignal) => Promise<DepthFinder>
  /** Segments, and runs of in-betweens, made at once. */
  jobs: number
  signal: AbortSignal
  onEvent: OnEvent
}

/** Of one render. `signal` stops what is being made. */
export function openLocalExecutor(
  plan: Plan,
  work: Work,
  output: string,
  context: RenderContext,
  signal: AbortSignal,
): Executor {
  const { host, store, onEvent } = context
  const painters = createOpenings(async (choice: PainterChoice) => {
    const painter = await context.openPainter(choice.model, signal, choice)
    for (const message of painter.warnings) onEvent({ event: 'warning', message })
    return painter
  }, MOST_PAINTERS)
  const painterOf = (choice: PainterChoice) => painters.get(painterChoice(choice))
  const upscalers = createOpenings((model: string) => context.openUpscaler(model, signal))
  const inBetweeners = createOpenings((model: string) => context.openInBetweener(model, signal))
  const depthFinders = createOpenings((model: string) => context.openDepthFinder(model, signal))
  const upscale: Upscale = async (model, picture) => (await upscalers.get(model)).upscale(picture, signal)
  const painting: Painting = { painterOf, store, host, signal }
  const shotOf = shotsOfNodes(plan)
  const paintLane = openLane(1)
  const frameLane = openLane(1)
  const depthLane = openLane(1)
  const inbetweenLane = openLane(context.jobs)
  const segmentLane = openLane(context.jobs)
  const onFrame = frameCounter('frames', framesOf(work, 'segment'), host, onEvent)
  const onInbetween = frameCounter('inbetweens', framesOf(work, 'inbetween'), host, onEvent)
  const growing = new Map<string, GrowingInbetween>()
  const verdicts = new Map<string, Verdict>()

  const tellVerdict = (node: InbetweenNode, verdict: Verdict) => {
    verdicts.set(node.id, verdict)
    const { relit: _, ...judged } = verdict
    const { id: shot, line } = shotOf.get(node.id)!
    onEvent({ event: 'motion', id: node.id, shot, line, ...judged })
  }
  const run = async (node: Node, job: () => Promise<Artefact>) => {
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
  const sourcesOf = (input: Input): Sources => ({
    picture: async (node) => decodePicture(await host.readFile((await input(node)).path)),
    depth: async (node) => readDepth((await input(node)).path, host),
    async frames(node) {
      const artefact = input(node)
      return growing.get(node.key)?.open() ?? readFrames((await artefact).path)
    },
  })

  const execute = async (node: Node, input: Input): Promise<Artefact> => {
    switch (node.kind) {
      case 'keyframe':
        return paintLane(async () => {
          const step = await stepOf(node, input, host)
          return run(node, () => makeKeyframe(node, step, painting, onEvent))
        })
      // Asked for by the first keyframe that it places, which holds the painters' lane meanwhile.
      case 'spacing':
        return run(node, () => makeSpacing(node, painting))
      case 'image':
        return run(node, () => makeImage(node, store, host))
      case 'card':
        return run(node, () => makeCard(node, store, host))
      case 'depth': {
        const { path } = await input(node.picture)
        return depthLane(() =>
          run(node, async () =>
            makeDepth(node, path, await depthFinders.get(node.model), store, host, signal),
          ),
        )
      }
      case 'frame':
        await Promise.all(inputsOf(node).map(input))
        return frameLane(() => run(node, () => makeFrame(node, sourcesOf(input), store, host, upscale)))
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
        const made = Promise.all([input(node.from), input(node.to)]).then(([from, to]) =>
          inbetweenLane(() => run(node, () => inbetween.make(from.path, to.path))),
        )
        made.catch(inbetween.fail)
        return made
      }
      case 'segment':
        return segmentLane(async () => {
          const inputs = inputsOf(node).map(input)
          await inputs[0]
          const segment = await run(node, () =>
            makeSegment(node, sourcesOf(input), store, host, context.ffmpeg, upscale, signal, onFrame),
          )
          await Promise.all(inputs)
          return segment
        })
      case 'speech':
        return segmentLane(() => run(node, () => makeSpeech(node, store, host, signal)))
      case 'mix': {
        // Outside of the lane: what waits in it would keep its inputs from being made.
        const inputs = new Map<string, Artefact>()
        for (const each of inputsOf(node)) inputs.set(each.key, await input(each))
        return segmentLane(() =>
          run(node, async () => {
            await checkSounds(node, plan.facts, context)
            return makeMix(node, inputs, store, host, context.ffmpeg, signal)
          }),
        )
      }
      case 'movie': {
        const [made, mix] = await Promise.all([
          Promise.all(node.segments.map(input)),
          node.mix === null ? null : input(node.mix),
        ])
        return run(node, () =>
          makeMovie(
            node,
            made,
            mix,
            plan.storyboard,
            output,
            provenanceOf(plan),
            store,
            host,
            context.ffmpeg,
            signal,
          ),
        )
      }
    }
  }

  return {
    execute,
    verdicts,
    async close() {
      for (const opened of [painters, upscalers, inBetweeners, depthFinders]) await opened.close()
    },
  }
}

function shotsOfNodes(plan: Plan): Map<string, Shot> {
  const shots = new Map<string, Shot>()
  for (const planned of plan.shots) {
    for (const node of nodesOfShot(planned)) shots.set(node.id, planned.shot)
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
