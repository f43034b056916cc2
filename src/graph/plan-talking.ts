// Somebody is seen to speak: pictures with open mouths beside the one with closed ones.

import type { Shot, Storyboard } from '../story/types.js'
import { openMouths } from './lips.js'
import type { KeyframeNode, PictureNode, Strip } from './node.js'
import type { PlanFacts } from './plan-facts.js'
import { planKeyframe } from './plan-keyframe.js'
import { planSpeech } from './speech.js'

/** The pictures with open mouths, and when each picture of the shot is seen; none where nobody is seen to speak. */
export function planTalking(
  shot: Shot,
  closed: PictureNode,
  storyboard: Storyboard,
  facts: PlanFacts,
): { pictures: KeyframeNode[]; strips: Strip[] } {
  const { take } = shot
  if (take.kind !== 'diffused' || !take.talking || !facts.models.get(take.diffusion.model)?.talks)
    return { pictures: [], strips: [] }
  const pictures: KeyframeNode[] = []
  const strips: Strip[] = []
  const speech = planSpeech(shot, facts.speech ?? '')
  const show = (node: PictureNode, until: number) => {
    const frame = strips.reduce((sum, { count }) => sum + count, 0)
    if (until > frame) strips.push({ frame, count: until - frame, node })
  }
  const spans = take.talking.flatMap(({ speaker, prompt }, i) => {
    const open = planKeyframe(
      { ...shot, take: { ...take, keyframes: [{ ...take.keyframes[0]!, prompt }] } },
      0,
      null,
      storyboard,
      facts,
    )
    pictures.push({ ...open, id: `${shot.id}/keyframe ${i + 2}` })
    return speech
      .filter(({ line }) => line.speaker === speaker)
      .flatMap(({ node, line }) =>
        openMouths(line, facts.levels?.get(node.key) ?? [], shot.frames, storyboard.fps).map((span) => ({
          ...span,
          node: pictures[i]!,
        })),
      )
  })
  for (const { from, to, node } of spans.toSorted((a, b) => a.from - b.from)) {
    show(closed, from)
    show(node, to)
  }
  show(closed, shot.frames)
  return { pictures, strips }
}
