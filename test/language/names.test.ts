import { describe, expect, test } from 'vitest'
import { definitionOf, nameAt, namesIn, referencesOf, rename } from '../../src/language/names.js'
import { checkScript } from '../../src/story/check.js'
import { CURSOR, FILM, withCursor } from './cursor.js'

function at(before: string, film = FILM) {
  const { analysis, offset, text } = withCursor(
    film.replace(before, before.slice(0, 1) + CURSOR + before.slice(1)),
  )
  const uses = namesIn(analysis.script, text)
  return { analysis, text, uses, use: nameAt(uses, 'story.yaml', offset)! }
}
const written = (text: string, span: { start: number; end: number }) => text.slice(span.start, span.end)
const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length

describe('names', () => {
  test('definitions', () => {
    const tom = at('TOM stands')
    expect(lineOf(tom.text, definitionOf(tom.use)!.start)).toBe(3)
    const storm = at('storm\n')
    expect(written(storm.text, definitionOf(storm.use)!)).toBe('in a yellow raincoat')
    const place = at('HARBOUR - DAWN')
    expect(lineOf(place.text, definitionOf(place.use)!.start)).toBe(12)
    const age = at('30\n', FILM)
    expect(written(age.text, definitionOf(age.use)!)).toBe('a man with red hair in a blue coat')
  })
  test('references', () => {
    const tom = at('TOM stands')
    expect(referencesOf(tom.use, tom.uses).map(({ span }) => lineOf(tom.text, span.start))).toEqual([
      3, 17, 18, 25, 26,
    ])
    const place = at('HARBOUR - DAWN')
    expect(referencesOf(place.use, place.uses).map(({ span }) => lineOf(place.text, span.start))).toEqual([
      12, 14, 21,
    ])
  })
})

describe('rename', () => {
  const renamed = (before: string, to: string, film = FILM) => {
    const { use, analysis, text } = at(before, film)
    const result = rename(use, to, analysis.script, text)
    if ('problem' in result) return result.problem
    return [...result.edits]
      .sort((a, b) => b.span.start - a.span.start)
      .reduce((done, { span, text: word }) => done.slice(0, span.start) + word + done.slice(span.end), text)
  }
  test('a member: the film stays the same but for the name', () => {
    const film = renamed('TOM stands', 'OLD TOM')
    expect(film).toBe(FILM.replaceAll('TOM', 'OLD TOM'))
    expect(checkScript(film, 'x').diagnostics).toEqual([])
  })
  test('a member who speaks', () => {
    const film = 'cast: {TOM: a man}\nshots: [{prompt: TOM, say: [{TOM: one}, "TOM: two"]}]\n'
    expect(renamed('TOM, say', 'TIM', film)).toBe(film.replaceAll('TOM', 'TIM'))
  })
  test('a place, in sluglines too', () => {
    expect(renamed('HARBOUR - DAWN', 'QUAY')).toBe(FILM.replaceAll('HARBOUR', 'QUAY'))
  })
  test.each([
    ['TOM stands', 'OLD FOX', /already/],
    ['TOM stands', 'Tommy', /capitals/],
    ['TOM stands', 'A: b', /./],
    ['HARBOUR - DAWN', 'a - b', /dash/],
    ['storm\n', 'rain', /cannot/],
  ])('%s to %s is refused', (before, to, problem) => {
    expect(renamed(before, to)).toMatch(problem)
  })
  test('a name behind escapes is not touched by halves', () => {
    const film = FILM.replace('- TOM stands', '- "TO\\x4d stands"')
    expect(renamed('TOM@8', 'TIM', film)).toMatch(/by hand/)
  })
})
