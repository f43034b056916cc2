// What a film was made of, for people and programs that ask later: prompts, seeds, models, licences. Beside the film as JSON.

import type { Plan, PlannedShot } from '../graph/plan.js'
import type { Step } from '../story/types.js'
import { sourceTypeOf } from './provenance.js'

export type ModelRecord = {
  name: string
  digest: string
  licence: string | null
  /** Whether its own safety checker looked at the pictures: left out with --no-safety, or it ships none. */
  safety: 'checked' | 'off' | 'none'
}

/**
 * `licences` by model name, as their cards say; `flagged` are the keys of keyframes that a safety checker made black;
 * `steps` of keyframes on walks, by key.
 */
export function sidecarOf(
  plan: Plan,
  output: string,
  licences: ReadonlyMap<string, string | null>,
  flagged: ReadonlySet<string>,
  steps: ReadonlyMap<string, Step>,
): object {
  const { storyboard, facts, movie, shots } = plan
  const models: ModelRecord[] = [...facts.models].map(([name, { digest, safetyChecker = null }]) => ({
    name,
    digest,
    licence: licences.get(name) ?? null,
    safety: safetyChecker === null ? 'none' : safetyChecker === 'off' ? 'off' : 'checked',
  }))
  return {
    version: 1,
    output,
    key: movie.key,
    digitalSourceType: sourceTypeOf(plan),
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
    ...(facts.depth && { depth: { name: storyboard.depth, digest: facts.depth.digest } }),
    ...(movie.mix && {
      sound: {
        files: [...(facts.sounds ?? [])].map(([file, { digest }]) => ({ file, sha256: digest })),
        voices: shots.some(({ speech }) => speech.length > 0) ? facts.speech : null,
      },
    }),
    shots: shots.map((shot) => shotRecord(shot, flagged, steps)),
  }
}

function shotRecord(
  { shot, pictures, segment }: PlannedShot,
  flagged: ReadonlySet<string>,
  steps: ReadonlyMap<string, Step>,
): object {
  const base = {
    id: shot.id,
    line: shot.line,
    start: shot.start,
    frames: shot.frames,
    key: segment.key,
    ...(shot.lines && { say: shot.lines.map(({ speaker, text }) => ({ speaker, text })) }),
  }
  if (shot.take.kind === 'card') return { ...base, card: shot.take.text }
  if (shot.take.kind === 'image')
    return {
      ...base,
      image: shot.take.file,
      sha256: pictures[0]?.kind === 'image' ? pictures[0].digest : null,
    }
  return {
    ...base,
    keyframes: pictures.flatMap((node, i) =>
      node.kind === 'keyframe'
        ? [
            {
              frame: shot.take.kind === 'diffused' ? (shot.take.keyframes[i]?.frame ?? 0) : 0,
              key: node.key,
              prompt: node.place === null ? node.prompt : null,
              ...node.diffusion,
              ...steps.get(node.key),
              size: node.size,
              ...(flagged.has(node.key) ? { flagged: true } : {}),
            },
          ]
        : [],
    ),
  }
}
