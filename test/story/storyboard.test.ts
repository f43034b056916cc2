import { describe, expect, test } from 'vitest'
import { cameraText } from '../../src/story/camera-text.js'
import { checkScript } from '../../src/story/check.js'
import { sceneSeed } from '../../src/story/seed.js'
import type { Diffusion, Storyboard } from '../../src/story/types.js'

const boardOf = (text: string): Storyboard => {
  const { storyboard, diagnostics } = checkScript(text, 'x')
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([])
  return storyboard!
}
const diffusionOf = (board: Storyboard, shot: number): Diffusion => {
  const { take } = board.shots[shot]!
  if (take.kind !== 'diffused') throw new Error('a card')
  return take.diffusion
}

describe('settings', () => {
  test('a film that says nothing', () => {
    const board = boardOf('- a boat\n')
    expect(board).toMatchObject({
      title: '',
      size: { width: 960, height: 576 },
      fps: { num: 24, den: 1 },
      frames: 72,
    })
    expect(board.shots[0]).toMatchObject({
      id: '1.1',
      text: 'a boat',
      camera: { zoom: [1, 1], shake: 0, seed: 0 },
      transition: { kind: 'cut' },
      line: 1,
    })
    expect(diffusionOf(board, 0)).toEqual({
      model: 'storybook',
      seed: 0,
      steps: null,
      guidance: null,
      scheduler: null,
      negative: '',
    })
  })

  test('shot over scene over defaults over film', () => {
    const text = `steps: 1
guidance: 1
negative: film
model: film
defaults: {guidance: 2, negative: defaults, model: defaults}
scenes:
  - negative: scene
    model: scene
    shots:
      - {prompt: a, model: shot}
`
    expect(diffusionOf(boardOf(text), 0)).toMatchObject({
      steps: 1,
      guidance: 2,
      negative: 'scene',
      model: 'shot',
    })
  })

  test('motion is set like the others, and left to the pictures where nothing is said', () => {
    const text = `motion: hold
scenes:
  - shots: [a, {walk: [a, b], motion: CUT}]
  - motion: dissolve
    shots: [a]
`
    const motions = (script: string) =>
      boardOf(script).shots.map(({ take }) => (take.kind === 'diffused' ? take.motion : undefined))
    expect(motions(text)).toEqual(['hold', 'cut', 'dissolve'])
    expect(motions(text.replace('motion: hold', 'defaults: {motion: morph}'))).toEqual([
      'morph',
      'cut',
      'dissolve',
    ])
    expect(motions('- a\n')).toEqual([null])
  })

  test('a walk goes from seed to seed where its prompts have some', () => {
    const board = boardOf(
      'seed: 4\nshots: [{walk: [{prompt: a fox, seed: 3}, a fox, {prompt: a cat, seed: 9}], duration: 2s}]',
    )
    const { take } = board.shots[0]!
    if (take.kind !== 'diffused') throw new Error('not diffused')
    expect(take.waypoints!.map(({ seed }) => seed)).toEqual([3, 4, 9])
    expect(take.keyframes.map(({ seed, towards }) => [seed, towards])).toEqual([
      [3, null],
      [3, { seed: 4, amount: expect.closeTo(0.5, 1) }],
      [4, expect.anything()],
      [4, { seed: 9, amount: expect.closeTo(0.5, 1) }],
      [9, null],
    ])
    const held = boardOf('seed: 4\nshots: [{walk: [a fox, a cat]}]').shots[0]!.take
    expect(
      held.kind === 'diffused' && held.keyframes.every(({ seed, towards }) => seed === 4 && !towards),
    ).toBe(true)
  })

  test('a walk from one age to another passes the looks between', () => {
    const cast =
      'cast:\n  TOM: {looks: {8: a boy, 30: a man, 75: an old man}, outfits: {storm: in a raincoat}}\n  ANN: {looks: {10: a girl, 50: a woman}}\n  FOX: a fox\n'
    const passed = (walk: string) => {
      const { take } = boardOf(`${cast}shots: [{walk: [${walk}]}]`).shots[0]!
      return take.kind === 'diffused'
        ? take.waypoints!.map(({ prompt }) => prompt.map((p) => p.prompt).join(' + '))
        : []
    }
    expect(passed('TOM@8 in a meadow, TOM@75 in a meadow')).toEqual([
      'a boy in a meadow',
      'a man in a meadow',
      'an old man in a meadow',
    ])
    expect(passed('TOM@75, TOM@8')).toEqual(['an old man', 'a man', 'a boy'])
    expect(passed('TOM@8@storm and FOX, TOM@75@storm and FOX')).toHaveLength(3)
    // Both grow older: ANN has a look at 50 when TOM, half way there, is between two of his.
    expect(passed('TOM@8 and ANN@30, TOM@75 and ANN@70')[2]).toMatch(
      /^a man and a woman \+ an old man and a woman$/,
    )
    expect(passed('TOM@8 in a meadow, TOM@75 in a forest')).toHaveLength(2)
    expect(passed('TOM@8, FOX')).toHaveLength(2)
    expect(passed('TOM@30, TOM@30')).toHaveLength(2)
    expect(passed('TOM@8, TOM@30, TOM@75')).toHaveLength(3)
  })

  test('a shake has the seed of its shot, and only a shake has one', () => {
    const board = boardOf(
      'seed: 5\nshots:\n  - {prompt: a, camera: push in}\n  - {prompt: a, camera: shake, seed: 9}\n  - {card: a, camera: shake}\n',
    )
    expect(board.shots.map(({ camera }) => cameraText(camera))).toEqual([
      'zoom 1 to 1.25',
      'shake 0.3 by seed 9',
      'shake 0.3 by seed 5',
    ])
    expect(board.shots.map(({ camera }) => camera.seed)).toEqual([0, 9, 5])
  })

  test('a camera in words and numbers', () => {
    const text =
      'shots:\n  - {prompt: a, camera: {zoom: 1.5, pan: [-0.5, 1], roll: 3, ease: out}}\n  - {prompt: a, camera: {tilt: [-1, 1]}}\n  - a\n  - {prompt: a, camera: {zoom: 2, ease: out}}\n'
    expect(boardOf(text).shots.map(({ camera }) => cameraText(camera))).toEqual([
      'zoom 1.5, pan -0.5 to 1, roll 3, ease out',
      'zoom 1.25, tilt -1 to 1',
      'hold',
      'zoom 2',
    ])
  })

  test('ids are given or numbers, lines are those of the file', () => {
    const board = boardOf(
      'title: x\nscenes:\n  - shots: [a, b]\n  - shots:\n      - {prompt: c, id: sea}\n      - d\n',
    )
    expect(board.shots.map((shot) => [shot.id, shot.scene, shot.line])).toEqual([
      ['1.1', 0, 3],
      ['1.2', 0, 3],
      ['sea', 1, 5],
      ['2.2', 1, 6],
    ])
    expect(board.scenes.map((scene) => [scene.name, scene.line])).toEqual([
      ['scene 1', 3],
      ['scene 2', 4],
    ])
  })

  test('cards are not diffused', () => {
    expect(boardOf('shots: [{card: The End}]').shots[0]).toMatchObject({
      text: 'The End',
      take: { kind: 'card', text: 'The End' },
    })
  })
})

describe('seeds', () => {
  const seedsOf = (text: string) => boardOf(text).shots.map((_, i) => diffusionOf(boardOf(text), i).seed)

  test('a scene has one, a place has one, and adding a scene changes no other', () => {
    const scenes = (first: string) =>
      `seed: 7\nscenes:\n${first}  - {scene: EXT. SEA - DAY, shots: [a, b]}\n  - {scene: INT. HUT - DAY, shots: [c]}\n  - {scene: EXT. SEA - NIGHT, shots: [d]}\n`
    const [a, b, c, d] = seedsOf(scenes(''))
    expect([b, d]).toEqual([a, a])
    expect(c).not.toBe(a)
    expect(seedsOf(scenes('  - {scene: EXT. MOON - DAY, shots: [x]}\n')).slice(1)).toEqual([a, b, c, d])
  })

  test('explicit ones win, the film’s is used where there is no place', () => {
    expect(seedsOf('seed: 7\nshots:\n  - a\n  - {prompt: b, seed: 9}\n')).toEqual([7, 9])
    expect(
      seedsOf('seed: 7\nscenes:\n  - {scene: EXT. SEA - DAY, seed: 3, shots: [a, {prompt: b, seed: 9}]}\n'),
    ).toEqual([3, 9])
  })

  test('derived seeds never change: films depend on them', () => {
    expect([sceneSeed(0, 'harbour'), sceneSeed(7, 'harbour'), sceneSeed(7, null)]).toEqual([
      3894328072, 3894328079, 7,
    ])
    expect(sceneSeed(0xffffffff, 'harbour')).toBe(3894328071)
  })
})

describe('transitions', () => {
  const transitionsOf = (text: string) => boardOf(text).shots.map(({ transition }) => transition)

  test("a scene's transition is the one into the scene", () => {
    const text = 'scenes:\n  - shots: [a, b]\n  - {transition: dissolve 1s, shots: [c, d]}\n'
    expect(transitionsOf(text).map(({ kind }) => kind)).toEqual(['cut', 'cut', 'dissolve', 'cut'])
  })

  test('defaults hold for all shots but the first of the film', () => {
    const text = 'defaults: {transition: dissolve 12f}\nshots: [a, b, {prompt: c, transition: cut}]\n'
    expect(transitionsOf(text)).toEqual([{ kind: 'cut' }, { kind: 'dissolve', frames: 12 }, { kind: 'cut' }])
  })

  test('a look is the scene’s, and a shot may have none', () => {
    const text = 'scenes:\n  - shots: [a]\n  - {look: sepia, shots: [b, {prompt: c, look: none}]}\n'
    expect(checkScript(text, 'x').storyboard!.shots.map(({ look }) => look)).toEqual([
      'none',
      'sepia',
      'none',
    ])
  })

  test('a dissolve overlaps, a fade does not', () => {
    const board = boardOf(
      'shots: [a, {prompt: b, transition: dissolve 1s}, {prompt: c, transition: fade white 1s}]\n',
    )
    expect(board.shots.map(({ start, frames }) => [start, frames])).toEqual([
      [0, 72],
      [48, 72],
      [120, 72],
    ])
    expect(board.frames).toBe(192)
    expect(board.shots[2]!.transition).toEqual({ kind: 'fade', frames: 24, color: 0xffffff })
  })

  test('a fade into the first shot is seen in its whole length', () => {
    expect(transitionsOf('- {prompt: a, transition: fade black 1s}\n')).toEqual([
      { kind: 'fade', frames: 48, color: 0 },
    ])
    const { diagnostics, storyboard } = checkScript('- {prompt: a, transition: dissolve 1s}\n', 'x')
    expect(diagnostics.map((d) => d.code)).toEqual(['transition/first'])
    expect(storyboard!.shots[0]!.transition).toEqual({ kind: 'fade', frames: 48, color: 0 })
  })

  test('transitions may use up a shot, not more', () => {
    const codes = (out: string) =>
      checkScript(
        `- a\n- {prompt: b, duration: 48f, transition: dissolve 24f}\n- {prompt: c, transition: dissolve ${out}}\n`,
        'x',
      ).diagnostics.map((d) => d.code)
    expect(codes('24f')).toEqual([])
    expect(codes('25f')).toEqual(['transition/too-long'])
  })
})

describe('walks', () => {
  const keyframesOf = (text: string) => {
    const { take } = boardOf(text).shots[0]!
    return take.kind === 'diffused' ? take.keyframes : []
  }

  test('keyframes are half a second apart, the first and the last frame among them', () => {
    const keyframes = keyframesOf('- {walk: [a, b, c], duration: 49f}\n')
    expect(keyframes.map(({ frame }) => frame)).toEqual([0, 12, 24, 36, 48])
    expect(keyframes.map(({ prompt }) => prompt)).toEqual([
      [{ prompt: 'a', weight: 1 }],
      [
        { prompt: 'a', weight: 0.5 },
        { prompt: 'b', weight: 0.5 },
      ],
      [{ prompt: 'b', weight: 1 }],
      [
        { prompt: 'b', weight: 0.5 },
        { prompt: 'c', weight: 0.5 },
      ],
      [{ prompt: 'c', weight: 1 }],
    ])
  })

  test('`keyframes` sets their distance, and there is never more than one to a frame', () => {
    expect(keyframesOf('- {walk: [a, b], duration: 25f, keyframes: 1}\n').map(({ frame }) => frame)).toEqual([
      0, 24,
    ])
    expect(
      keyframesOf('- {walk: [a, b], duration: 3f, keyframes: 0.05}\n').map(({ frame }) => frame),
    ).toEqual([0, 1, 2])
    expect(keyframesOf('- {walk: [a, b], duration: 1f}\n').map(({ frame }) => frame)).toEqual([0])
  })
})

test('the example of the language page has no faults', async () => {
  const { readFileSync } = await import('node:fs')
  const page = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8')
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!)
  expect(examples.length).toBeGreaterThanOrEqual(6)
  for (const example of examples) expect(checkScript(example, 'x').diagnostics).toEqual([])
})

test('the language page names every key', async () => {
  const { readFileSync } = await import('node:fs')
  const { KEYS } = await import('../../src/script/keys.js')
  const page = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8')
  const keys = Object.values(KEYS).flat() as string[]
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([])
})
