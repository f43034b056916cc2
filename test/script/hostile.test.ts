// Texts that are made to hurt. That they are turned away quickly is measured by the fuzzer; here it is what is said.

import { describe, expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'

const codesOf = (text: string) => [...new Set(checkScript(text, 'x').diagnostics.map((d) => d.code))]

describe('hostile YAML', () => {
  test.each([
    ['20,000 open brackets', '['.repeat(20_000), 'yaml/too-deep'],
    ['20,000 open braces', '{a: '.repeat(20_000), 'yaml/too-deep'],
    ['20,000 dashes', '- '.repeat(20_000), 'yaml/too-deep'],
    ['20,000 question marks', '? '.repeat(20_000), 'yaml/too-deep'],
    ['20,000 keys in a row', 'a: '.repeat(20_000), 'yaml/too-deep'],
    [
      'deep indentation',
      Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
      'yaml/too-deep',
    ],
    ['100 MB of text', 'x'.repeat(1e8), 'script/too-large'],
    ['a million list items', '- a\n'.repeat(250_000), 'script/too-large'],
    ['closing brackets only', ']'.repeat(100_000), 'yaml/syntax'],
    ['a NUL', '- a\0b', 'script/control-character'],
    ['half a character', '- a \ud83d b', 'script/control-character'],
    ['the other half', '- a \ude00 b', 'script/control-character'],
  ])('%s', (_, text, code) => {
    expect(codesOf(text)).toEqual([code])
  })

  test('billion laughs are not unfolded', () => {
    const names = 'abcdefghij'
    const levels = [...names]
      .slice(1)
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${names[i]}`)}]`)
    expect(codesOf(`a: &a [lol, lol]\n${levels.join('\n')}\nshots: *j`)).toEqual([
      'script/unknown-key',
      'script/wrong-type',
    ])
  })

  test('lists of shots that are repeated by aliases are counted', () => {
    const shots = '      - a boat\n'.repeat(1000)
    const repeated = '  - shots: *s\n'
    expect(codesOf(`scenes:\n  - shots: &s\n${shots}${repeated.repeat(3)}`)).toEqual([])
    expect(codesOf(`scenes:\n  - shots: &s\n${shots}${repeated.repeat(10)}`)).toEqual([
      'script/too-many-shots',
    ])
    expect(codesOf(`scenes:\n  - shots: &s\n${shots}${repeated.repeat(400)}`)).toContain(
      'yaml/too-many-aliases',
    )
  })

  test('a list that holds itself ends', () => {
    expect(codesOf('&a [*a, *a]')).toEqual(['script/wrong-type'])
    expect(codesOf('shots: &a\n  - walk: *a\n  - *a\n')).toEqual([
      'script/wrong-type',
      'shot/unknown-key',
      'shot/no-content',
    ])
  })

  test('more than 200 names are too many', () => {
    const places = Array.from({ length: 201 }, (_, i) => `  P${i}: a place\n`).join('')
    expect(codesOf(`places:\n${places}shots: [a boat]`)).toEqual(['script/too-many-names'])
  })

  test('messages end at 500', () => {
    const { diagnostics } = checkScript(`shots:\n${'  - {promt: a}\n'.repeat(600)}`, 'x')
    expect(diagnostics).toHaveLength(501)
    expect(diagnostics.at(-1)).toMatchObject({ code: 'script/too-many-errors', span: null })
  })

  test('keys of JavaScript objects are only unknown keys', () => {
    expect(codesOf('__proto__: {title: x}\nconstructor: y\nshots: [a boat]')).toEqual(['script/unknown-key'])
    expect(codesOf('shots:\n  - {prompt: a, camera: toString}')).toEqual(['value/camera'])
    expect(codesOf('shots:\n  - a\n  - {prompt: a, transition: fade constructor}')).toEqual(['value/color'])
  })
})
