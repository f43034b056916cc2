// What a render would do, shot by shot, without doing it.

import type { History } from '../graph/explain.js'
import type { InbetweenNode, NodeKind } from '../graph/node.js'
import { nodesOfShot, type Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import { decodePicture } from '../image/picture.js'
import type { Verdict } from '../interpolation/gate.js'
import type { Interpolator } from '../interpolation/interpolator.js'
import type { Store } from '../store/store.js'
import { cameraText } from '../story/camera-text.js'
import type { Motion, ShotTransition } from '../story/types.js'
import { judgeInbetween } from './make-inbetween.js'
import { createOpenings } from './openings.js'
import { historyNameOf } from './render-plan.js'
import type { Studio } from './studio.js'
import { findWork, presenceOf } from './work.js'

/** `reason` is null for a node that would not be made. */
export type NodeExplanation = {
  kind: NodeKind
  /** Where it stands in the film, such as `2.3/keyframe 1`. */
  id: string
  key: string
  cached: boolean
  reason: string | null
  /** Of in-betweens: how their two keyframes were judged; null while one of them is not in the cache. */
  verdict?: Omit<Verdict, 'relit'> | null
}

export type ShotExplanation = {
  id: string
  scene: string
  /** First frame in the film. */
  start: number
  frames: number
  prompt: string
  negative: string
  seed: number | null
  model: string | null
  /** As the script has it; null is for each pair of keyframes to decide. */
  motion: Motion | null
  /** Into the shot, in frames. */
  transition: ShotTransition
  /** In a few words. */
  camera: string
  look: string
  caption: string | null
  line: number
  /** What is said; times in seconds from the start of the shot. */
  speech: { speaker: string | null; text: string; start: number; seconds: number }[]
  nodes: NodeExplanation[]
}

export type PlanExplanation = {
  shots: ShotExplanation[]
  /** The film's sound; null where it has none. */
  mix: NodeExplanation | null
  /** Why the segments would be joined to a film; null when the film is up to date. */
  movie: string | null
}

export async function explainPlan(
  plan: Plan,
  output: string,
  { store, host, openInBetweener }: Pick<Studio, 'store' | 'host' | 'openInBetweener'>,
): Promise<PlanExplanation> {
  const { signal } = new AbortController()
  const models = createOpenings((model: string) => openInBetweener(model, signal))
  const verdictOf = (node: InbetweenNode) => judged(node, store, host, models.get, signal)
  try {
    return await explained(plan, output, store, host, verdictOf)
  } finally {
    await models.close()
  }
}

async function explained(
  plan: Plan,
  output: string,
  store: Store,
  host: Host,
  verdictOf: (node: InbetweenNode) => Promise<NodeExplanation['verdict']>,
): Promise<PlanExplanation> {
  const history = ((await store.readRecord(historyNameOf(plan))) ?? {}) as History
  const work = await findWork(plan, output, store, host, history)
  const shots: ShotExplanation[] = []
  for (const planned of plan.shots) {
    const { shot } = planned
    const nodes: NodeExplanation[] = []
    for (const node of nodesOfShot(planned)) {
      const cached = (await presenceOf(node, output, store, host)) === 'present'
      const { kind, id, key } = node
      const explained = { kind, id, key, cached, reason: work.get(key)?.reason ?? null }
      nodes.push(node.kind === 'inbetween' ? { ...explained, verdict: await verdictOf(node) } : explained)
    }
    const diffusion = shot.take.kind === 'diffused' ? shot.take.diffusion : null
    shots.push({
      id: shot.id,
      scene: plan.storyboard.scenes[shot.scene]?.name ?? '',
      start: shot.start,
      frames: shot.frames,
      prompt: promptText(shot.take),
      negative: diffusion?.negative ?? '',
      seed: diffusion?.seed ?? null,
      model: diffusion?.model ?? null,
      motion: shot.take.kind === 'diffused' ? shot.take.motion : null,
      transition: shot.transition,
      camera: cameraText(shot.camera),
      look: shot.look,
      caption: shot.caption,
      line: shot.line,
      speech: (shot.lines ?? []).map(({ speaker, text, startSeconds, seconds }) => ({
        speaker,
        text,
        start: startSeconds,
        seconds,
      })),
      nodes,
    })
  }
  const { mix } = plan.movie
  return {
    shots,
    mix: mix && {
      kind: mix.kind,
      id: mix.id,
      key: mix.key,
      cached: (await presenceOf(mix, output, store, host)) === 'present',
      reason: work.get(mix.key)?.reason ?? null,
    },
    movie: work.get(plan.movie.key)?.reason ?? null,
  }
}

async function judged(
  node: InbetweenNode,
  store: Store,
  host: Host,
  openModel: (name: string) => Promise<Interpolator>,
  signal: AbortSignal,
): Promise<NonNullable<NodeExplanation['verdict']> | null> {
  const [from, to] = await Promise.all([store.get(node.from.key), store.get(node.to.key)])
  if (typeof from === 'string' || typeof to === 'string') return null
  const read = async (path: string) => decodePicture(await host.readFile(path))
  const pictures = [await read(from.path), await read(to.path)] as const
  const { relit: _, ...verdict } = (await judgeInbetween(node, ...pictures, openModel, signal)).verdict
  return verdict
}

function promptText(take: Plan['storyboard']['shots'][number]['take']): string {
  if (take.kind === 'card') return take.text
  if (take.kind === 'image') return take.file
  const texts = take.keyframes.flatMap(({ prompt }) => prompt.map((p) => p.prompt))
  return [...new Set(texts)].join(' → ')
}
