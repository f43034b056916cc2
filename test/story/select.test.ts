import { expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'
import { selectLine, selectShots } from '../../src/story/select.js'

const { storyboard } = checkScript(
  `shots:
  - {id: a, prompt: one, duration: 2s}
  - {id: b, prompt: two, duration: 2s, transition: dissolve 1s}

  - {id: c, prompt: three, duration: 2s, transition: dissolve 1s}
  - {id: d, prompt: four, duration: 2s, transition: fade black 1s}
`,
  'film.yaml',
)
const film = storyboard!
const ids = (list: string) => selectShots(film, list).shots.map((s) => s.id)

test('shots are chosen by id, number and range, in film order', () => {
  expect(ids('c,a')).toEqual(['a', 'c'])
  expect(ids('2-3')).toEqual(['b', 'c'])
  expect(ids('1, d')).toEqual(['a', 'd'])
})

test('the part is timed as a film of its own; a dissolve from a shot left out is a cut', () => {
  const part = selectShots(film, '2-4')
  expect(part.shots.map((s) => [s.start, s.frames, s.transition.kind])).toEqual([
    [0, 48, 'cut'],
    [24, 48, 'dissolve'],
    [72, 48, 'fade'],
  ])
  expect(part.frames).toBe(120)
  expect(selectShots(film, 'a,c').frames).toBe(96)
})

test('a line belongs to the shot on it or above it', () => {
  expect(selectLine(film, 3).shots.map((s) => s.id)).toEqual(['b'])
  expect(selectLine(film, 4).shots.map((s) => s.id)).toEqual(['b'])
  expect(selectLine(film, 999).shots.map((s) => s.id)).toEqual(['d'])
  expect(() => selectLine(film, 1)).toThrow(/first shot starts on line 2/)
})

test.each(['x', '0', '5', '3-2', '1-9', ''])('%j is no shot', (list) => {
  expect(() => selectShots(film, list)).toThrow(/no shot/)
})
