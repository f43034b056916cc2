// Storyboard → Plan: which nodes make the film, each named by its key. Pure: what it must know of the world
// (model digests, versions) comes in as PlanFacts.

import { cameraText } from '../story/camera-text.js'
import { formatSrt, type Subtitle, subtitlesOf, textsIn } from '../story/subtitles.js'
import { overlapOf } from '../story/transitions.js'
import type { Shot, Storyboard } from '../story/types.js'
import { heldInbetweens, holdsOf } from './draft.js'
import { openMouths } from './lips.js'
import {
  type CardNode,
  type DepthNode,
  type FrameNode,
  type ImageNode,
  type InbetweenNode,
  type KeyframeNode,
  keyOf,
  type Manifest,
  type MovieNode,
  type Node,
  type PictureNode,
  type SegmentNode,
  type Size,
  type SpacingNode,
  type SpeechNode,
  type Strip,
  type TakeView,
} from './node.js'
import { planDepths } from './plan-depth.js'
import { digestOf, FORMAT, type PlanFacts } from './plan-facts.js'
import { planKeyframe, planSpacing } from './plan-keyframe.js'
import { planMix } from './sound.js'
import { planSpeech } from './speech.js'

/** A shot with the nodes that only it (or the start of the next one) needs. */
export type PlannedShot = {
  shot: Shot
  /** Of a walk whose pictures decide where they stand. */
  spacing: SpacingNode | null
  pictures: PictureNode[]
  depths: DepthNode[]
  inbetweens: InbetweenNode[]
  /** Of a match cut or morph into the shot: the pictures of both sides, and what lies between. */
  across: { from: FrameNode; to: FrameNode; inbetween: InbetweenNode } | null
  segment: SegmentNode
  /** What is said in it, line by line. */
  speech: SpeechNode[]
}

/** Inputs first. */
export const nodesOfShot = ({
  spacing,
  pictures,
  depths,
  inbetweens,
  across,
  segment,
  speech,
}: PlannedShot): Node[] => [
  ...(spacing ? [spacing] : []),
  ...pictures,
  ...depths,
  ...inbetweens,
  ...(across ? [across.from, across.to, across.inbetween] : []),
  segment,
  ...speech,
]

export type Plan = { storyboard: Storyboard; facts: PlanFacts; shots: PlannedShot[]; movie: MovieNode }

/**
 * The plan of a whole film.
 * @throws Error when `facts.models` lacks a model that the storyboard names: a bug of the caller.
 */
export function makePlan(storyboard: Storyboard, facts: PlanFacts): Plan {
  const subtitles = planSubtitles(storyboard, facts)
  const burned = subtitles.burned
  const takes = storyboard.shots.map((shot) => planTake(shot, storyboard, facts))
  const shots = storyboard.shots.map((shot, i): PlannedShot => {
    const next = storyboard.shots[i + 1]
    const before = takes[i - 1]?.view ?? null
    const across = before && planAcross(shot, before, takes[i]!.view, storyboard, facts)
    const tail = across === null && overlapOf(shot.transition) > 0 ? before : null
    const frames = (next ? next.start : storyboard.frames) - shot.start
    const outOf = next?.transition.kind === 'fade' ? next.transition : ({ kind: 'cut' } as const)
    const earlier = overlapOf(shot.transition) > 0 ? storyboard.shots[i - 1] : undefined
    const parts = {
      take: takes[i]!.view,
      tail,
      across: across?.inbetween ?? null,
      captions: { own: shot.caption, before: earlier?.caption ?? null },
      texts: textsIn(burned, shot, frames, storyboard),
      outOf,
      frames,
      every: holdsOf(storyboard),
    }
    const segment = planSegment(shot, parts, storyboard, facts)
    const { view: _, ...nodes } = takes[i]!
    const speech = planSpeech(shot, facts.speech ?? '').map(({ node }) => node)
    return { shot, ...nodes, across, segment, speech }
  })
  const segments = shots.map((s) => s.segment)
  const mix = planMix(storyboard, facts)
  const manifest: Manifest = [
    ['kind', `movie ${FORMAT.movie}`],
    ['encoder', facts.encoder],
    ['title', storyboard.title],
    ['made by', facts.program],
    ['script digest', storyboard.digest],
    ['fps', [storyboard.fps.num, storyboard.fps.den]],
    ...segments.map((s, i) => [`input segment ${i + 1}`, s.key] as const),
    ['frames', segments.map((s) => s.frames)],
    ...(mix === null ? [] : [['input sound', mix.key] as const]),
    ...(subtitles.track === null ? [] : [['subtitles', formatSrt(subtitles.track)] as const]),
  ]
  return {
    storyboard,
    facts,
    shots,
    movie: {
      kind: 'movie',
      id: 'movie',
      key: keyOf(manifest),
      manifest,
      segments,
      mix,
      subtitles: subtitles.track,
      frames: storyboard.frames,
    },
  }
}

/** In the pictures, or as a track of their own. */
function planSubtitles(
  storyboard: Storyboard,
  facts: PlanFacts,
): { burned: Subtitle[]; track: Subtitle[] | null } {
  const { kind } = storyboard.subtitles ?? { kind: 'none' }
  if (kind === 'none') return { burned: [], track: null }
  const own = kind === 'file' ? (facts.subtitles ?? []) : subtitlesOf(storyboard)
  return kind === 'burn' ? { burned: own, track: null } : { burned: [], track: own.length > 0 ? own : null }
}

type PlannedTake = Omit<PlannedShot, 'shot' | 'across' | 'segment' | 'speech'> & { view: TakeView }

function planTake(shot: Shot, storyboard: Storyboard, facts: PlanFacts): PlannedTake {
  const { camera, fit, look, frames } = shot
  const seen = { camera, fit, look, frames }
  if (shot.take.kind === 'card') {
    const card = planCard(shot, shot.take.text, storyboard.size, facts)
    const strips = [{ frame: 0, count: frames, node: card }]
    return {
      view: { strips, depths: [], upscaler: null, ...seen },
      spacing: null,
      pictures: [card],
      depths: [],
      inbetweens: [],
    }
  }
  if (shot.take.kind === 'image') {
    const image = planImage(shot, shot.take.file, storyboard.size, facts)
    const strips = [{ frame: 0, count: frames, node: image }]
    const depths = planDepths(shot, [image], storyboard, facts)
    return {
      view: { strips, depths, upscaler: null, ...seen },
      spacing: null,
      pictures: [image],
      depths,
      inbetweens: [],
    }
  }
  const { keyframes, motion } = shot.take
  // A draft's walk goes on evenly in time: what is even to the eye costs as much as its pictures.
  const spacing = storyboard.isDraft ? null : planSpacing(shot, storyboard, facts)
  const pictures = keyframes.map((_, i) => planKeyframe(shot, i, spacing, storyboard, facts))
  const strips: Strip[] = []
  const inbetweens: InbetweenNode[] = []
  for (const [i, keyframe] of keyframes.entries()) {
    const next = keyframes[i + 1]
    const picture = pictures[i]!
    const end = next ? next.frame : shot.frames
    const between = end - keyframe.frame - 1
    const isHeld = !next || motion === 'hold' || picture.key === pictures[i + 1]!.key
    const held = isHeld ? between : motion === 'cut' ? Math.ceil(between / 2) : 0
    strips.push({ frame: keyframe.frame, count: 1 + held, node: picture })
    if (held === between) continue
    const count = between - held
    const frame = keyframe.frame + 1 + held
    if (motion === 'cut') {
      strips.push({ frame, count, node: pictures[i + 1]! })
      continue
    }
    const made = heldInbetweens(count, holdsOf(storyboard))
    const node = planWalkInbetween(shot, i, picture, pictures[i + 1]!, made, storyboard.interpolation, facts)
    inbetweens.push(node)
    strips.push({ frame, count, node })
  }
  const talking = planTalking(shot, pictures[0]!, storyboard, facts)
  pictures.push(...talking.pictures)
  if (talking.strips.length > 0) strips.splice(0, strips.length, ...talking.strips)
  const upscaler = storyboard.isDraft
    ? null
    : planUpscaler(shot, shot.take.diffusion.model, pictures[0]!.size, storyboard.size, facts)
  const depths = planDepths(shot, pictures, storyboard, facts)
  return { view: { strips, depths, upscaler, ...seen }, spacing, pictures, depths, inbetweens }
}

/** Of a shot in which somebody is seen to speak: the pictures with open mouths, and when each picture is seen. */
function planTalking(
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

function planWalkInbetween(
  shot: Shot,
  index: number,
  from: PictureNode,
  to: PictureNode,
  count: number,
  interpolation: string,
  facts: PlanFacts,
): InbetweenNode {
  const asked = shot.take.kind === 'diffused' ? shot.take.motion : null
  const motion = asked === 'dissolve' || asked === 'morph' ? asked : null
  const id = `${shot.id}/inbetween ${index + 1}`
  return planInbetween(id, { from, to, count, motion, interpolation }, facts)
}

function planInbetween(
  id: string,
  pair: Pick<InbetweenNode, 'from' | 'to' | 'count' | 'motion' | 'interpolation'>,
  facts: PlanFacts,
): InbetweenNode {
  const { from, to, count, motion, interpolation } = pair
  const manifest: Manifest = [
    ['kind', `inbetween ${FORMAT.inbetween}`],
    ['motion', motion ?? 'by the pictures'],
    ...(motion === 'dissolve' ? [] : interpolationManifest(interpolation, facts)),
    ['count', count],
    ['input from', from.key],
    ['input to', to.key],
  ]
  return { kind: 'inbetween', id, key: keyOf(manifest), manifest, ...pair }
}

/**
 * What a match cut or morph shows between the last frame of the shot before and the first one of this shot that are seen
 * alone. Null for other transitions, and in films without an interpolation model, where the running takes dissolve instead.
 */
function planAcross(
  { id, transition }: Shot,
  before: TakeView,
  take: TakeView,
  storyboard: Storyboard,
  facts: PlanFacts,
): PlannedShot['across'] {
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

function interpolationManifest(name: string, { interpolation, runtime, device }: PlanFacts): Manifest {
  if (interpolation === null) return [['interpolation', name]]
  return [
    ['interpolation', name],
    ['interpolation digest', interpolation.digest],
    ['runtime', runtime],
    ['device', device],
  ]
}

function planSegment(
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

function takeManifest(
  prefix: string,
  { camera, fit, look, frames, strips, depths, upscaler }: TakeView,
  { runtime, device }: PlanFacts,
): Manifest {
  const upscaling: Manifest = upscaler
    ? [
        [`${prefix}upscaler digest`, upscaler.digest],
        [`${prefix}upscaler runtime`, `${runtime} ${device}`],
      ]
    : []
  return [
    ...upscaling,
    [`${prefix}camera`, [cameraText(camera)]],
    ...(fit === 'crop' ? [] : [[`${prefix}fit`, fit] as const]),
    ...(look === 'none' ? [] : [[`${prefix}look`, look] as const]),
    [`${prefix}length`, frames],
    ...strips.map(
      (s, i) => [`input ${prefix}${s.node.kind} ${i + 1}`, [s.frame, s.count, s.node.key]] as const,
    ),
    ...depths.map((depth, i) => [`input ${prefix}depth ${i + 1}`, depth.key] as const),
  ]
}
