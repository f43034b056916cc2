// What a render would do, shot by shot, without doing it.

import type { History } from '../graph/explain.js'
import type { NodeKind } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import type { Store } from '../store/store.js'
import { historyNameOf } from './render-plan.js'
import { findWork, presenceOf } from './work.js'

/** `reason` is null for a node that would not be made. */
export type NodeExplanation = { kind: NodeKind; key: string; cached: boolean; reason: string | null }

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
  line: number
  nodes: NodeExplanation[]
}

export type PlanExplanation = {
  shots: ShotExplanation[]
  /** Why the segments would be joined to a film; null when the film is up to date. */
  movie: string | null
}

export async function explainPlan(
  plan: Plan,
  output: string,
  store: Store,
  host: Host,
): Promise<PlanExplanation> {
  const history = ((await store.readRecord(historyNameOf(plan))) ?? {}) as History
  const work = await findWork(plan, output, store, host, history)
  const shots: ShotExplanation[] = []
  for (const { shot, pictures, inbetweens, segment } of plan.shots) {
    const nodes: NodeExplanation[] = []
    for (const node of [...pictures, ...inbetweens, segment]) {
      const cached = (await presenceOf(node, output, store, host)) === 'present'
      nodes.push({ kind: node.kind, key: node.key, cached, reason: work.get(node.key)?.reason ?? null })
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
      line: shot.line,
      nodes,
    })
  }
  return { shots, movie: work.get(plan.movie.key)?.reason ?? null }
}

function promptText(take: Plan['storyboard']['shots'][number]['take']): string {
  if (take.kind === 'card') return take.text
  const texts = take.keyframes.flatMap(({ prompt }) => prompt.map((p) => p.prompt))
  return [...new Set(texts)].join(' → ')
}
