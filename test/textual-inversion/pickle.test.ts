// The unpickler against pickles as pickletools shows them.

import { expect, test } from 'vitest'
import {
  ForbiddenName,
  MalformedPickle,
  type PickleRules,
  unpickle,
} from '../../src/textual-inversion/pickle.js'

const rules: PickleRules = {
  names: new Map([
    ['m.pair', { call: (args: readonly unknown[]) => ({ pair: args }) }],
    ['m.Held', {}],
  ]),
  persistent: (id) => ({ id }),
}
const read = (text: string) => unpickle(Buffer.from(text, 'latin1'), rules).value

test.each<[string, string, unknown]>([
  [
    'numbers',
    '\x80\x02(K\x07M\x39\x30J\xfe\xff\xff\xffI5\nL12L\nF2.5\nG\x3f\xf8\0\0\0\0\0\0t.',
    [7, 12345, -2, 5, 12, 2.5, 1.5],
  ],
  ['long integers', '(\x8a\x01\xff\x8a\x00\x8a\x09\0\0\0\0\0\0\0\0\x01t.', [-1, 0, 2n ** 64n]],
  ['truths', '(\x88\x89NI01\nI00\nt.', [true, false, null, true, false]],
  ['texts', '(X\x03\0\0\0\xc3\xa9!\x8c\x01aU\x02bcVd\nt.', ['é!', 'a', 'bc', 'd']],
  ['lists', '](K\x01K\x02e.', [1, 2]],
  ['appended', ']q\0K\x01ah\0.', [1]],
  [
    'dicts',
    '}(U\x01aK\x01U\x01bK\x02u.',
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
  ],
  ['old dicts', '(U\x01aK\x01d.', new Map([['a', 1]])],
  ['tuples', '(K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87t.', [[1], [1, 2], [1, 2, 3]]],
  ['calls of what is listed', 'cm\npair\nK\x01\x85R.', { pair: [1] }],
  ['the same in a newer way', '\x8c\x01m\x8c\x04pair\x93K\x01\x85R.', { pair: [1] }],
  ['persistent ids', 'U\x01aQ.', { id: 'a' }],
])('reads %s', (_, text, value) => {
  expect(read(text)).toEqual(value)
})

test('says where it ends', () => {
  expect(unpickle(Buffer.from('xxK\x01.yy', 'latin1'), rules, 2)).toEqual({ value: 1, end: 5 })
})

test.each([
  'cos\nsystem\n(U\x02lstR.',
  '\x8c\x02os\x8c\x06system\x93.',
  '(ios\nsystem\nU\x02ls.',
  'cm\npair.x\n.',
  'c__builtin__\neval\n.',
])('%j is refused at the name', (text) => {
  expect(() => read(text)).toThrow(ForbiddenName)
})

test.each([
  ['a call of what may only be held', 'cm\nHeld\n)R.'],
  ['a call of data', '})R.'],
  ['a call of a dict that looks like a name', '}U\x04callN)R.'],
  ['an object made without a call', 'cm\nHeld\n)\x81.'],
  ['attributes for what is no dict', 'cm\nHeld\n}b.'],
  ['an extension', '\x82\x01.'],
  ['nothing', ''],
  ['no end', 'K\x01'],
  ['an end without a value', '.'],
  ['a mark for a value', '(.'],
  ['a mark that is not there', 'K\x01t.'],
  ['what was never remembered', 'h\x07.'],
  ['a text longer than the file', 'X\xff\xff\xff\x7fab.'],
  ['a text of broken letters', 'X\x01\0\0\0\xff.'],
  ['an integer of a million bytes', `\x8b\x40\x42\x0f\0${'\x01'.repeat(1_000_000)}.`],
  ['a key without a value', '}(K\x01u.'],
])('%s is malformed', (_, text) => {
  expect(() => read(text)).toThrow(MalformedPickle)
})
