// What the embedded model knows, as a user meets it.

import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openPlace, type Place } from './storyreel.js'

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

test('models show prints facts and words; of any folder the facts', async () => {
  const shown = await place.run(['models', 'show', 'storybook'])
  expect(shown.code, shown.stderr).toBe(0)
  expect(shown.stdout).toMatch(/^licence +MIT$/m)
  expect(shown.stdout).toMatch(/^digest +[0-9a-f]{64}$/m)
  expect(shown.stdout).toMatch(/^ {2}boat \(.*\bship\b/m)

  const told = JSON.parse((await place.run(['models', 'show', 'storybook', '--json'])).stdout)
  expect(told).toMatchObject({
    name: 'storybook',
    isEmbedded: true,
    family: 'sd1',
    licence: 'MIT',
    problem: null,
    sizes: [{ width: 320, height: 192 }, {}, {}],
    defaults: { steps: 1 },
    vocabulary: { model: 'storybook', groups: { figure: { fox: expect.arrayContaining(['fox']) } } },
  })

  const tiny = new URL('../golden/tiny-sd', import.meta.url).pathname
  const folder = JSON.parse((await place.run(['models', 'show', tiny, '--json'])).stdout)
  expect(folder).toMatchObject({ isEmbedded: false, licence: null, vocabulary: null, sizes: [{ width: 16 }] })
})

test('models show fails for what is no model', async () => {
  const run = await place.run(['models', 'show', 'storibook'])
  expect([run.code, run.stderr]).toEqual([3, expect.stringContaining('did you mean storybook?')])
})

test('check and render tell what is not drawn, and go on', async () => {
  const shots = 'size: 320x192\nfps: 12\nshots:\n  - {prompt: a submarine and a cat, duration: 2f}\n'
  place.write('film.yaml', shots)
  const message =
    'film.yaml:4:16: warning: storybook does not know "submarine"; nearest: "boat" [model/unknown-word]\n'
  expect(await place.run(['check', '--format', 'short', 'film.yaml'])).toMatchObject({
    code: 0,
    stdout: message,
  })
  const human = await place.run(['check', 'film.yaml'])
  expect(human.stdout).toMatch(/\^{9}\n {2}hint: write "boat"; `storyreel models show storybook` lists/)
  const rendered = await place.run(['render', 'film.yaml', '--progress', 'none'])
  expect(rendered.code, rendered.stderr).toBe(0)
  expect(rendered.stderr).toContain(message)
  const tiny = new URL('../golden/tiny-sd', import.meta.url).pathname
  place.write('other.yaml', `model: ${tiny}\n${shots}`)
  expect(await place.run(['check', 'other.yaml'])).toMatchObject({ code: 0, stdout: '' })
})

test('a draft is another picture, made by fewer means', async () => {
  const still = (...flags: string[]) =>
    place.run(['still', 'a cat', '--seed', '1', '--size', '160x96', '--json', ...flags])
  const full = await still('-o', 'full.png')
  const draft = await still('-o', 'draft.png', '--draft')
  expect([full.code, draft.code], full.stderr + draft.stderr).toEqual([0, 0])
  expect(JSON.parse(draft.stdout)).toMatchObject({ width: 160, height: 96 })
  expect(readFileSync(place.file('draft.png')).equals(readFileSync(place.file('full.png')))).toBe(false)
})
