// The vocabulary that ships, and files that are none.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { licenceOfCard } from '../../src/models/licence.js'
import { embeddedVocabulary, readVocabulary } from '../../src/models/vocabulary.js'

const host = nodeHost()
let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'storyreel-vocabulary-'))
})
afterEach(() => rm(path, { recursive: true }))

const read = async (text: string) => {
  await writeFile(join(path, 'world.json'), text)
  return readVocabulary({ name: 'small', path }, host)
}

describe("the embedded model's", async () => {
  const { groups, garments, nearest, absent, undrawn, plain } = (await embeddedVocabulary(host))!
  const drawn = new Set([
    ...Object.values(groups).flatMap((values) => Object.values(values).flat()),
    ...Object.values(garments).flat(),
  ])

  test('the nearest word is one that is drawn', () =>
    expect(Object.keys(nearest).filter((word) => !drawn.has(word))).toEqual([]))

  // What is drawn wins over any list, so a word may have become one that is.
  test('no word is on two lists', () => {
    const listed = [...Object.values(nearest).flat(), ...absent, ...Object.values(undrawn).flat(), ...plain]
    expect(listed.filter((word, i) => listed.indexOf(word) !== i)).toEqual([])
    expect(listed.filter((word) => word !== word.toLowerCase() || word.trim() !== word)).toEqual([])
  })

  test.each([
    ['submarine', 'boat'],
    ['horse', 'dog'],
    ['church', 'lighthouse'],
  ])('%s is near %s', (word, near) => expect(nearest[near]).toContain(word))
})

describe('a folder', () => {
  test('without the file has no vocabulary', async () =>
    expect(await readVocabulary({ name: 'small', path }, host)).toBeNull())

  test('has one with groups, the rest is optional', async () =>
    expect(await read('{"groups": {"figure": {"fox": ["fox"]}}}')).toMatchObject({
      model: 'small',
      groups: { figure: { fox: ['fox'] } },
      plain: [],
    }))

  test.each([
    '{"groups": {"figure": ["fox"]}}',
    '{"groups": {}, "nearest": {"boat": "ship"}}',
    '{"groups": {}, "plain": [1]}',
    '[]',
    '{',
  ])('%s is damaged', async (text) =>
    expect(read(text)).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining('damaged') }),
  )
})

test('licences as cards say them', () => {
  expect(licenceOfCard('---\nlanguage: en\nlicense: mit\n---\n# A model')).toBe('mit')
  expect(licenceOfCard('---\nlicense: "other"\nlicense_name: sai-nc\n---\n')).toBe('sai-nc')
  expect(licenceOfCard('# A model\n\nLicence: MIT, like the rest.')).toBe('MIT')
  expect(licenceOfCard('# A model\n\nNobody says.')).toBeNull()
})
