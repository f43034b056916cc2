// What a shot shows: its pictures, what lies between them, and when each is seen.

import type { Shot, Storyboard, Take } from '../story/types.js'
import { heldInbetweens, holdsOf } from './draft.js'
import {
  type CardNode,
  type DepthNode,
  type ImageNode,
  type InbetweenNode,
  type KeyframeNode,
  keyOf,
  type Manifest,
  type PictureNode,
  type Size,
  type SpacingNode,
  type Strip,
  type TakeView,
} from './node.js'
import { planDepths } from './plan-depth.js'
import { digestOf, FORMAT, type PlanFacts } from './plan-facts.js'
import { planInbetween } from './plan-inbetween.js'
import { planKeyframe, planSpacing } from './plan-keyframe.js'
import { planTalking } from './plan-talking.js'

export type PlannedTake = {
  view: TakeView
  /** Of a walk whose pictures decide where they stand. */
  spacing: SpacingNode | null
  pictures: PictureNode[]
  depths: DepthNode[]
  inbetweens: InbetweenNode[]
}

export function planTake(shot: Shot, storyboard: Storyboard, facts: PlanFacts): PlannedTake {
  const { take } = shot
  if (take.kind === 'card')
    return stillTake(shot, planCard(shot, take.text, storyboard.size, facts), storyboard, facts)
  if (take.kind === 'image')
    return stillTake(shot, planImage(shot, take.file, storyboard.size, facts), storyboard, facts)
  // A draft's walk goes on evenly in time: what is even to the eye costs as much as its pictures.
  const spacing = storyboard.isDraft ? null : planSpacing(shot, storyboard, facts)
  const keyframes = take.keyframes.map((_, i) => planKeyframe(shot, i, spacing, storyboard, facts))
  const walk = planWalk(shot, take, keyframes, storyboard, facts)
  const talking = planTalking(shot, keyframes[0]!, storyboard, facts)
  const pictures = [...keyframes, ...talking.pictures]
  const strips = talking.strips.length > 0 ? talking.strips : walk.strips
  const upscaler = storyboard.isDraft
    ? null
    : planUpscaler(shot, take.diffusion.model, pictures[0]!.size, storyboard.size, facts)
  const depths = planDepths(shot, pictures, storyboard, facts)
  const view = { strips, depths, upscaler, ...seen(shot) }
  return { view, spacing, pictures, depths, inbetweens: walk.inbetweens }
}

/** One picture that is there already, or is set in type. */
function stillTake(
  shot: Shot,
  picture: ImageNode | CardNode,
  storyboard: Storyboard,
  facts: PlanFacts,
): PlannedTake {
  const strips = [{ frame: 0, count: shot.frames, node: picture }]
  const depths = planDepths(shot, [picture], storyboard, facts)
  const view = { strips, depths, upscaler: null, ...seen(shot) }
  return { view, spacing: null, pictures: [picture], depths, inbetweens: [] }
}

const seen = ({ camera, fit, look, frames }: Shot) => ({ camera, fit, look, frames })

/** From keyframe to keyframe; what is shown of one alone is its picture, held. */
function planWalk(
  shot: Shot,
  { keyframes, motion }: Extract<Take, { kind: 'diffused' }>,
  pictures: readonly KeyframeNode[],
  storyboard: Storyboard,
  facts: PlanFacts,
): { strips: Strip[]; inbetweens: InbetweenNode[] } {
  const strips: Strip[] = []
  const inbetweens: InbetweenNode[] = []
  for (const [i, keyframe] of keyframes.entries()) {
    const next = keyframes[i + 1]
    const [from, to] = [pictures[i]!, pictures[i + 1]]
    const between = (next?.frame ?? shot.frames) - keyframe.frame - 1
    const isHeld = !to || motion === 'hold' || from.key === to.key
    const held = isHeld ? between : motion === 'cut' ? Math.ceil(between / 2) : 0
    strips.push({ frame: keyframe.frame, count: 1 + held, node: from })
    if (held === between) continue
    const count = between - held
    const frame = keyframe.frame + 1 + held
    if (motion === 'cut') {
      strips.push({ frame, count, node: to! })
      continue
    }
    const pair = {
      from,
      to: to!,
      count: heldInbetweens(count, holdsOf(storyboard)),
      motion: motion === 'dissolve' || motion === 'morph' ? motion : null,
      interpolation: storyboard.interpolation,
    }
    const node = planInbetween(`${shot.id}/inbetween ${i + 1}`, pair, facts)
    inbetweens.push(node)
    strips.push({ frame, count, node })
  }
  return { strips, inbetweens }
}

/** From there on an upscaler is worth its time: what it makes is mostly made smaller again in a film that is hardly larger. */
const LEAST_ENLARGEMENT = 2

/** Pictures that the film shows clearly enlarged go through their model's upscaler first, where it has one. */
function planUpscaler(
  { fit }: Shot,
  model: string,
  picture: Size,
  film: Size,
  facts: PlanFacts,
): TakeView['upscaler'] {
  const digest = facts.models.get(model)?.upscaler ?? null
  const scales = [film.width / picture.width, film.height / picture.height]
  const isEnlarged = (fit === 'crop' ? Math.max(...scales) : Math.min(...scales)) >= LEAST_ENLARGEMENT
  return digest !== null && isEnlarged ? { model, digest } : null
}

function planImage(shot: Shot, file: string, size: Size, facts: PlanFacts): ImageNode {
  const digest = digestOf(file, facts)
  const manifest: Manifest = [
    ['kind', `image ${FORMAT.image}`],
    ['picture digest', digest],
    ['size', [size.width, size.height]],
    ...(shot.fit === 'crop' ? [] : [['fit', shot.fit] as const]),
  ]
  const key = keyOf(manifest)
  return { kind: 'image', id: `${shot.id}/image`, key, manifest, file, digest, size, fit: shot.fit }
}

function planCard(shot: Shot, text: string, size: Size, facts: PlanFacts): CardNode {
  const manifest: Manifest = [
    ['kind', `card ${FORMAT.card}`],
    ['text', text],
    ['font', facts.font],
    ['size', [size.width, size.height]],
  ]
  return { kind: 'card', id: `${shot.id}/card`, key: keyOf(manifest), manifest, text, size }
}
