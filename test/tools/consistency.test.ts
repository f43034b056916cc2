// The film that consistency is measured with, and what is said to be true of it.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'

const read = (name: string) =>
  readFileSync(new URL(`../../tools/consistency/forty-shots.${name}`, import.meta.url), 'utf8')
type Fact = { plain: string; figures: { who: string; age: number; color: string; pos: string }[] }

test('forty shots, each with the facts of its members, alone, in twos and in threes', () => {
  const { storyboard, diagnostics, script } = checkScript(read('yaml'), 'forty-shots.yaml')
  expect(diagnostics).toEqual([])
  const facts: Record<string, Fact> = JSON.parse(read('json'))
  expect(Object.keys(facts)).toEqual(storyboard!.shots.map(({ id }) => id))
  expect(storyboard!.shots).toHaveLength(40)
  const counts = new Set<number>()
  for (const { id, text, take } of storyboard!.shots) {
    const { figures, plain } = facts[id]!
    counts.add(figures.length)
    expect(text.match(/TOM|ANNA|BEN/g)).toEqual(figures.map(({ who }) => who))
    for (const { who } of figures) expect([...script.cast.keys()]).toContain(who)
    if (take.kind !== 'diffused') throw new Error('every shot is painted')
    for (const { prompt } of take.keyframes.flatMap((keyframe) => keyframe.prompt)) {
      for (const { color } of figures) expect(prompt).toContain(color)
      expect(plain).not.toBe(prompt)
    }
  }
  expect(counts).toEqual(new Set([1, 2, 3]))
})
