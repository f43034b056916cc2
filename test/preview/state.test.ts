import { expect, test } from 'vitest'
import { advance, openingState, type PageState, patchOf } from '../../src/preview/state.js'
import type { BoardShot, WatchEvent } from '../../src/watch/events.js'

const shot = (id: string, keys: string[], isReady = false): BoardShot => ({
  id,
  scene: '',
  line: 1,
  start: 0,
  frames: 10,
  text: id,
  kind: 'diffused',
  pictures: keys.map((key) => ({ key, isReady })),
  isReady,
})
const board = (...shots: BoardShot[]): WatchEvent => ({
  event: 'board',
  title: 'T',
  fps: 24,
  frames: 20,
  shots,
})
const end = (kind: 'keyframe' | 'segment' | 'card', id: string, key = 'k'): WatchEvent => ({
  event: 'end',
  kind,
  id: `${id}/${kind}${kind === 'keyframe' ? ' 1' : ''}`,
  key,
  shot: id,
  ms: 1,
})
const start = (kind: 'keyframe' | 'segment', id: string): WatchEvent => ({
  event: 'start',
  kind,
  id: '',
  shot: id,
  reason: '',
})
const after = (state: PageState, ...events: WatchEvent[]) => events.reduce(advance, state)
const fresh = openingState('film.yaml', false)

test('a picture goes from nothing over its draft to the final one; then the shot is encoded', () => {
  let state = after(fresh, board(shot('a', ['1'])))
  expect(state.shots[0]).toMatchObject({ pictures: [null], state: 'waiting' })
  state = after(state, { event: 'draft', id: 'a/keyframe 1', shot: 'a', key: 'd', ms: 1 })
  expect(state.shots[0]!.pictures).toEqual([{ key: 'd', quality: 'draft' }])
  state = after(state, start('keyframe', 'a'))
  expect(state.shots[0]!.state).toBe('painting')
  state = after(state, end('keyframe', 'a', '1'))
  expect(state.shots[0]).toMatchObject({ pictures: [{ key: '1', quality: 'final' }], state: 'waiting' })
  state = after(state, start('segment', 'a'), end('segment', 'a'))
  expect(state.shots[0]!.state).toBe('ready')
})

test('while a changed shot waits, its old picture is shown as old', () => {
  const state = after(fresh, board(shot('a', ['1'], true)), board(shot('a', ['2'])))
  expect(state.shots[0]!.pictures).toEqual([{ key: '1', quality: 'old' }])
})

test('a broken script leaves board and film; a good one clears the problems', () => {
  const problem = {
    severity: 'error' as const,
    code: 'c',
    message: 'm',
    hints: [],
    line: 1,
    column: 1,
    endColumn: 2,
    source: '',
  }
  const good = after(fresh, board(shot('a', ['1'], true)))
  const broken = after(good, { event: 'script', file: 'f', isBroken: true, problems: [problem] })
  expect(broken).toMatchObject({ isBroken: true, problems: [problem], shots: good.shots })
  expect(after(broken, { event: 'script', file: 'f', isBroken: false, problems: [] }).problems).toEqual([])
})

test('the film gets a new number only when something was made', () => {
  const done = (rendered: object): WatchEvent => ({
    event: 'done',
    output: 'o',
    frames: 1,
    seconds: 1,
    elapsedMs: 1,
    nodes: { rendered, reused: {} },
  })
  const numbers: (number | null)[] = []
  let state = fresh
  for (const event of [done({}), done({}), done({ movie: 1 }), done({})]) {
    state = advance(state, event)
    numbers.push(state.film)
  }
  expect(numbers).toEqual([1, 1, 2, 2])
})

test('a patch has what changed, and the shots that changed', () => {
  const two = after(fresh, board(shot('a', ['1'], true), shot('b', ['2'])))
  expect(patchOf(two, two)).toBeNull()
  const painted = after(two, end('keyframe', 'b', '2'))
  expect(Object.keys(patchOf(two, painted)!.shots)).toEqual(['1'])
  expect(patchOf(painted, after(painted, { event: 'idle' }))!.set).toMatchObject({ phase: 'idle' })
  const longer = after(painted, board(shot('a', ['1'], true), shot('b', ['2'], true), shot('c', ['3'])))
  expect(patchOf(painted, longer)!.set.shots).toHaveLength(3)
  const same = after(two, board(shot('a', ['1'], true), shot('b', ['2'])))
  expect(Object.keys(patchOf(two, same)?.shots ?? {})).toEqual([])
})
