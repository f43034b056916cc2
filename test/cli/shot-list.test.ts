import { describe, expect, test } from 'vitest'
import { shotList } from '../../src/cli/shot-list.js'
import type { NodeExplanation, ShotExplanation } from '../../src/render/explain-plan.js'

const film = { title: 'A Film', size: { width: 960, height: 576 }, fps: { num: 24, den: 1 }, frames: 240 }

const node = (kind: NodeExplanation['kind'], reason: string | null, more = {}): NodeExplanation => ({
  kind,
  id: `s/${kind} 1`,
  key: `${kind}${reason}${Math.random()}`,
  cached: reason === null,
  reason,
  ...more,
})

const shot = (more: Partial<ShotExplanation>): ShotExplanation => ({
  id: '1.1',
  scene: 'EXT. SEA - DAY',
  start: 0,
  frames: 72,
  prompt: 'a boat, sea, day',
  negative: '',
  seed: 1,
  model: 'storybook',
  motion: null,
  transition: { kind: 'cut' },
  camera: 'hold',
  look: 'none',
  caption: null,
  line: 3,
  speech: [],
  nodes: [node('keyframe', null), node('segment', null)],
  ...more,
})

const list = (
  shots: ShotExplanation[],
  { columns = null as number | null, movie = null as string | null } = {},
) => shotList(film, { shots, mix: null, movie }, { columns, color: false })

describe('the shot list', () => {
  test('says when, how and what, a thing a line', () => {
    const text = list([
      shot({}),
      shot({
        id: 'storm',
        start: 48,
        transition: { kind: 'whip pan', frames: 12, direction: 'left' },
        camera: 'zoom 1 to 1.25',
        look: 'sepia',
        caption: 'Later\nstill',
        prompt: 'a boat → a ship',
        speech: [{ speaker: 'TOM', text: 'Ahoy!', start: 0, seconds: 1 }],
      }),
    ])
    expect(text.split('\n')).toEqual([
      'A Film',
      '0:10 · 2 shots · 960x576 · 24 fps',
      '',
      'EXT. SEA - DAY',
      '',
      '  1.1        0:00   3.0 s  line 3',
      '            a boat, sea, day',
      '',
      '  storm      0:02   3.0 s  line 3   whip pan left 0.5 s · push in 1.25x · sepia',
      '            a boat',
      '            → a ship',
      '            caption: Later / still',
      '            TOM: Ahoy!',
      '',
      'Everything is up to date.',
      '',
    ])
  })

  test('tells what is new by a sign, and what is made again with the reason that began it', () => {
    const text = list([
      shot({ nodes: [node('keyframe', 'new'), node('segment', 'new')] }),
      shot({
        id: 'b',
        nodes: [
          node('keyframe', 'seed changed: 1 → 2'),
          node('segment', 'keyframe 1 changed, length changed: 1 → 2'),
        ],
      }),
      shot({
        id: 'c',
        nodes: [node('keyframe', 'seed changed: 1 → 2'), node('segment', 'keyframe 1 changed')],
      }),
      shot({ id: 'd', nodes: [node('keyframe', null), node('segment', 'shot before: keyframe 1 changed')] }),
      shot({ id: 'e' }),
    ])
    const linesOf = (id: string) =>
      text
        .slice(text.search(new RegExp(`^. ${id} `, 'm')))
        .split('\n')
        .slice(0, 4)
        .map((line) => line.trim())
    expect(linesOf('1\\.1')[0]).toMatch(/^\+ 1\.1/)
    expect(linesOf('1\\.1')[2]).toBe('')
    expect(linesOf('b').slice(2)).toEqual([
      'keyframe: seed changed: 1 → 2',
      'segment: keyframe 1 changed, length changed: 1 → 2',
    ])
    expect(linesOf('c').slice(2)).toEqual(['keyframe: seed changed: 1 → 2', ''])
    expect(linesOf('d')[2]).toBe('the shot before it changed')
    expect(linesOf('e')[0]).toMatch(/^e/)
    expect(text).toContain('To make: 3 keyframes, 4 segments; then the film is joined.')
    expect(text).toContain('+ is new, ~ is made again, the others are in the cache.')
  })

  test('tells long changes by the words that differ', () => {
    const reason = `prompt changed: "an old man with a white beard on the left, sea" → "an old man with a white beard on the right, sea"`
    expect(
      list([shot({ nodes: [node('keyframe', reason), node('segment', 'keyframe 1 changed')] })]),
    ).toContain('keyframe: prompt changed: "… left, …" → "… right, …"\n')
  })

  test('tells two reasons of a shot and counts the others', () => {
    const nodes = [1, 2, 3, 4, 5].map((seed) => node('keyframe', `seed changed: 0 → ${seed}`))
    expect(list([shot({ nodes })])).toMatch(/0 → 1\n +keyframe: seed changed: 0 → 2\n +and 3 more\n/)
  })

  test('counts what is the same once', () => {
    const same = node('keyframe', 'new')
    expect(list([shot({ nodes: [same] }), shot({ id: 'b', nodes: [same] })])).toContain(
      'To make: 1 keyframe;',
    )
  })

  test('wraps to the width of a terminal, with room on the left', () => {
    const prompt = 'an old man with a white beard in a blue coat on the left, a lighthouse on the right'
    const lines = list([shot({ prompt })], { columns: 70 }).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(70)
    expect(
      lines
        .filter((line) => line.startsWith(' '.repeat(12)))
        .join(' ')
        .replace(/ +/g, ' ')
        .trim(),
    ).toBe(prompt)
    expect(list([shot({ prompt })]).split('\n')).toContain(`${' '.repeat(12)}${prompt}`)
  })

  test('a fade is told as it is written, into the film too', () => {
    const fade = { kind: 'fade', frames: 48, color: 0 } as const
    const text = list([
      shot({ transition: fade }),
      shot({ id: 'b', transition: { ...fade, color: 0xffffff } }),
    ])
    expect(text).toMatch(/1\.1 .*fade black 1 s\n/)
    expect(text).toMatch(/b .*fade white 2 s\n/)
  })
})
