import { expect, test } from 'vitest'
import { editDistance, nearest } from '../../src/diagnostic/suggest.js'

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['prompt', 'promt', 1],
  ['TOM', 'TMO', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('distance of %j and %j', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance)
  expect(editDistance(b, a)).toBe(distance)
})

test('the nearest candidate wins, also in other capitals', () => {
  expect(nearest('promt', ['prompt', 'permit'])).toBe('prompt')
  expect(nearest('TITLE', ['title'])).toBe('title')
  expect(nearest('camra', ['cast', 'camera'])).toBe('camera')
})

test('a word too far from all has no suggestion', () => {
  expect(nearest('weather', ['title', 'size'])).toBeNull()
  expect(nearest('ab', ['ac'])).toBeNull()
  expect(nearest('x'.repeat(10_000), ['x'.repeat(9_999)])).toBeNull()
})
