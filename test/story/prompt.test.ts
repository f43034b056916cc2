import { describe, expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'

const blendOf = (text: string, shot = 0) => {
  const { storyboard, diagnostics } = checkScript(text, 'x')
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([])
  const { take } = storyboard!.shots[shot]!
  if (take.kind !== 'diffused') throw new Error('a card has no prompt')
  return take.keyframes[0]!.prompt
}
const promptOf = (text: string, shot = 0) => {
  const blend = blendOf(text, shot)
  expect(blend).toHaveLength(1)
  expect(blend[0]!.weight).toBe(1)
  return blend[0]!.prompt
}

const CAST = `cast:
  TOM:
    born: 1950
    looks:
      8: a boy with red hair in a yellow shirt
      30: a man with red hair in a blue coat
      75: an old man with a white beard in a blue coat
    outfits:
      storm: in a yellow raincoat
      crown: with a golden crown
  FOX: an orange fox
  "MRS. O'NEIL-SMITH": a lady
  小明: a child
`

describe('what a prompt is made of', () => {
  test('words, place, time, weather and style, in this order', () => {
    const text = `style: oil painting\nplaces: {harbour: a village by the sea}\nscenes:\n  - {scene: EXT. HARBOUR - DAWN - FOG, shots: [a boat]}\n`
    expect(promptOf(text)).toBe('a boat, a village by the sea, dawn, fog, oil painting')
  })

  test('a framing of the camera stands before the words, and is not said twice', () => {
    const framed = (camera: string, prompt: string, more = '') =>
      promptOf(`${CAST}${more}shots:\n  - {prompt: ${prompt}, camera: "${camera}"}\n`)
    expect(framed('close-up, push in', 'FOX by the sea')).toBe('close-up of an orange fox by the sea')
    expect(framed('wide shot', 'a boat on the left')).toBe('wide shot of a boat on the left')
    expect(framed('close-up', 'close-up of FOX')).toBe('close-up of an orange fox')
    expect(framed('close-up', 'FOX in a wide shot')).toBe('an orange fox in a wide shot')
    expect(framed('push in', 'FOX')).toBe('an orange fox')
    expect(promptOf('defaults: {camera: {framing: medium shot}}\nshots: [a fox]')).toBe(
      'medium shot of a fox',
    )
    expect(promptOf('defaults: {camera: close-up}\nshots: [{prompt: a fox, camera: pan left}]')).toBe('a fox')
  })

  test('a framing holds for every prompt of a walk', () => {
    const { take } = checkScript('shots: [{walk: [a fox, a cat], camera: close-up}]', 'x').storyboard!
      .shots[0]!
    expect(take).toMatchObject({
      waypoints: [
        { prompt: [{ prompt: 'close-up of a fox' }] },
        { prompt: [{ prompt: 'close-up of a cat' }] },
      ],
    })
  })

  test('empty parts are skipped', () => {
    expect(promptOf('- a boat\n')).toBe('a boat')
  })

  test('keys win over the slugline', () => {
    const text = `scenes:\n  - {scene: EXT. HARBOUR - DAWN - FOG, place: a beach, time: noon, weather: rain, shots: [a boat]}\n`
    expect(promptOf(text)).toBe('a boat, a beach, noon, rain')
  })

  test('an unknown place stands for its own words, without its capitals', () => {
    expect(promptOf('scenes:\n  - {scene: INT. OLD MILL - NIGHT, shots: [a cat]}\n')).toBe(
      'a cat, old mill, night',
    )
    expect(promptOf('scenes:\n  - {place: the Old Mill, shots: [a cat]}\n')).toBe('a cat, the Old Mill')
  })

  test('what is there already is not said again, as whole words', () => {
    const scene =
      'scenes:\n  - {scene: EXT. SEA - NIGHT, style: Storybook, shots: [a Sea at night in a storybook, seaside nightmare]}\n'
    expect(promptOf(scene, 0)).toBe('a Sea at night in a storybook')
    expect(promptOf(scene, 1)).toBe('seaside nightmare, sea, night, Storybook')
  })
})

describe('the cast', () => {
  test('a name stands for its look, first in full, then in short', () => {
    expect(promptOf(`${CAST}shots: [TOM@30 meets FOX. TOM@30 waves to FOX]`)).toBe(
      'a man with red hair in a blue coat meets an orange fox. the man waves to the orange fox',
    )
  })

  test('only whole words are names', () => {
    expect(promptOf(`${CAST}shots: [TOMBOLA and FOXES and MacTOM and Tom and 'FOX']`)).toBe(
      "TOMBOLA and FOXES and MacTOM and Tom and 'an orange fox'",
    )
  })

  test('names of several words, with signs, and without capitals', () => {
    expect(promptOf(`${CAST}shots: ["MRS. O'NEIL-SMITH 和小明在海边"]`)).toBe('a lady 和a child在海边')
  })

  test('an age or an outfit, in any order', () => {
    const boy = 'a boy with red hair in a yellow raincoat'
    expect(promptOf(`${CAST}shots: [TOM@8@storm]`)).toBe(boy)
    expect(promptOf(`${CAST}shots: [TOM@storm@8]`)).toBe(boy)
    expect(promptOf(`${CAST}shots: [TOM@8@crown]`)).toBe(
      'a boy with red hair in a yellow shirt with a golden crown',
    )
  })

  test('an outfit takes the place of the clothes wherever they stand in the look', () => {
    const worn = (look: string, outfit: string) =>
      promptOf(`cast:\n  TOM: {looks: "${look}", outfits: {a: "${outfit}"}}\nshots: [TOM@a]`)
    expect(worn('a man in a blue coat with a red beard', 'in a raincoat')).toBe(
      'a man in a raincoat with a red beard',
    )
    expect(worn('a man in a coat, with a hat', 'wearing armor')).toBe('a man wearing armor, with a hat')
    expect(worn('a woman with black hair, in a green dress', 'in a coat')).toBe(
      'a woman with black hair in a coat',
    )
    expect(worn('an inn keeper with one eye', 'in a coat')).toBe('an inn keeper with one eye in a coat')
  })

  test('two ages of one member are two people, also where they are blended of the same looks', () => {
    const texts = blendOf(`${CAST}shots: [TOM@19 meets TOM@52]`).map((term) => term.prompt)
    expect(texts).toHaveLength(4)
    expect(texts).toContain('a man with red hair in a blue coat meets a man with red hair in a blue coat')
    expect(promptOf(`${CAST}scenes: [{year: 1980, shots: [TOM meets TOM@30]}]`)).toBe(
      'a man with red hair in a blue coat meets the man',
    )
  })

  test('a full stop or an "s" behind a mention is not part of it', () => {
    expect(promptOf(`${CAST}shots: ["the boat of TOM@8. FOX's tail"]`)).toBe(
      "the boat of a boy with red hair in a yellow shirt. an orange fox's tail",
    )
  })

  test('the year of the scene gives the age', () => {
    expect(promptOf(`${CAST}scenes: [{year: 1980, shots: [TOM]}]`)).toBe('a man with red hair in a blue coat')
    expect(promptOf(`${CAST}scenes: [{year: 1980, shots: [TOM@75]}]`)).toBe(
      'an old man with a white beard in a blue coat',
    )
  })
})

describe('ages between two looks', () => {
  test('are a mixture of both, weighted by nearness, that sums to 1', () => {
    expect(blendOf(`${CAST}shots: [TOM@19]`)).toEqual([
      { prompt: 'a boy with red hair in a yellow shirt', weight: 0.5 },
      { prompt: 'a man with red hair in a blue coat', weight: 0.5 },
    ])
    const [heavy, light] = blendOf(`${CAST}scenes: [{year: 1963, shots: [TOM@storm at sea]}]`)
    expect(heavy!.prompt).toBe('a boy with red hair in a yellow raincoat at sea')
    expect(heavy!.weight).toBeCloseTo(17 / 22, 12)
    expect(light!.weight).toBeCloseTo(5 / 22, 12)
  })

  test('outside the looks the first and the last one hold', () => {
    expect(promptOf(`${CAST}shots: [TOM@1]`)).toContain('a boy')
    expect(promptOf(`${CAST}shots: [TOM@99]`)).toContain('an old man')
  })

  test('the same member is one and the same in a picture', () => {
    expect(blendOf(`${CAST}shots: [TOM@19 and TOM@19]`).map((term) => term.prompt)).toEqual([
      'a boy with red hair in a yellow shirt and the boy',
      'a man with red hair in a blue coat and the man',
    ])
  })

  test('several members multiply out, to four terms at most', () => {
    const aged = (name: string) =>
      `  ${name}: {looks: {0: young ${name.toLowerCase()}, 10: old ${name.toLowerCase()}}}\n`
    const cast = `cast:\n${['ANNA', 'BERT', 'CARL'].map(aged).join('')}`
    const two = blendOf(`${cast}shots: [ANNA@1 and BERT@4]`)
    expect(two.map((term) => term.weight)).toEqual([0.54, 0.36, 0.06, 0.04].map((w) => expect.closeTo(w, 12)))
    expect(two[0]!.prompt).toBe('young anna and young bert')
    const three = blendOf(`${cast}shots: [ANNA@1 and BERT@4 and CARL@2]`)
    expect(three).toHaveLength(4)
    expect(three.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
    expect(three[0]!.weight).toBeCloseTo(0.432 / (0.432 + 0.288 + 0.108 + 0.072), 12)
  })

  test('a crowd of them still ends', () => {
    const cast = `cast:\n${Array.from({ length: 40 }, (_, i) => `  P${i}X: {looks: {0: a${i}, 10: b${i}}}\n`).join('')}`
    const crowd = blendOf(`${cast}shots: [${Array.from({ length: 40 }, (_, i) => `P${i}X@3`).join(' ')}]`)
    expect(crowd).toHaveLength(4)
    expect(crowd.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
  })
})
