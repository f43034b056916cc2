// Keyframes, and where those of a walk stand: what is painted, and all that can change its pixels.

import { basename } from 'node:path'
import type { PromptBlend, Shot, Storyboard, Waypoint } from '../story/types.js'
import { isSameWaypoint } from '../story/walk.js'
import { draftSteps } from './draft.js'
import {
  type KeyframeNode,
  keyOf,
  type Manifest,
  type PainterChoice,
  type Size,
  type SpacingNode,
} from './node.js'
import { digestOf, FORMAT, type ModelFacts, type PlanFacts } from './plan-facts.js'

/** How much of a picture with references laid into it is painted anew: the seams go, the looks stay. */
const REFERENCE_STRENGTH = 0.6
/** Models that draw in one step need more of them to paint from a picture. */
const REFERENCE_STEPS = 4

/** Null where nothing lies between the ends, or nothing changes. */
export function planSpacing(shot: Shot, storyboard: Storyboard, facts: PlanFacts): SpacingNode | null {
  if (shot.take.kind !== 'diffused') return null
  const { waypoints, keyframes } = shot.take
  if (waypoints === null || keyframes.length < 3) return null
  if (waypoints.every((other) => isSameWaypoint(other, waypoints[0]!))) return null
  const probe = planKeyframe(shot, 0, null, { ...storyboard, isProbe: true }, facts)
  const manifest: Manifest = [
    ['kind', `spacing ${FORMAT.spacing}`],
    ...walkManifest(waypoints),
    ['keyframes', keyframes.length],
    ...probe.manifest.filter(([name]) => name !== 'kind' && name !== 'prompt'),
  ]
  const id = `${shot.id}/spacing`
  const count = keyframes.length
  return { kind: 'spacing', id, key: keyOf(manifest), manifest, waypoints, count, probe }
}

const blendManifest = (blend: PromptBlend) => blend.map((p) => [p.prompt, p.weight] as const)

/** Seeds are told where they differ: else the keyframe's is that of all. */
function walkManifest(waypoints: readonly Waypoint[]): Manifest {
  const prompts = waypoints.map(({ prompt }, i) => [`prompt ${i + 1}`, blendManifest(prompt)] as const)
  const seeds = waypoints.map(({ seed }) => seed)
  return new Set(seeds).size === 1 ? prompts : [...prompts, ['seeds', seeds]]
}

/** A probe is measured and never seen: with a draft's steps, and the decoder that the keyframes have. */
export function planKeyframe(
  shot: Shot,
  index: number,
  spacing: SpacingNode | null,
  { size: filmSize, isDraft, isProbe = false }: Storyboard & { isProbe?: boolean },
  facts: PlanFacts,
): KeyframeNode {
  if (shot.take.kind !== 'diffused') throw new Error('only diffused takes have keyframes')
  const { keyframes, diffusion: asked } = shot.take
  const { prompt, seed } = keyframes[index]!
  const isEnd = index === 0 || index === keyframes.length - 1
  const place = spacing === null || isEnd ? null : { spacing, index }
  const model = facts.models.get(asked.model)
  if (!model) throw new Error(`no facts about the model ${asked.model}`)
  const steps = asked.steps ?? model.steps
  const preview = isDraft ? model.preview : null
  const { source = null, standings = [] } = asked
  const diffusion: KeyframeNode['diffusion'] = {
    ...asked,
    seed: place === null ? seed : asked.seed,
    steps: isDraft || isProbe ? draftSteps(steps, source?.strength) : steps,
    guidance: asked.guidance ?? model.guidance,
    scheduler: asked.scheduler ?? model.scheduler,
    decoder: preview === null ? 'full' : 'preview',
    loras: (asked.loras ?? []).map((lora) => ({ ...lora, digest: digestOf(lora.file, facts) })),
    embeddings: (asked.embeddings ?? []).map((use) => ({ ...use, digest: digestOf(use.file, facts) })),
    source: source && { ...source, digest: digestOf(source.image, facts) },
    standings: standings.map((standing) => ({
      ...standing,
      digest: standing.reference === null ? null : digestOf(standing.reference, facts),
    })),
    fromReferences: standings.some(({ reference }) => reference !== null)
      ? {
          strength: REFERENCE_STRENGTH,
          steps: Math.max(REFERENCE_STEPS, isDraft ? draftSteps(steps) : steps),
        }
      : null,
  }
  const size = nearestAspect(model.sizes, filmSize)
  const manifest: Manifest = [
    ['kind', `keyframe ${FORMAT.keyframe}`],
    ['model', diffusion.model],
    ['model digest', model.digest],
    ['runtime', facts.runtime],
    ['device', facts.device],
    ...(place === null
      ? [['prompt', blendManifest(prompt)] as const]
      : [
          ...walkManifest(place.spacing.waypoints),
          ['keyframe', `${index + 1} of ${keyframes.length}`] as const,
          ['input spacing', place.spacing.key] as const,
        ]),
    ['negative', diffusion.negative],
    ['seed', diffusion.seed],
    ['steps', diffusion.steps],
    ['guidance', diffusion.guidance],
    ['scheduler', diffusion.scheduler],
    ['size', [size.width, size.height]],
    ...(preview === null ? [] : [['preview decoder digest', preview] as const]),
    ...loraManifest(diffusion),
    ...embeddingManifest(diffusion),
    ...sourceManifest(diffusion, model, facts),
    ...standingManifest(diffusion, model),
    ...safetyManifest(model),
  ]
  const id = `${shot.id}/keyframe ${index + 1}`
  return { kind: 'keyframe', id, key: keyOf(manifest), manifest, prompt, place, diffusion, size }
}

/** A checker that is left out changes no pixel. */
const safetyManifest = ({ safetyChecker = null }: ModelFacts): Manifest =>
  safetyChecker === null || safetyChecker === 'off' ? [] : [['safety checker digest', safetyChecker.digest]]

function sourceManifest(
  { source }: KeyframeNode['diffusion'],
  { vaeEncoder = null }: ModelFacts,
  facts: PlanFacts,
): Manifest {
  if (source === null) return []
  return [
    ['picture digest', source.digest],
    ['mask digest', source.mask === null ? null : digestOf(source.mask, facts)],
    ['strength', source.strength],
    ['VAE encoder digest', vaeEncoder],
  ]
}

function standingManifest(
  { standings, fromReferences }: KeyframeNode['diffusion'],
  { vaeEncoder = null }: ModelFacts,
): Manifest {
  if (standings.length === 0) return []
  return [
    ['cast seeds', standings.map(({ seed }) => seed)],
    ['cast places', standings.map(({ x, width }) => [x, width] as const)],
    ...(fromReferences
      ? ([
          ['reference digest', standings.map(({ digest }) => digest)],
          ['reference strength', fromReferences.strength],
          ['reference steps', fromReferences.steps],
          ['VAE encoder digest', vaeEncoder],
        ] as const)
      : []),
  ]
}

/** In whatever order: it makes no difference. A file is its bytes, wherever it lies. */
function loraManifest({ loras }: PainterChoice): Manifest {
  if (loras.length === 0) return []
  const all = loras.map(({ digest, weight }) => [digest, weight] as const)
  return [
    ['LoRA digest', all.map(([digest]) => digest).sort()],
    ['LoRA weights', all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, weight]) => weight)],
  ]
}

/** Which words they are counts too: a file is called by its name. */
function embeddingManifest({ embeddings }: PainterChoice): Manifest {
  if (embeddings.length === 0) return []
  return [
    ['embedding digest', embeddings.map(({ digest }) => digest)],
    ['embedding words', embeddings.map(({ file, word }) => word ?? basename(file))],
  ]
}

/** The native size whose shape is nearest to the film's; the first of equals. */
export function nearestAspect(sizes: readonly Size[], film: Size): Size {
  const distance = (s: Size) => Math.abs(Math.log((s.width * film.height) / (s.height * film.width)))
  return sizes.reduce((best, s) => (distance(s) < distance(best) - 1e-9 ? s : best))
}
