// One run: the board, drafts where final pictures take long, then the film, from the shot that matters most.

import {
  draftOf,
  type KeyframeNode,
  outstanding,
  type Plan,
  paint,
  render,
  type Storyboard,
  type WarmStudio,
} from '../index.js'
import { areQuick, areSlow, boardOf, type Outstanding, shotsFirst } from './board.js'
import type { OnWatchEvent } from './events.js'

export type FilmRun = {
  film: Plan
  /** What `film` is a plan of; a draft's is the whole thing. */
  storyboard: Storyboard
  /** The plan of the run before. */
  before: Plan | null
  cursorLine: number | null
  output: string
  jobs: number | undefined
  studio: WarmStudio
  /** How long a final picture took, by model; written to. */
  paces: Map<string, number>
  signal: AbortSignal
  onEvent: OnWatchEvent
}

/** @throws Failure as `render` does. */
export async function makeFilm(run: FilmRun): Promise<void> {
  const { film, output, jobs, studio, signal, onEvent } = run
  const toMake = await outstanding(film, output, studio)
  signal.throwIfAborted()
  onEvent(boardOf(film, toMake))
  const first = shotsFirst(film, run.before, run.cursorLine, toMake)
  if (!film.storyboard.isDraft) await paintDrafts(run, toMake, first)
  const modelOf = new Map(
    [...toMake.values()].flatMap((n) => (n.kind === 'keyframe' ? [[n.id, n.diffusion.model]] : [])),
  )
  await render(film, {
    output,
    first,
    signal,
    studio,
    ...(jobs === undefined ? {} : { jobs }),
    onEvent(event) {
      const model = event.event === 'end' ? modelOf.get(event.id) : undefined
      if (event.event === 'end' && model !== undefined) run.paces.set(model, event.ms)
      onEvent(event)
    },
  })
  onEvent({ event: 'idle' })
}

/** One quick picture a shot, of those whose final ones will take long. */
async function paintDrafts(
  { film, storyboard, studio, paces, signal, onEvent }: FilmRun,
  toMake: Outstanding,
  first: readonly string[],
): Promise<void> {
  const wanted = film.shots.flatMap(({ shot, pictures: [picture] }) =>
    picture?.kind === 'keyframe' && toMake.has(picture.key) ? [{ id: shot.id, picture }] : [],
  )
  if (
    !areSlow(
      wanted.map(({ picture }) => picture),
      paces,
    )
  )
    return
  const plan = await studio.plan(draftOf(storyboard))
  const ofShot = new Map(plan.shots.map(({ shot, pictures }) => [shot.id, pictures[0] as KeyframeNode]))
  const drafts = wanted.map(({ id }) => ofShot.get(id)!)
  if (
    !areQuick(
      drafts,
      wanted.map(({ picture }) => picture),
    )
  )
    return
  const rank = (node: KeyframeNode) => {
    const at = first.findIndex((id) => ofShot.get(id) === node)
    return at < 0 ? first.length : at
  }
  await paint(
    plan,
    drafts.toSorted((a, b) => rank(a) - rank(b)),
    {
      signal,
      studio,
      onEvent(event) {
        if (event.event === 'end' && event.shot !== null) {
          const { id, shot, key, ms } = event
          onEvent({ event: 'draft', id, shot, key, ms })
        }
      },
    },
  )
}
