// What the page shows: a state, moved on by each event of watching. Pure; what did not change keeps its identity.

import type { BoardShot, Problem, WatchEvent } from '../watch/events.js'

/** `old` is of an earlier script, `draft` a quick one of this script. */
export type PagePicture = { key: string; quality: 'old' | 'draft' | 'final' }

export type PageShot = Omit<BoardShot, 'pictures' | 'isReady'> & {
  /** In the order in which they are seen; null for one that there is nothing to show of. */
  pictures: (PagePicture | null)[]
  state: 'ready' | 'waiting' | 'painting' | 'encoding'
}

type Part = { done: number; total: number }

export type PageState = {
  /** As it was named on the command line. */
  script: string
  phase: 'working' | 'idle' | 'failed' | 'missing'
  /** Of the script as it is now; with an error among them the rest shows the last good one. */
  problems: Problem[]
  isBroken: boolean
  failure: { message: string; hint: string | null } | null
  warnings: string[]
  title: string
  fps: number
  frames: number
  shots: PageShot[]
  progress: { keyframes: Part; inbetweens: Part; frames: Part }
  /** Each film that takes the place of another has the next number; null before there is one. */
  film: number | null
  /** The shot under the editor's cursor. */
  cursor: string | null
}

const nothing: Part = { done: 0, total: 0 }
const noProgress = { keyframes: nothing, inbetweens: nothing, frames: nothing }

export const openingState = (script: string, hasFilm: boolean): PageState => ({
  script,
  phase: 'working',
  problems: [],
  isBroken: false,
  failure: null,
  warnings: [],
  title: '',
  fps: 24,
  frames: 0,
  shots: [],
  progress: noProgress,
  film: hasFilm ? 0 : null,
  cursor: null,
})

export function advance(state: PageState, event: WatchEvent): PageState {
  switch (event.event) {
    case 'script': {
      const phase = state.phase === 'missing' || state.phase === 'failed' ? 'idle' : state.phase
      return { ...state, phase, failure: null, problems: event.problems, isBroken: event.isBroken }
    }
    case 'board': {
      const { title, fps, frames } = event
      const before = new Map(state.shots.map((shot) => [shot.id, shot]))
      const shots = event.shots.map((shot) => pageShot(shot, before.get(shot.id)))
      return { ...state, phase: 'working', failure: null, title, fps, frames, shots }
    }
    case 'plan':
      return {
        ...state,
        progress: {
          keyframes: { done: 0, total: event.toRender.keyframe ?? 0 },
          inbetweens: { done: 0, total: event.toInterpolate },
          frames: { done: 0, total: event.toEncode },
        },
      }
    case 'draft':
      return withShot(state, event.shot, (shot) => withPicture(shot, 0, { key: event.key, quality: 'draft' }))
    case 'start':
      if (event.kind === 'keyframe') return withShot(state, event.shot, (s) => ({ ...s, state: 'painting' }))
      if (event.kind === 'segment') return withShot(state, event.shot, (s) => ({ ...s, state: 'encoding' }))
      return state
    case 'end':
      return ended(state, event)
    case 'inbetweens':
    case 'frames': {
      const { done, total } = event
      return { ...state, progress: { ...state.progress, [event.event]: { done, total } } }
    }
    case 'warning':
      return { ...state, warnings: [...state.warnings, event.message] }
    case 'failed':
      return { ...state, phase: 'failed', failure: { message: event.message, hint: event.hint } }
    case 'done': {
      const isNew = Object.keys(event.nodes.rendered).length > 0 || state.film === null
      return { ...state, film: isNew ? (state.film ?? 0) + 1 : state.film }
    }
    case 'idle':
      return { ...state, phase: 'idle', progress: noProgress }
    case 'missing':
      return { ...state, phase: 'missing' }
    case 'cursor':
      return { ...state, cursor: event.shot }
    default:
      return state
  }
}

function pageShot(shot: BoardShot, before: PageShot | undefined): PageShot {
  const { pictures, isReady, ...rest } = shot
  const stale = before?.pictures ?? []
  const now: PageShot = {
    ...rest,
    pictures: pictures.map(({ key, isReady }, i) =>
      isReady
        ? { key, quality: 'final' }
        : (stale[i] ?? stale[0])
          ? { ...(stale[i] ?? stale[0])!, quality: 'old' }
          : null,
    ),
    state: isReady ? 'ready' : 'waiting',
  }
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
}

function ended(state: PageState, event: WatchEvent & { event: 'end' }): PageState {
  const { kind, key, id } = event
  if (kind === 'segment') return withShot(state, event.shot, (shot) => ({ ...shot, state: 'ready' }))
  if (kind !== 'keyframe' && kind !== 'image' && kind !== 'card') return state
  const at = kind !== 'keyframe' ? 0 : Number(/\d+$/.exec(id)?.[0]) - 1
  const { keyframes } = state.progress
  const progress = { ...state.progress, keyframes: { ...keyframes, done: keyframes.done + 1 } }
  const painted = kind !== 'keyframe' ? state : { ...state, progress }
  return withShot(painted, event.shot, (shot) => ({
    ...withPicture(shot, at, { key, quality: 'final' }),
    state: shot.state === 'painting' ? 'waiting' : shot.state,
  }))
}

const withPicture = (shot: PageShot, at: number, picture: PagePicture): PageShot => ({
  ...shot,
  pictures: shot.pictures.map((before, i) => (i === at ? picture : before)),
})

const withShot = (state: PageState, id: string | null, change: (shot: PageShot) => PageShot): PageState => ({
  ...state,
  shots: state.shots.map((shot) => (shot.id === id ? change(shot) : shot)),
})

/** What a page that shows `before` must learn: changed entries, and of the same row of shots the changed ones by index. */
export type Patch = { set: Partial<PageState>; shots: Record<number, PageShot> }

/** Null when nothing changed. */
export function patchOf(before: PageState, after: PageState): Patch | null {
  const set: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(after)) {
    if (name !== 'shots' && value !== before[name as keyof PageState]) set[name] = value
  }
  const shots: Patch['shots'] = {}
  if (after.shots.length !== before.shots.length) set.shots = after.shots
  else for (const [i, shot] of after.shots.entries()) if (shot !== before.shots[i]) shots[i] = shot
  return Object.keys(set).length + Object.keys(shots).length === 0 ? null : { set, shots }
}
