import { expect, test } from 'vitest'
import { plainLine } from '../../src/cli/progress.js'
import { advance, describe as describeState } from '../../src/cli/progress-terminal.js'
import { formatClock, formatDone } from '../../src/cli/progress-words.js'

const done = {
  event: 'done',
  output: 'film.mp4',
  frames: 48,
  seconds: 2,
  elapsedMs: 1500,
  nodes: { rendered: { keyframe: 1, segment: 2 }, reused: { keyframe: 19 } },
} as const

test('the last line sums up what was made and what was kept', () => {
  expect(formatDone(done)).toBe(
    '0:02 of film, 48 frames, in 1.5 s: made 1 keyframe, 2 segments, reused 19 keyframes',
  )
  expect(formatDone({ ...done, nodes: { rendered: {}, reused: { keyframe: 20 } } })).toMatch(
    /nothing had changed$/,
  )
})

test('plain progress has a line for what a log should keep', () => {
  expect(
    plainLine({ event: 'end', kind: 'keyframe', id: '2.1/keyframe 1', key: 'k', shot: '2.1', ms: 400 }),
  ).toBe('2.1/keyframe 1 (0.4 s)')
  expect(plainLine({ event: 'frames', done: 1, total: 2, fps: 30 })).toBeNull()
  expect(plainLine({ event: 'warning', message: 'm' })).toBe('warning: m')
})

const freshState = () => ({
  keyframes: { done: 0, total: 0 },
  inbetweens: { done: 0, total: 0 },
  frames: { done: 0, total: 0, fps: 0 },
  painting: null,
  step: '',
  startedMs: 0,
})

test('the terminal line says what is made, how far it is, and how long it takes', () => {
  const state = freshState()
  advance(state, {
    event: 'plan',
    output: 'o',
    shots: 2,
    frames: 100,
    toRender: { keyframe: 2 },
    toEncode: 100,
    toInterpolate: 0,
  })
  advance(state, { event: 'start', kind: 'keyframe', id: '1.1/keyframe 1', shot: '1.1', reason: 'new' })
  advance(state, { event: 'step', id: '1.1/keyframe 1', step: 1, steps: 4 })
  expect(describeState(state, 0)).toMatch(/^░{24} 0 % · painting shot 1\.1 1\/4 · 0\/2 pictures$/)
  advance(state, { event: 'end', kind: 'keyframe', id: '1.1/keyframe 1', key: 'k', shot: '1.1', ms: 500 })
  advance(state, { event: 'frames', done: 50, total: 100, fps: 40 })
  expect(describeState(state, 10_000)).toMatch(
    /^█{12}░{12} 50 % · encoding · 1\/2 pictures · 40 frames\/s · 0:10 left$/,
  )
})

test('in-betweens are in the line when there are any', () => {
  const state = freshState()
  advance(state, {
    event: 'plan',
    output: 'o',
    shots: 1,
    frames: 9,
    toRender: {},
    toEncode: 80,
    toInterpolate: 30,
  })
  advance(state, { event: 'inbetweens', done: 15, total: 30, fps: 9 })
  expect(describeState(state, 10_000)).toMatch(/ · making in-betweens · .*15\/30 in-betweens/)
  advance(state, { event: 'inbetweens', done: 30, total: 30, fps: 9 })
  expect(describeState(state, 10_000)).toMatch(/ · encoding · .*30\/30 in-betweens/)
})

test('clock times', () => {
  expect([0, 59.6, 61, 3600].map(formatClock)).toEqual(['0:00', '1:00', '1:01', '60:00'])
})
