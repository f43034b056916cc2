import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PlanExplanation } from '../../src/render/explain-plan.js'
import { openPlace, type Place, type Run, type RunOptions, smallFilm } from './storyreel.js'

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const render = (more: string[] = [], options: RunOptions = {}) =>
  place.run(['render', 'film.yaml', '--progress', 'json', ...more], options)
const done = (run: Run) => {
  expect(run.code, run.stderr).toBe(0)
  const last = run.events.at(-1)
  if (last?.event !== 'done') throw new Error(`the last event is ${last?.event}`)
  return last
}
const explain = async (): Promise<PlanExplanation> =>
  JSON.parse((await place.run(['explain', 'film.yaml', '--json'])).stdout)
const film = (shots: string[], interpolation = 'film') =>
  place.write('film.yaml', smallFilm(shots, [`interpolation: ${interpolation}`]))
const kinds = (run: Run, event: string) => run.events.filter((e) => e.event === event)

const fox = '{id: fox, walk: [a fox on the left in a meadow, a fox in a meadow], duration: 9f, keyframes: 9}'
const far =
  '{id: far, walk: [a fox on the left in a meadow, a fox on the right in a meadow], duration: 9f, keyframes: 9}'
const leap = '{id: leap, walk: [a fox in a forest, a boat on the sea], duration: 9f, keyframes: 9}'

describe('in-betweens of a film', () => {
  test('are judged, told, explained, the same for any --jobs, and not made again for a camera', async () => {
    const shots = [fox, leap]
    film(shots)
    const first = await render(['--jobs', '1'])
    expect(done(first).nodes.rendered).toMatchObject({ inbetween: 2, keyframe: 4, segment: 2 })
    expect(kinds(first, 'plan')).toMatchObject([{ toInterpolate: 14 }])
    expect(kinds(first, 'inbetweens').at(-1)).toMatchObject({ done: 14, total: 14 })
    expect(kinds(first, 'motion')).toMatchObject([
      { id: 'fox/inbetween 1', shot: 'fox', line: 7, motion: 'morph', why: 'alike' },
      { id: 'leap/inbetween 1', shot: 'leap', line: 8, motion: 'dissolve', why: 'too different' },
    ])
    expect(kinds(first, 'warning')).toMatchObject([
      { message: expect.stringMatching(/^film\.yaml:8: shot leap: .* too different to morph/) },
    ])
    done(await render(['--jobs', '3', '--cache-dir', 'other', '-o', 'other.mp4']))
    expect(readFileSync(place.file('other.mp4')).equals(readFileSync(place.file('film.mp4')))).toBe(true)

    const explained = await explain()
    const verdicts = explained.shots.map(
      (shot) => shot.nodes.find((node) => node.kind === 'inbetween')!.verdict,
    )
    expect(verdicts).toMatchObject([
      { motion: 'morph', why: 'alike', likeness: expect.any(Number) },
      { motion: 'dissolve', why: 'too different', likeness: expect.any(Number) },
    ])
    const listed = await place.run(['explain', 'film.yaml'])
    expect(listed.stdout).toMatch(
      /in-betweens 1: dissolve: too different \(likeness 0\.\d\d, 0\.70 is needed\)/,
    )

    film([fox.replace('}', ', camera: push in}'), leap])
    expect(done(await render()).nodes.rendered).toEqual({ segment: 1, movie: 1 })
    film([fox, leap.replace('}', ', motion: cut}')])
    const cut = await render()
    expect(done(cut).nodes.rendered).toEqual({ segment: 1, movie: 1 })
    expect(kinds(cut, 'warning')).toEqual([])
    expect((await explain()).shots.map((shot) => shot.motion)).toEqual([null, 'cut'])
    film(shots, 'blend')
    const blended = await render()
    expect(done(blended).nodes).toMatchObject({ rendered: { inbetween: 2 }, reused: { keyframe: 4 } })
    expect(kinds(blended, 'warning')).toEqual([])
  })

  test('go through a match cut, and dissolve where its pictures have nothing in common', async () => {
    film([
      '{id: left, prompt: a fox on the left in a meadow, duration: 8f}',
      '{id: middle, prompt: a fox in a meadow, duration: 8f, transition: match cut 3f}',
      '{id: forest, prompt: a fox in a forest, duration: 8f, transition: morph 3f}',
      '{id: boat, prompt: a boat on the sea, duration: 8f, transition: match cut 3f}',
    ])
    const run = await render()
    expect(done(run)).toMatchObject({
      frames: 23,
      nodes: { rendered: { frame: 6, inbetween: 3, segment: 4 } },
    })
    const told = kinds(run, 'motion').toSorted(
      (x, y) => Number('line' in x && x.line) - Number('line' in y && y.line),
    )
    expect(told).toMatchObject([
      { id: 'middle/match cut', shot: 'middle', line: 8, motion: 'morph', why: 'alike' },
      { id: 'forest/morph', shot: 'forest', line: 9, motion: 'morph', why: 'asked' },
      { id: 'boat/match cut', shot: 'boat', line: 10, motion: 'dissolve', why: 'too different' },
    ])
    expect(kinds(run, 'warning')).toMatchObject([
      {
        message: expect.stringMatching(
          /^film\.yaml:10: shot boat: .* so the match cut dissolves; `morph` overrules it/,
        ),
      },
    ])
    expect(done(await render()).nodes.rendered).toEqual({})
  })

  test('which would ghost dissolve, with a warning, unless they are asked for', async () => {
    film([far])
    const run = await render()
    done(run)
    expect(kinds(run, 'motion')).toMatchObject([
      { id: 'far/inbetween 1', motion: 'dissolve', why: 'ghosts', detail: expect.any(Number) },
    ])
    expect(kinds(run, 'warning')).toMatchObject([
      {
        message: expect.stringMatching(
          /^film\.yaml:7: shot far: two neighbouring keyframes would ghost in a morph \(detail 0\.\d\d, 0\.90 is needed\)/,
        ),
      },
    ])
    expect((await place.run(['explain', 'film.yaml'])).stdout).toMatch(
      /in-betweens 1: dissolve: a morph would ghost/,
    )
    film([far.replace('}', ', motion: morph}')])
    const asked = await render()
    expect(done(asked).nodes.rendered).toEqual({ inbetween: 1, segment: 1, movie: 1 })
    expect(kinds(asked, 'warning')).toEqual([])
  })

  test('are encoded while they are made', async () => {
    film([fox.replace('9f', '80f').replace('keyframes: 9', 'keyframes: 20')])
    const run = await render()
    done(run)
    const at = (matches: (event: (typeof run.events)[number]) => boolean) => run.events.findIndex(matches)
    const encoded = at((e) => e.event === 'frames' && e.done > 1)
    const made = at((e) => e.event === 'end' && e.kind === 'inbetween')
    expect(encoded).toBeGreaterThan(0)
    expect(encoded).toBeLessThan(made)
  })

  test('an interrupt ends them with 130, and leaves nothing', async () => {
    film([fox.replace('9f', '400f').replace('keyframes: 9', 'keyframes: 60')])
    const run = await render([], {
      onEvent: (event, kill) => event.event === 'inbetweens' && event.done < 300 && kill('SIGINT'),
    })
    expect(run.code, run.stderr).toBe(130)
    expect(readdirSync(place.file('cache/tmp'))).toEqual([])
    expect(readdirSync(place.folder)).not.toContain('film.mp4')
  })
})

test.each([
  ['none', /film\.yaml:5: there is no interpolation model called "none"/],
  ['./none', /film\.yaml:5: no interpolation model at \.\/none/],
  ['./broken.onnx', /broken\.onnx/],
])('a film with the interpolation %s ends with one clear line', async (name, message) => {
  writeFileSync(place.file('broken.onnx'), 'no model')
  film([fox], name)
  const run = await place.run(['render', 'film.yaml', '--progress', 'none'])
  expect(run.code, run.stderr).toBe(3)
  expect(run.stderr).toMatch(message)
  expect(run.stderr).not.toMatch(/^\s+at /m)
  expect(run.stderr.trim().split('\n').length).toBeLessThanOrEqual(3)
})
