import { describe, expect, test } from 'vitest'
import { manifestChanges, reasonFor } from '../../src/graph/explain.js'
import { inputsOf, keyOf } from '../../src/graph/node.js'
import { makePlan, nodesOfShot } from '../../src/graph/plan.js'
import type { PlanFacts } from '../../src/graph/plan-facts.js'
import { nearestAspect } from '../../src/graph/plan-keyframe.js'
import { checkScript } from '../../src/story/check.js'
import { BUILT_IN } from '../../src/story/storyboard.js'
import type { Diffusion, DiffusionSource, Take } from '../../src/story/types.js'
import { facts, planOf } from './plan-of.js'

const keys = (text: string, more?: Partial<PlanFacts>) => {
  const plan = planOf(text, more)
  return {
    pictures: plan.shots.flatMap((s) => s.pictures.map((n) => n.key)),
    inbetweens: plan.shots.flatMap((s) => s.inbetweens.map((n) => n.key)),
    segments: plan.shots.map((s) => s.segment.key),
    movie: plan.movie.key,
  }
}

const film = `
shots:
  - {prompt: a fox, seed: 1}
  - {prompt: a boat, seed: 2, transition: dissolve 1s}
  - {prompt: a bear, seed: 3, transition: fade black 1s}
  - {walk: [a fox, a cat], duration: 2s, seed: 4}
  - {card: The End, duration: 1s}
`

/** Indexes at which two lists differ. */
const differing = (a: string[], b: string[]) => a.flatMap((key, i) => (key === b[i] ? [] : [i]))

describe('keys', () => {
  test('a word changes its picture, its segment, and the next one that dissolves from it', () => {
    const [a, b] = [keys(film), keys(film.replace('a fox, seed', 'a red fox, seed'))]
    expect(differing(a.pictures, b.pictures)).toEqual([0])
    expect(differing(a.segments, b.segments)).toEqual([0, 1])
    expect(a.movie).not.toBe(b.movie)
  })
  test('a camera move changes no picture', () => {
    const [a, b] = [keys(film), keys(film.replace('seed: 3', 'seed: 3, camera: push in'))]
    expect(a.pictures).toEqual(b.pictures)
    expect(differing(a.segments, b.segments)).toEqual([2])
  })
  test('the title and the order change only the film', () => {
    const a = keys(film)
    const titled = keys(`title: Other\n${film}`)
    expect({ ...titled, movie: '' }).toEqual({ ...a, movie: '' })
    expect(titled.movie).not.toBe(a.movie)
  })
  test.each([
    ['runtime', { runtime: 'runtime 2' }],
    ['device', { device: 'cuda' }],
    ['model', { models: new Map([['storybook', { ...facts.models.get('storybook')!, digest: 'd2' }]]) }],
  ])('another %s changes every diffused picture and no card', (_, change) => {
    const [a, b] = [keys(film), keys(film, change)]
    expect(differing(a.pictures, b.pictures)).toHaveLength(a.pictures.length - 1)
    expect(a.pictures.at(-1)).toBe(b.pictures.at(-1))
  })
  test('another ffmpeg changes segments and film only, another font the cards only', () => {
    const [a, encoder, font] = [
      keys(film),
      keys(film, { encoder: 'ffmpeg 2' }),
      keys(film, { font: 'font 2' }),
    ]
    expect(encoder.pictures).toEqual(a.pictures)
    expect(differing(a.segments, encoder.segments)).toHaveLength(a.segments.length)
    expect(differing(a.pictures, font.pictures)).toEqual([a.pictures.length - 1])
  })
  test('steps that the model would take anyway are the same picture', () => {
    expect(keys('shots: [{prompt: a fox, steps: 2, guidance: 1}]').pictures).toEqual(
      keys('shots: [a fox]').pictures,
    )
    expect(keys('shots: [{prompt: a fox, steps: 3}]').pictures).not.toEqual(keys('shots: [a fox]').pictures)
  })
})

describe('plan', () => {
  test('segments cover the film once, and strips cover their take once', () => {
    const plan = planOf(film)
    expect(plan.shots.reduce((sum, s) => sum + s.segment.frames, 0)).toBe(plan.storyboard.frames)
    for (const { segment, shot } of plan.shots) {
      const covered = segment.take.strips.flatMap((s) =>
        Array.from({ length: s.count }, (_, i) => s.frame + i),
      )
      expect(covered).toEqual(Array.from({ length: shot.frames }, (_, i) => i))
    }
  })
  test('a dissolve reads the tail of the shot before', () => {
    const [first, second] = planOf(film).shots
    expect(first!.segment.tail).toBeNull()
    expect(inputsOf(second!.segment)).toEqual([...second!.pictures, ...first!.pictures])
  })
  describe('a match cut', () => {
    const cut = (kind: string, more = '') => {
      const script = `shots:\n  - {prompt: a fox, duration: 2s, camera: push in}\n  - {prompt: a cat, transition: ${kind} 12f${more}}`
      return planOf(script, { interpolation: { digest: 'i1' } }).shots[1]!
    }
    test('goes from the last frame before it to the first one after it', () => {
      const { across, segment, pictures } = cut('match cut')
      expect([across!.from.frame, across!.to.frame, across!.inbetween.count]).toEqual([35, 12, 12])
      expect(across!.from.size).toEqual({ width: 960, height: 576 })
      expect(inputsOf(segment)).toEqual([across!.inbetween, ...pictures])
      expect(inputsOf(across!.inbetween)).toEqual([across!.from, across!.to])
      expect(segment.tail).toBeNull()
    })
    test('is for the pictures to decide, a morph is not', () => {
      expect([cut('match cut'), cut('morph')].map((shot) => shot.across!.inbetween.motion)).toEqual([
        null,
        'morph',
      ])
    })
    test('changes with the shot before it and with the camera', () => {
      const { from, to } = cut('match cut').across!
      const moved = cut('match cut', ', camera: pan left').across!
      expect([moved.from.key === from.key, moved.to.key === to.key]).toEqual([true, false])
    })
    test('without a model is a dissolve of both takes', () => {
      const plan = planOf('shots: [a fox, {prompt: a cat, transition: match cut}]')
      expect(plan.shots[1]!.across).toBeNull()
      expect(plan.shots[1]!.segment.tail).not.toBeNull()
    })
    test('is a node of the plan, of its history and of its film', () => {
      const kinds = nodesOfShot(cut('morph')).map(({ kind }) => kind)
      expect(kinds).toEqual(['keyframe', 'frame', 'frame', 'inbetween', 'segment'])
    })
  })
  test('a look and a fit paint nothing again, and say nothing when they are as ever', () => {
    const script = (more: string) => `shots:\n  - {prompt: a fox${more}}\n`
    const plain = keys(script(''))
    for (const more of [', look: sepia', ', fit: letterbox']) {
      expect(keys(script(more)).pictures).toEqual(plain.pictures)
      expect(keys(script(more)).segments).not.toEqual(plain.segments)
    }
    expect(keys(script(', look: none, fit: crop')).segments).toEqual(plain.segments)
  })
  test('a caption changes its own segment, and the next one that overlaps it', () => {
    const script = (caption: string, transition: string) =>
      `shots:\n  - {prompt: a fox, caption: ${caption}}\n  - {prompt: a cat, transition: ${transition}}\n  - a dog\n`
    const changed = (transition: string) => {
      const [a, b] = [keys(script('one', transition)), keys(script('two', transition))]
      expect(a.pictures).toEqual(b.pictures)
      return a.segments.map((key, i) => key !== b.segments[i])
    }
    expect(changed('cut')).toEqual([true, false, false])
    expect(changed('dissolve 1s')).toEqual([true, true, false])
  })
  test('equal neighbours of a walk are held, not interpolated', () => {
    const plan = planOf('shots: [{walk: [a fox, a fox], duration: 2s}]')
    expect(plan.shots[0]!.inbetweens).toEqual([])
  })
  describe('motion', () => {
    const walk = (motion: string, frames = 13) =>
      planOf(`shots: [{walk: [a fox, a cat], duration: ${frames}f, keyframes: 9${motion}}]`).shots[0]!
    const strips = (motion: string, frames?: number) =>
      walk(motion, frames).segment.take.strips.map((s) => [s.frame, s.count, s.node.id.slice(4)])

    test('hold and cut show keyframes only', () => {
      expect(strips(', motion: hold')).toEqual([
        [0, 12, 'keyframe 1'],
        [12, 1, 'keyframe 2'],
      ])
      expect(strips(', motion: cut')).toEqual([
        [0, 7, 'keyframe 1'],
        [7, 5, 'keyframe 2'],
        [12, 1, 'keyframe 2'],
      ])
      expect(strips(', motion: cut', 3)).toEqual([
        [0, 2, 'keyframe 1'],
        [2, 1, 'keyframe 2'],
      ])
      expect(strips(', motion: cut', 2)).toEqual([
        [0, 1, 'keyframe 1'],
        [1, 1, 'keyframe 2'],
      ])
    })
    test('morph, dissolve and the choice by the pictures are different nodes', () => {
      const nodes = ['', ', motion: morph', ', motion: dissolve'].map((motion) => walk(motion).inbetweens[0]!)
      expect(nodes.map((node) => node.motion)).toEqual([null, 'morph', 'dissolve'])
      expect(new Set(nodes.map((node) => node.key)).size).toBe(3)
    })
    test.each([
      ['interpolation model', { interpolation: { digest: 'i2' } }, [0, 1]],
      ['runtime', { runtime: 'runtime 2' }, [0, 1, 2]],
      ['device', { device: 'cuda' }, [0, 1, 2]],
    ])('another %s changes the in-betweens that it makes', (_, change, changed) => {
      const text = `shots:
  - {walk: [a fox, a cat], keyframes: 9}
  - {walk: [a fox, a cat], keyframes: 9, motion: morph}
  - {walk: [a fox, a cat], keyframes: 9, motion: dissolve}
`
      const before = keys(text, { interpolation: { digest: 'i1' } })
      const after = keys(text, { interpolation: { digest: 'i1' }, ...change })
      expect(differing(before.inbetweens, after.inbetweens)).toEqual(changed)
    })
    test('those of a model depend on its files, the runtime and the device', () => {
      const text = 'shots: [{walk: [a fox, a cat], keyframes: 9}]'
      const { manifest } = planOf(text, { interpolation: { digest: 'i1' } }).shots[0]!.inbetweens[0]!
      expect(manifest.slice(1, 6)).toEqual([
        ['motion', 'by the pictures'],
        ['interpolation', BUILT_IN.interpolation],
        ['interpolation digest', 'i1'],
        ['runtime', facts.runtime],
        ['device', facts.device],
      ])
    })
    test('a plain cross-fade knows no device and no runtime', () => {
      const text = 'shots: [{walk: [a fox, a cat], keyframes: 9}]'
      const manifest = planOf(text).shots[0]!.inbetweens[0]!.manifest
      const other = planOf(text, { device: 'cuda', runtime: 'runtime 2' }).shots[0]!.inbetweens[0]!.manifest
      const names = manifest.map(([name]) => name)
      expect(names).toEqual(['kind', 'motion', 'interpolation', 'count', 'input from', 'input to'])
      expect(other.slice(0, 4)).toEqual(manifest.slice(0, 4))
    })
    test('a camera move changes no in-between', () => {
      const text = 'shots: [{walk: [a fox, a cat], camera: push in}]'
      expect(keys(text).inbetweens).toEqual(keys(text.replace('push in', 'pan left')).inbetweens)
    })
  })
  test('parallax adds the depth of each picture to the segment, and changes no picture', () => {
    const before = planOf('shots: [{walk: [a fox, a cat], camera: push in}, {card: x, camera: parallax}]')
    const after = planOf(
      'shots: [{walk: [a fox, a cat], camera: "push in, parallax"}, {card: x, camera: parallax}]',
    )
    const [walk, card] = after.shots
    expect(walk!.depths.map(({ picture }) => picture)).toEqual(walk!.pictures)
    expect(walk!.pictures.map(({ key }) => key)).toEqual(before.shots[0]!.pictures.map(({ key }) => key))
    expect(inputsOf(walk!.segment)).toEqual(expect.arrayContaining(walk!.depths))
    expect(nodesOfShot(walk!)).toEqual(expect.arrayContaining(walk!.depths))
    expect(inputsOf(walk!.depths[0]!)).toEqual([walk!.pictures[0]])
    expect([before.shots[0]!.depths, card!.depths]).toEqual([[], []])
    const other = planOf('depth: midas\nshots: [{prompt: a fox, camera: parallax}]', {
      depth: { digest: 'm1' },
    })
    const newer = planOf('depth: midas\nshots: [{prompt: a fox, camera: parallax}]', {
      depth: { digest: 'm2' },
    })
    expect(manifestChanges(other.shots[0]!.depths[0]!.manifest, newer.shots[0]!.depths[0]!.manifest)).toEqual(
      ['depth model files changed'],
    )
  })
  describe('keyframes on a walk', () => {
    const walk = (more = '', prompts = 'a fox, a cat, a bear') =>
      planOf(`shots: [{walk: [${prompts}], duration: 2s${more}}]`).shots[0]!
    const keyed = (shot: ReturnType<typeof walk>) => ({
      spacing: shot.spacing?.key,
      ends: [shot.pictures[0]!.key, shot.pictures.at(-1)!.key],
      between: shot.pictures.slice(1, -1).map((node) => node.key),
    })
    test('are placed by their pictures, all but the first and the last', () => {
      const shot = walk()
      expect(shot.pictures).toHaveLength(5)
      expect(shot.spacing).toMatchObject({ id: '1.1/spacing', count: 5 })
      expect(shot.pictures.map((node) => inputsOf(node).length)).toEqual([0, 1, 1, 1, 0])
      expect(inputsOf(shot.pictures[1]!)[0]).toBe(shot.spacing)
      expect(nodesOfShot(shot)[0]).toBe(shot.spacing)
    })
    test('with camera, seed, length and words', () => {
      const before = keyed(walk())
      expect(keyed(walk(', camera: push in'))).toEqual(before)
      const [seeded, longer, other] = [
        walk(', seed: 5'),
        walk(', keyframes: 0.25'),
        walk('', 'a fox, a dog, a bear'),
      ]
      expect(keyed(seeded).spacing).not.toBe(before.spacing)
      for (const shot of [longer, other]) {
        expect(keyed(shot).spacing).not.toBe(before.spacing)
        expect(keyed(shot).ends).toEqual(before.ends)
        expect(keyed(shot).between.filter((key) => before.between.includes(key))).toEqual([])
      }
    })
    test("are measured in a draft's steps", () => {
      expect(walk(', steps: 30').spacing!.probe.diffusion).toMatchObject({ steps: 10, decoder: 'full' })
    })
    test('have seeds of their own, each told', () => {
      const shot = walk('', '{prompt: a fox, seed: 3}, {prompt: a fox, seed: 9}')
      expect(
        shot.pictures.map((node) => node.kind === 'keyframe' && node.diffusion.seed).slice(0, 1),
      ).toEqual([3])
      expect(shot.pictures.at(-1)).toMatchObject({ diffusion: { seed: 9 } })
      expect(shot.spacing!.manifest).toContainEqual(['seeds', [3, 9]])
      const other = walk('', '{prompt: a fox, seed: 3}, {prompt: a fox, seed: 8}')
      expect(manifestChanges(shot.pictures[1]!.manifest, other.pictures[1]!.manifest)).toEqual([
        'seeds changed: 3 9 → 3 8',
        'spacing changed',
      ])
      expect(walk().spacing!.manifest.some(([name]) => name === 'seeds')).toBe(false)
    })
    test('need no measuring where there is nothing to place', () => {
      expect(walk(', keyframes: 9').spacing).toBeNull()
      expect(walk('', 'a fox, a fox').spacing).toBeNull()
      expect(planOf('- a fox').shots[0]!.spacing).toBeNull()
    })
    test('change with a word of any prompt, and say so', () => {
      const [before, after] = [walk(), walk('', 'a fox, a dog, a bear')]
      expect(manifestChanges(before.pictures[1]!.manifest, after.pictures[1]!.manifest)).toEqual([
        'prompt 2 changed: "a cat" → "a dog"',
        'spacing changed',
      ])
    })
  })
  test('paints at the native size nearest in shape', () => {
    const sizes = facts.models.get('storybook')!.sizes
    expect(nearestAspect(sizes, { width: 1920, height: 1080 })).toEqual(sizes[0])
    expect(nearestAspect(sizes, { width: 1080, height: 1080 })).toEqual(sizes[1])
  })
})

describe('reasons', () => {
  const before = [
    ['kind', 'keyframe 1'],
    ['model digest', 'd1'],
    ['prompt', [['a fox', 1]]],
    ['seed', 1],
    ['input from', 'k1'],
  ] as const
  test('say what changed', () => {
    const after = [
      ['kind', 'keyframe 1'],
      ['model digest', 'd2'],
      [
        'prompt',
        [
          ['a fox', 0.5],
          ['a cat', 0.5],
        ],
      ],
      ['steps', 3],
      ['input from', 'k2'],
    ] as const
    expect(manifestChanges(before, after)).toEqual([
      'model files changed',
      'prompt changed: "a fox" → "a fox" ×0.50 + "a cat" ×0.50',
      'steps added: 3',
      'from changed',
      'seed removed',
    ])
    expect(manifestChanges(before, before)).toEqual([])
  })
  test('tell new, evicted and damaged nodes apart', () => {
    const node = { ...planOf('shots: [a fox]').shots[0]!.pictures[0]! }
    const history = { [node.id]: node.manifest }
    expect(reasonFor(node, 'present', {})).toBeNull()
    expect(reasonFor(node, 'missing', {})).toBe('new')
    expect(reasonFor(node, 'missing', history)).toBe('no longer in the cache')
    expect(reasonFor(node, 'damaged', history)).toBe('damaged in the cache')
  })
  test('a key is the digest of its manifest', () => {
    expect(keyOf(before)).toMatch(/^[0-9a-f]{64}$/)
    expect(keyOf(before)).not.toBe(keyOf(before.slice(1)))
  })
})

describe('files that change a model', () => {
  const digests = new Map([
    ['a.pt', 'd1'],
    ['b.pt', 'd2'],
    ['x/a.pt', 'd1'],
  ])
  const manifestOf = (diffusion: Partial<Diffusion>) => {
    const board = checkScript('shots: [a fox]', 'film.yaml').storyboard!
    const shots = board.shots.map((shot) =>
      shot.take.kind === 'diffused'
        ? { ...shot, take: { ...shot.take, diffusion: { ...shot.take.diffusion, ...diffusion } } }
        : shot,
    )
    return makePlan({ ...board, shots }, { ...facts, files: digests }).shots[0]!.pictures[0]!.manifest
  }
  const loras = (...weights: [string, number][]) =>
    manifestOf({ loras: weights.map(([file, weight]) => ({ file, weight })) })
  const words = (file: string, word: string | null = null) => manifestOf({ embeddings: [{ file, word }] })

  test('are in the manifest by their bytes, wherever they lie', () => {
    expect(loras(['a.pt', 0.5], ['b.pt', 1])).toContainEqual(['LoRA weights', [0.5, 1]])
    expect(loras(['x/a.pt', 0.5])).toEqual(loras(['a.pt', 0.5]))
    expect(loras(['a.pt', 0.5])).not.toEqual(loras(['a.pt', 0.6]))
    expect(loras(['a.pt', 0.5])).not.toEqual(loras(['b.pt', 0.5]))
    expect(words('x/a.pt')).toEqual(words('a.pt'))
    expect(loras()).toEqual(manifestOf({}))
    expect(() => loras(['c.pt', 1])).toThrow('c.pt')
    expect(() => words('c.pt')).toThrow('c.pt')
  })
  test('LoRAs count in any order, but each with its own weight', () => {
    expect(loras(['b.pt', 1], ['a.pt', 0.5])).toEqual(loras(['a.pt', 0.5], ['b.pt', 1]))
    expect(loras(['b.pt', 0.5], ['a.pt', 1])).not.toEqual(loras(['a.pt', 0.5], ['b.pt', 1]))
  })
  test('learned words count by what they are called', () => {
    expect(words('a.pt', 'misty')).not.toEqual(words('a.pt'))
  })
})

test('a picture that a keyframe is painted from counts by its bytes, with mask, strength and encoder', () => {
  const { storyboard } = checkScript('shots: [{prompt: a fox, seed: 1}]', 'film.yaml')
  const [shot] = storyboard!.shots
  const taken = shot!.take
  if (taken.kind !== 'diffused') throw new Error('the shot is diffused')
  const keyOfSource = (source: DiffusionSource | undefined, more: Partial<PlanFacts> = {}) => {
    const take: Take = { ...taken, diffusion: { ...taken.diffusion, ...(source ? { source } : {}) } }
    const plan = makePlan({ ...storyboard!, shots: [{ ...shot!, take }] }, { ...facts, files, ...more })
    return plan.shots[0]!.pictures[0]!.key
  }
  const files = new Map([
    ['a.png', 'p1'],
    ['b.png', 'p2'],
  ])
  const source = { image: 'a.png', mask: null, strength: 0.5 }
  const encoder = new Map([['storybook', { ...facts.models.get('storybook')!, vaeEncoder: 'e2' }]])
  const all = [
    keyOfSource(undefined),
    keyOfSource(source),
    keyOfSource({ ...source, image: 'b.png' }),
    keyOfSource({ ...source, mask: 'b.png' }),
    keyOfSource({ ...source, strength: 0.6 }),
    keyOfSource(source, { models: encoder }),
  ]
  expect(new Set(all).size).toBe(all.length)
  expect(keyOfSource(source, { files: new Map([['a.png', 'p2']]) })).toBe(
    keyOfSource({ ...source, image: 'b.png' }),
  )
  expect(() => keyOfSource({ ...source, image: 'c.png' })).toThrow('c.png')
})
