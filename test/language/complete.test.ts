import { describe, expect, test } from 'vitest'
import { type Completion, complete } from '../../src/language/complete.js'
import { CURSOR, FILM, withCursor } from './cursor.js'

const SURROUNDINGS = {
  models: ['storybook', 'sd-1.5'],
  interpolations: ['film'],
  depths: ['layout', 'midas'],
}

function at(marked: string): { items: Completion[]; text: string; offset: number } {
  const { text, offset, analysis } = withCursor(marked)
  return { items: complete(text, offset, analysis.script, SURROUNDINGS), text, offset }
}
const labels = (marked: string) => at(marked).items.map(({ label }) => label)
/** The script after the completion of that label is taken. */
function taking(label: string, marked: string): string {
  const { items, text, offset } = at(marked)
  const item = items.find((each) => each.label === label)
  if (!item) throw new Error(`no ${label} in ${items.map((each) => each.label)}`)
  return text.slice(0, item.start) + item.text + text.slice(offset)
}

describe('keys', () => {
  test('of a film, without those that it has', () => {
    const found = labels(`title: x\n${CURSOR}\nsize: 960x576\n`)
    expect(found).toContain('cast')
    expect(found).toContain('scenes')
    expect(found).not.toContain('title')
    expect(found).not.toContain('size')
    expect(found).not.toContain('prompt')
  })
  test('of a shot, below its first key and on the line of its dash', () => {
    const film = (rest: string) => `scenes:\n  - scene: x\n    shots:\n${rest}`
    expect(labels(film(`      - prompt: a boat\n        ${CURSOR}`))).toContain('camera')
    expect(labels(film(`      - prompt: a boat\n        ${CURSOR}`))).not.toContain('walk')
    expect(labels(film(`      - ${CURSOR}\n`))).toContain('walk')
    expect(labels(film(`      - ca${CURSOR}\n        duration: 2s\n`))).not.toContain('duration')
  })
  test('of a scene, whose list may stand without indentation', () => {
    expect(labels(`scenes:\n- scene: x\n  ${CURSOR}\n  shots:\n  - a boat\n`)).toContain('weather')
    expect(labels(`scenes:\n- scene: x\n  shots:\n  - prompt: y\n    ${CURSOR}\n`)).toContain('duration')
  })
  test('of a member of the cast, and of no look', () => {
    expect(labels(`cast:\n  TOM:\n    ${CURSOR}\n`)).toEqual([
      'looks',
      'born',
      'outfits',
      'voice',
      'seed',
      'reference',
      'model',
      'lora',
      'embedding',
    ])
    expect(labels(`cast:\n  TOM:\n    looks:\n      ${CURSOR}\n`)).toEqual([])
  })
  test('inside braces', () => {
    expect(labels(`shots:\n  - {prompt: a boat, ${CURSOR}`)).toContain('camera')
    expect(labels(`shots:\n  - {prompt: a boat, camera: ${CURSOR}`)).toContain('push in')
  })
  test('of defaults', () => {
    expect(labels(`defaults:\n  ${CURSOR}`)).toContain('duration')
    expect(labels(`defaults:\n  ${CURSOR}`)).not.toContain('prompt')
  })
  test('insert what goes on with a value, or with a list', () => {
    expect(taking('camera', `shots:\n  - prompt: x\n    cam${CURSOR}`)).toMatch(/ {4}camera: $/)
    expect(taking('walk', `shots:\n  - wa${CURSOR}`)).toMatch(/ {2}- walk:$/)
  })
  test('but nothing in a comment', () => expect(labels(`title: x # ${CURSOR}`)).toEqual([]))
})

describe('values', () => {
  test.each([
    ['camera', 'pan left'],
    ['transition', 'dissolve 1s'],
    ['scheduler', 'euler-ancestral'],
    ['motion', 'morph'],
    ['model', 'sd-1.5'],
  ])('of %s', (key, wanted) => {
    expect(labels(`shots:\n  - prompt: a boat\n    ${key}: ${CURSOR}`)).toContain(wanted)
  })
  test('take the place of what is typed', () => {
    expect(taking('push in', `shots:\n  - prompt: x\n    camera: pu${CURSOR}`)).toMatch(/camera: push in$/)
    expect(taking('film', `interpolation: fi${CURSOR}`)).toBe('interpolation: film')
  })
  test('of sluglines, part by part', () => {
    const scene = (heading: string) =>
      `places:\n  Harbour: a village\nscenes:\n  - scene: ${heading}${CURSOR}`
    expect(labels(scene(''))).toContain('EXT.')
    expect(taking('HARBOUR', scene('EXT. HA'))).toMatch(/scene: EXT. HARBOUR$/)
    expect(taking('DAWN', scene('EXT. HARBOUR - D'))).toMatch(/scene: EXT. HARBOUR - DAWN$/)
    expect(labels(scene('EXT. HARBOUR - DAWN - '))).toContain('FOG')
  })
  test('of place', () => {
    expect(labels(`${FILM}  - place: ${CURSOR}`)).toContain('HARBOUR')
  })
})

describe('names in prompts', () => {
  const shot = (words: string) => `${FILM}      - ${words}${CURSOR}\n`
  test('of the cast, after a capital or nothing', () => {
    expect(labels(shot('T'))).toContain('TOM')
    expect(labels(shot('a boat and '))).toContain('OLD FOX')
    expect(labels(shot('a boat'))).not.toContain('TOM')
    expect(taking('TOM', shot('on the left T'))).toContain('- on the left TOM\n')
  })
  test('in a walk and in a prompt', () => {
    expect(labels(`${FILM}      - walk:\n          - T${CURSOR}\n`)).toContain('TOM')
    expect(labels(`${FILM}      - prompt: T${CURSOR}\n`)).toContain('TOM')
  })
  test('not in other texts', () => expect(labels(`${FILM}      - card: T${CURSOR}\n`)).not.toContain('TOM'))
  test('ages and outfits behind an @', () => {
    expect(labels(shot('TOM@'))).toEqual(['8', '30', 'storm'])
    expect(labels(shot('a hat for TOM@30@st'))).toEqual(['8', '30', 'storm'])
    expect(taking('storm', shot('TOM@30@st'))).toContain('- TOM@30@storm\n')
    expect(labels(shot('NOBODY@'))).toEqual([])
  })
})
