import { describe, expect, test } from 'vitest'
import { comparePlans } from '../../src/graph/compare.js'
import { planOf } from './plan-of.js'

const film = (...shots: string[]) => `shots:\n${shots.map((shot) => `  - ${shot}\n`).join('')}`
const told = (before: string, after: string) =>
  comparePlans(planOf(before), planOf(after)).map(
    ({ change, before: old, after: now, reasons }) =>
      `${old?.shot.id ?? '-'} ${now?.shot.id ?? '-'} ${change}${reasons.map((reason) => `: ${reason}`).join('')}`,
  )
const A = 'a fox in a meadow'
const B = 'a boy on the beach'
const C = 'a boat on the sea'

describe('plans compared', () => {
  test('nothing of the same film, also with comments', () => {
    expect(told(film(A, B), `# hello\n${film(A, B)}`)).toEqual([])
  })
  test('a changed word, a camera, a length', () => {
    expect(told(film(A, B), film(A, 'an old boy on the beach'))).toEqual([
      '1.2 1.2 changed: prompt changed: "a boy on the beach" → "an old boy on the beach"',
    ])
    expect(told(film(A), film(`{prompt: ${A}, camera: push in, duration: 2s}`))).toEqual([
      '1.1 1.1 changed: camera changed: hold → zoom 1 to 1.25: length changed: 72 → 48',
    ])
  })
  test('an added shot moves the numbers of others, and they are no change', () => {
    expect(told(film(A, B), film(C, A, B))).toEqual(['- 1.1 added'])
    expect(told(film(A, B, C), film(A, C))).toEqual(['1.2 - removed'])
  })
  test('a moved shot is moved, not removed and added', () => {
    expect(told(film(A, B, C), film(C, A, B))).toEqual(['1.3 1.1 moved'])
  })
  test('shots with an id are one shot, whatever their words', () => {
    expect(told(film(`{id: x, prompt: ${A}}`), film(B, '{id: x, prompt: nothing of that}'))).toEqual([
      '- 1.1 added',
      expect.stringMatching(/^x x changed/),
    ])
  })
  test('other words are another shot; a card never becomes a picture', () => {
    expect(told(film(A), film('the tower at midnight'))).toEqual(['1.1 - removed', '- 1.1 added'])
    expect(told(film(`{card: ${A}}`), film(A))).toEqual(['1.1 - removed', '- 1.1 added'])
  })
  test('a thousand shots and one change', () => {
    const shots = Array.from({ length: 1000 }, (_, i) => `{prompt: ${A}, seed: ${i}}`)
    const changed = [...shots.slice(0, 500), C, ...shots.slice(501)]
    expect(told(film(...shots), film(...changed))).toHaveLength(2)
  })
})
