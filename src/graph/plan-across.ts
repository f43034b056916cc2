// Transitions that go through in-betweens: match cuts and morphs.

import type { Shot, Storyboard } from '../story/types.js'
import { heldInbetweens, holdsOf } from './draft.js'
import { type FrameNode, type InbetweenNode, keyOf, type Manifest, type TakeView } from './node.js'
import { FORMAT, type PlanFacts } from './plan-facts.js'
import { planInbetween } from './plan-inbetween.js'
import { takeManifest } from './take-manifest.js'

/** The pictures of both sides, and what lies between. */
export type Across = { from: FrameNode; to: FrameNode; inbetween: InbetweenNode }

/**
 * What a match cut or morph shows between the last frame of the shot before and the first one of this shot that are seen
 * alone. Null for other transitions, and in films without an interpolation model, where the running takes dissolve instead.
 */
export function planAcross(
  { id, transition }: Shot,
  before: TakeView,
  take: TakeView,
  storyboard: Storyboard,
  facts: PlanFacts,
): Across | null {
  const { interpolation, size, fps } = storyboard
  if (facts.interpolation === null || (transition.kind !== 'match cut' && transition.kind !== 'morph'))
    return null
  const { kind, frames } = transition
  const count = heldInbetweens(frames, holdsOf(storyboard))
  const from = planFrame(`${id}/${kind} from`, before, before.frames - frames - 1, { size, fps }, facts)
  const to = planFrame(`${id}/${kind} to`, take, frames, { size, fps }, facts)
  const motion = kind === 'morph' ? kind : null
  const pair = { from, to, count, motion, interpolation } as const
  return { from, to, inbetween: planInbetween(`${id}/${kind}`, pair, facts) }
}

function planFrame(
  id: string,
  take: TakeView,
  frame: number,
  { size, fps }: Pick<FrameNode, 'size' | 'fps'>,
  facts: PlanFacts,
): FrameNode {
  const manifest: Manifest = [
    ['kind', `frame ${FORMAT.frame}`],
    ['size', [size.width, size.height]],
    ['fps', [fps.num, fps.den]],
    ['frame', frame],
    ...takeManifest('', take, facts),
  ]
  return { kind: 'frame', id, key: keyOf(manifest), manifest, take, frame, size, fps }
}
