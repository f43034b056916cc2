import { describe, expect, test } from 'vitest'
import { findUnknownWords } from '../../src/story/unknown-words.js'
import { createLexicon, stemsOf, type Vocabulary } from '../../src/story/vocabulary.js'
import { tokensOf } from '../../src/story/words.js'

const vocabulary: Vocabulary = {
  model: 'small',
  groups: {
    figure: { fox: ['fox'], man: ['man', 'fisherman'], wolf: ['wolf'] },
    prop: { boat: ['boat', 'fishing boat'], lighthouse: ['lighthouse'], lamp: ['street lamp'] },
    setting: { street: ['street', 'city'], room: ['library'] },
    color: { red: ['red'] },
    mouth: { open: ['talking'] },
  },
  garments: { man: ['coat'] },
  plain: ['stands', 'little', 'hot', 'name'],
  undrawn: { 'draws everyone standing': ['sit', 'sits', 'run', 'from behind'] },
  nearest: { boat: ['submarine', 'hot air balloon'], wolf: ['horse'] },
  absent: ['guitar', 'steam'],
}
const lexicon = createLexicon(vocabulary)

/** What is found, as `word`, `word→nearest`, `word~` for what is read but not drawn. */
const found = (text: string, areThings = true) =>
  findUnknownWords(text, [], lexicon, areThings).map((finding) => {
    const word = text.slice(finding.start, finding.end)
    if (finding.kind !== 'foreign') return `${word}${finding.kind === 'undrawn' ? '~' : '!'}`
    return `${word}${finding.nearest === null ? '' : `${finding.isSlip ? '≈' : '→'}${finding.nearest}`}`
  })

describe('listed words', () => {
  test.each([
    ['a submarine and a guitar', ['submarine→boat', 'guitar']],
    ['three foxes, two wolves, talks of the city', []],
    ['Submarines in the city', ['Submarines→boat']],
    ['a hot air balloon', ['hot air balloon→boat']],
    ['a hot air, balloon', ['air', 'balloon']],
    ['a man sits', ['sits~']],
    ['a fox barking', []],
    ['a man running', ['running~']],
    ['a fox from behind', ['from behind~']],
    ['a steaming boat', []],
    ["the fox's boats", []],
  ])('%s', (text, words) => expect(found(text)).toEqual(words))

  test('a longer drawn phrase hides what is in it', () =>
    expect(
      findUnknownWords(
        'a horse boat',
        [],
        createLexicon({ ...vocabulary, groups: { prop: { boat: ['horse boat'] } } }),
        true,
      ),
    ).toEqual([]))

  test('blank ranges are names: they hide words, and part phrases', () => {
    const blank = [{ start: 2, end: 11 }]
    expect(findUnknownWords('a submarine', blank, lexicon, true)).toEqual([])
    expect(findUnknownWords('a submarine plays', blank, lexicon, true)).toEqual([])
  })
})

describe('slips', () => {
  test.each([
    ['a lighthose', ['lighthose≈lighthouse']],
    ['a ligthuose', ['ligthuose≈lighthouse']],
    ['a boatt', ['boatt≈boat']],
    ['a cowt', ['cowt≈coat']],
  ])('%s', (text, words) => expect(found(text)).toEqual(words))

  test('a listed word is no slip of another one', () => expect(found('a horse')).toEqual(['horse→wolf']))
  test('a short word that stands for no thing is left alone', () =>
    expect(found('a fox cot behaves')).toEqual([]))
})

describe('words on no list', () => {
  test.each([
    ['a trebuchet', ['trebuchet']],
    ['an old wooden trebuchet', ['trebuchet']],
    ['a trebuchet stands on the street', ['trebuchet']],
    ['a trebuchet fires at the fox', ['trebuchet']],
    ['trebuchet, city', ['trebuchet']],
    ['fox with trebuchet', ['trebuchet']],
    ['a fox ponders the city', []],
    ['a pensive fox', []],
    ['a merrily gleaming fox', []],
    ['the fox is restless', []],
    ['Anna stands on the street with Bert', []],
    ['a man by the name of OTTO', []],
    ['4k, 35mm', []],
  ])('%s', (text, words) => expect(found(text)).toEqual(words))

  test('in a style only listed words are found', () =>
    expect(found('a trebuchet and a guitar', false)).toEqual(['guitar']))
})

test('other scripts are told as they stand', () => {
  expect(found('小明在海边, a fox')).toEqual(['小明在海边!'])
  expect(found('лиса на улице and a fox')).toEqual(['лиса на улице!'])
  expect(found('a cöat, a ﬁre-red fox')).toEqual(['ﬁre!'])
})

test('tokens: capitals, breaks and numbers', () => {
  const names = (text: string) =>
    tokensOf(text)
      .filter(({ capital }) => capital === 'name')
      .map(({ word }) => word)
  expect(names('The fox meets Anna. Here Bert stands')).toEqual(['anna', 'bert'])
  expect(names('Old Castle')).toEqual([])
  expect(tokensOf('a fire-red fox, 35mm').map(({ isApart }) => isApart)).toEqual([
    true,
    false,
    false,
    false,
    true,
  ])
  expect(tokensOf('a fire-red fox, 35mm').map(({ word }) => word)).toEqual(['a', 'fire', 'red', 'fox', ''])
})

test('stems', () => {
  expect(stemsOf('foxes')).toContain('fox')
  expect(stemsOf('puppies')).toContain('puppy')
  expect(stemsOf('wolves')).toContain('wolf')
  expect(stemsOf('running')).toContain('run')
  expect(stemsOf('dancing')).toContain('dance')
  expect(stemsOf('fishermen')).toContain('fisherman')
  expect(stemsOf('dress')).toEqual(['dress'])
})
