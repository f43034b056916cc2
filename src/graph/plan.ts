// Storyboard → Plan: which nodes make the film, each named by its key. Pure: what it must know of the world
// (model digests, versions) comes in as PlanFacts.

import { formatSrt, type Subtitle, subtitlesOf, textsIn } from '../story/subtitles.js'
import { overlapOf } from '../story/transitions.js'
import type { Shot, Storyboard } from '../story/types.js'
import { holdsOf } from './draft.js'
import { keyOf, type Manifest, type MovieNode, type Node, type SegmentNode, type SpeechNode } from './node.js'
import { type Across, planAcross } from './plan-across.js'
import { FORMAT, type PlanFacts } from './plan-facts.js'
import { planSegment } from './plan-segment.js'
import { type PlannedTake, planTake } from './plan-take.js'
import { planMix } from './sound.js'
import { planSpeech } from './speech.js'

/** A shot with the nodes that only it (or the start of the next one) needs. */
export type PlannedShot = Omit<PlannedTake, 'view'> & {
  shot: Shot
  /** Of a match cut or morph into the shot. */
  across: Across | null
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
