// Segments: what a shot's part of the film is encoded from.

import type { Shot, Storyboard } from '../story/types.js'
import { keyOf, type Manifest, type SegmentNode } from './node.js'
import { FORMAT, type PlanFacts } from './plan-facts.js'
import { takeManifest } from './take-manifest.js'

export function planSegment(
  { id: shotId, transition: into }: Shot,
  parts: Pick<SegmentNode, 'take' | 'tail' | 'across' | 'captions' | 'texts' | 'outOf' | 'frames' | 'every'>,
  { size, fps }: Storyboard,
  facts: PlanFacts,
): SegmentNode {
  const { take, tail, across, captions, texts, outOf, frames, every } = parts
  const manifest: Manifest = [
    ['kind', `segment ${FORMAT.segment}`],
    ['encoder', facts.encoder],
    ['size', [size.width, size.height]],
    ['fps', [fps.num, fps.den]],
    ['frames', frames],
    ['transition in', Object.values(into)],
    ['transition out', Object.values(outOf)],
    ...takeManifest('', take, facts),
    ...(tail ? takeManifest('shot before: ', tail, facts) : []),
    ...(across ? [[`input ${into.kind}`, across.key] as const] : []),
    ...captionManifest(captions, facts),
    ...textManifest(texts, facts),
    ...(every === 1 ? [] : [['held for', every] as const]),
  ]
  const id = `${shotId}/segment`
  return { kind: 'segment', id, key: keyOf(manifest), manifest, ...parts, into, size, fps }
}

const textManifest = (texts: SegmentNode['texts'], { font }: PlanFacts): Manifest =>
  texts.length === 0
    ? []
    : [
        ['subtitles', texts.map(({ from, to, text }) => [from, to, text] as const)],
        ['subtitle font', font],
      ]

function captionManifest({ own, before }: SegmentNode['captions'], { font }: PlanFacts): Manifest {
  if (own === null && before === null) return []
  return [
    ['caption', own],
    ...(before === null ? [] : [['shot before: caption', before] as const]),
    ['font', font],
  ]
}
