import { describe, expect, test } from 'vitest'
import { openMouths } from '../../src/graph/lips.js'
import type { PlanFacts } from '../../src/graph/plan-facts.js'
import { speechLevels } from '../../src/sound/levels.js'
import { facts, planOf } from './plan-of.js'

const fps = { num: 24, den: 1 }
/** A hundred a second. */
const levels = (...parts: [seconds: number, level: number][]) =>
  parts.flatMap(([seconds, level]) => Array<number>(Math.round(seconds * 100)).fill(level))

describe('open mouths', () => {
  test('are where the voice is loud, from the frame on which it starts', () => {
    const heard = levels([0.5, 1], [0.5, 0.1], [0.5, 0.8])
    expect(openMouths({ startSeconds: 1, seconds: 1.5 }, heard, 100, fps)).toEqual([
      { from: 24, to: 36 },
      { from: 48, to: 60 },
    ])
  })
  test('end with the shot', () => {
    expect(openMouths({ startSeconds: 1, seconds: 3 }, levels([3, 1]), 48, fps)).toEqual([
      { from: 24, to: 48 },
    ])
    expect(openMouths({ startSeconds: 9, seconds: 3 }, levels([3, 1]), 48, fps)).toEqual([])
  })
  test('do not flicker', () => {
    const flicker = levels([0.5, 1], [0.04, 0], [0.5, 1], [0.5, 0], [0.04, 1], [0.4, 0])
    expect(openMouths({ startSeconds: 0, seconds: 2 }, flicker, 100, fps)).toEqual([{ from: 0, to: 25 }])
  })
  test('stay closed where nothing is known of the voice', () => {
    expect(openMouths({ startSeconds: 0, seconds: 2 }, [], 48, fps)).toEqual([])
  })
})

test('levels of a sound', () => {
  const wav = Buffer.alloc(44 + 16_000 * 2)
  wav.writeUInt32LE(16_000, 24)
  for (let i = 0; i < 16_000; i++)
    wav.writeInt16LE(i < 8_000 ? (i % 2 ? 8_000 : -8_000) : i % 2 ? 800 : -800, 44 + i * 2)
  const found = speechLevels(wav)
  expect(found).toHaveLength(100)
  expect([found[10], found[90]]).toEqual([1, 0.1])
})

describe('a shot in which somebody speaks', () => {
  const talks = new Map([['storybook', { ...facts.models.get('storybook')!, talks: true }]])
  const FILM = `cast: {TOM: a man, MIA: a woman}
shots:
  - {prompt: TOM and MIA, duration: 4s, say: [{TOM: one}, {MIA: two}]}
`
  const plan = (text: string, more: Partial<PlanFacts> = {}) => {
    const keys = planOf(text, { models: talks }).shots.flatMap(({ speech }) => speech.map(({ key }) => key))
    const heard = new Map(keys.map((key) => [key, levels([0.25, 1], [0.25, 0])]))
    return planOf(text, { models: talks, levels: heard, ...more }).shots[0]!
  }
  const promptsOf = ({ pictures }: ReturnType<typeof plan>) =>
    pictures.map((node) => (node.kind === 'keyframe' ? node.prompt[0]!.prompt : ''))

  test('has a picture more for each mouth, which comes and goes with the voice', () => {
    const shot = plan(FILM)
    expect(promptsOf(shot)).toEqual([
      'a man and a woman',
      'a man talking and a woman',
      'a man and a woman talking',
    ])
    const shown = shot.segment.take.strips.map(({ count, node }) => [node.id, count])
    expect(shown.slice(0, 4)).toEqual([
      ['1.1/keyframe 1', 7],
      ['1.1/keyframe 2', 6],
      ['1.1/keyframe 1', expect.any(Number)],
      ['1.1/keyframe 3', expect.any(Number)],
    ])
    expect(shown.reduce((sum, [, count]) => sum + (count as number), 0)).toBe(96)
    expect(new Set(shot.pictures.map(({ id }) => id)).size).toBe(3)
    const seeds = shot.pictures.map((node) => (node.kind === 'keyframe' ? node.diffusion.seed : null))
    expect(new Set(seeds).size).toBe(1)
  })

  test.each([
    ['the model does not know mouths', FILM, { models: facts.models }],
    ['the script says so', FILM.replace('say:', 'lips: no, say:'), {}],
    ['the speaker is not seen', FILM.replace('prompt: TOM and MIA', 'prompt: a boat'), {}],
    ['the prompt tells of it', FILM.replace('TOM and MIA', 'TOM talking to MIA'), {}],
    ['the picture is a card', FILM.replace('prompt: TOM and MIA', 'card: TOM and MIA'), {}],
  ])('keeps its mouths closed where %s', (_, text, more) => {
    const shot = plan(text, more)
    expect(shot.pictures).toHaveLength(1)
    expect(shot.segment.take.strips).toHaveLength(1)
  })

  test('a changed word of speech paints nothing', () => {
    const keysOf = (text: string) => plan(text).pictures.map(({ key }) => key)
    expect(keysOf(FILM.replace('one', 'three'))).toEqual(keysOf(FILM))
  })
})
