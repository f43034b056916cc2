import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'
import { annotationOf, readAnnotations } from './read-annotations.js'

const folder = new URL('.', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

describe('annotated scripts', () => {
  test('there are enough of them', () => {
    expect(names.filter((name) => !name.startsWith('good-')).length).toBeGreaterThanOrEqual(60)
    expect(names.filter((name) => name.startsWith('good-')).length).toBeGreaterThanOrEqual(10)
  })

  for (const name of names) {
    test(name, () => {
      const text = readFileSync(new URL(name, folder), 'utf8')
      const wanted = readAnnotations(text)
      const { diagnostics, storyboard } = checkScript(text, name)
      expect(diagnostics.map((d) => annotationOf(d, text)).sort()).toEqual([...wanted].sort())
      expect(storyboard === null).toBe(wanted.some((line) => line.startsWith('error')))
      for (const { span, fix } of diagnostics) {
        for (const range of [span, fix?.span])
          if (range)
            expect([range.start >= 0, range.end >= range.start, range.end <= text.length]).toEqual([
              true,
              true,
              true,
            ])
      }
      if (name.startsWith('good-')) expect(wanted).toEqual([])
    })
  }
})

describe('fixes', () => {
  test('a script mended by all fixes of the unknown keys has no unknown keys left', () => {
    let text = 'titel: x\nsccenes:\n  - scene: y\n    shots:\n      - {promt: a boat, camra: hold}\n'
    for (let round = 0; round < 3; round++) {
      const { diagnostics } = checkScript(text, 'x')
      for (const { fix } of [...diagnostics].reverse())
        if (fix) text = text.slice(0, fix.span.start) + fix.text + text.slice(fix.span.end)
    }
    expect(checkScript(text, 'x').diagnostics).toEqual([])
    expect(text).toBe('title: x\nscenes:\n  - scene: y\n    shots:\n      - {prompt: a boat, camera: hold}\n')
  })
})
