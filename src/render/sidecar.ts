// What a film was made of, for people and programs that ask later: prompts, seeds, models, licences. Beside the film as JSON.

import type { Plan, PlannedShot } from '../graph/plan.js'
import { MACHINE_MADE } from './provenance.js'

export type ModelRecord = { name: string; digest: string; licence: string | null }

/** `licences` by model name, as their cards say. */
export function sidecarOf(plan: Plan, output: string, licences: ReadonlyMap<string, string | null>): object {
  const { storyboard, facts, movie, shots } = plan
  const models: ModelRecord[] = [...facts.models].map(([name, { digest }]) => ({
    name,
    digest,
    licence: licences.get(name) ?? null,
  }))
  return {
    version: 1,
    output,
    key: movie.key,
    digitalSourceType: MACHINE_MADE,
    madeBy: facts.program,
    runtime: facts.runtime,
    device: facts.device,
    script: { file: storyboard.file, sha256: storyboard.digest },
    title: storyboard.title,
    size: storyboard.size,
    fps: storyboard.fps,
    frames: storyboard.frames,
    isDraft: storyboard.isDraft,
    models,
    interpolation: {
      name: storyboard.interpolation,
      digest: facts.interpolation?.digest ?? null,
      licence: licences.get(storyboard.interpolation) ?? null,
    },
    shots: shots.map(shotRecord),
  }
}

function shotRecord({ shot, pictures, segment }: PlannedShot): object {
  const base = {
    id: shot.id,
    line: shot.line,
    start: shot.start,
    frames: shot.frames,
    key: segment.key,
  }
  if (shot.take.kind === 'card') return { ...base, card: shot.take.text }
  return {
    ...base,
    keyframes: pictures.flatMap((node, i) =>
      node.kind === 'keyframe'
        ? [
            {
              frame: shot.take.kind === 'diffused' ? shot.take.keyframes[i]!.frame : 0,
              key: node.key,
              prompt: node.prompt,
              ...node.diffusion,
              size: node.size,
            },
          ]
        : [],
    ),
  }
}
