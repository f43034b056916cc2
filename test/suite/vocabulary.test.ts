// Annotated scripts again, checked with the words of the embedded model.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nodeHost } from '../../src/host/node-host.js'
import { embeddedVocabulary } from '../../src/models/vocabulary.js'
import { checkScript } from '../../src/story/check.js'
import { annotationOf, readAnnotations } from './read-annotations.js'

const vocabulary = await embeddedVocabulary(nodeHost())
const scriptsIn = (folder: URL) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name): [string, string] => [name, readFileSync(new URL(name, folder), 'utf8')])

describe('annotated scripts', () => {
  test.each(scriptsIn(new URL('vocabulary/', import.meta.url)))('%s', (name, text) => {
    const { diagnostics } = checkScript(text, name, [], vocabulary)
    expect(diagnostics.map((d) => annotationOf(d, text)).sort()).toEqual([...readAnnotations(text)].sort())
  })
})

describe('there is nothing to say about', () => {
  test.each(scriptsIn(new URL('../../examples/', import.meta.url)))('examples/%s', (name, text) => {
    expect(checkScript(text, name, [], vocabulary).diagnostics).toEqual([])
  })
})
