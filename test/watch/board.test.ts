import { describe, expect, test } from 'vitest'
import type { KeyframeNode, Node, Plan } from '../../src/index.js'
import { areQuick, areSlow, boardOf, shotOnLine, shotsFirst } from '../../src/watch/board.js'

/** A plan of shots with one picture each, by the picture's key; shot n starts on line n × 10. */
const planOf = (...keys: string[]) =>
  ({
    storyboard: { title: 'T', fps: { num: 24, den: 1 }, frames: 48, scenes: [] },
    shots: keys.map((key, i) => ({
      shot: {
        id: `s${i + 1}`,
        line: (i + 1) * 10,
        start: i,
        frames: 1,
        text: '',
        take: { kind: 'diffused' },
        scene: 0,
      },
      pictures: [{ key, kind: 'keyframe' }],
      inbetweens: [],
      depths: [],
      speech: [],
      segment: { key: `${key} segment` },
    })),
  }) as unknown as Plan
const outstanding = (...keys: string[]) => new Map(keys.map((key) => [key, {} as Node]))

describe('which shots come first', () => {
  const plan = planOf('a', 'b', 'c', 'd')
  test('none in particular at the start', () => {
    expect(shotsFirst(plan, null, null, outstanding('a', 'b', 'c', 'd'))).toEqual([])
  })
  test('the one under the cursor, if there is something to make of it', () => {
    expect(shotsFirst(plan, null, 35, outstanding('a', 'c'))).toEqual(['s3'])
    expect(shotsFirst(plan, null, 25, outstanding('a', 'c'))).toEqual([])
    expect(shotsFirst(plan, null, 5, outstanding('a'))).toEqual([])
  })
  test('then those that changed', () => {
    const before = planOf('a', 'B', 'c', 'D')
    const all = outstanding('a', 'b', 'c', 'd')
    expect(shotsFirst(plan, before, null, all)).toEqual(['s2', 's4'])
    expect(shotsFirst(plan, before, 41, all)).toEqual(['s4', 's2'])
    expect(shotsFirst(plan, before, 12, all)).toEqual(['s1', 's2', 's4'])
  })
})

test('a blank line belongs to the shot above', () => {
  const plan = planOf('a', 'b')
  expect([9, 10, 19, 20, 99].map((line) => shotOnLine(plan, line)?.shot.id)).toEqual([
    undefined,
    's1',
    's1',
    's2',
    's2',
  ])
})

test('the board says what is there', () => {
  expect(boardOf(planOf('a', 'b'), outstanding('b', 'b segment')).shots).toMatchObject([
    { id: 's1', line: 10, pictures: [{ key: 'a', isReady: true }], isReady: true },
    { id: 's2', line: 20, pictures: [{ key: 'b', isReady: false }], isReady: false },
  ])
})

describe('drafts come first', () => {
  const keyframes = (count: number, steps: number) =>
    Array.from({ length: count }, () => ({ diffusion: { model: 'm', steps } }) as KeyframeNode)
  test('where the final pictures take long', () => {
    expect(areSlow(keyframes(1, 20), new Map())).toBe(true)
    expect(areSlow(keyframes(1, 20), new Map([['m', 400]]))).toBe(false)
    expect(areSlow(keyframes(10, 20), new Map([['m', 400]]))).toBe(true)
    expect(areSlow([], new Map())).toBe(false)
  })
  test('and theirs at most half as many steps', () => {
    expect(areQuick(keyframes(2, 7), keyframes(2, 20))).toBe(true)
    expect(areQuick(keyframes(2, 1), keyframes(2, 1))).toBe(false)
    expect(areQuick([], [])).toBe(false)
  })
})
