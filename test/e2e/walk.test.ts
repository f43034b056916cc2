// Walks painted by the embedded model: how evenly they go on to the eye.

import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodePicture, type Picture } from '../../dist/image/picture.js'
import type { PlanExplanation } from '../../src/render/explain-plan.js'
import { openPlace, type Place, smallFilm } from './storyreel.js'

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const lighthouse =
  '{id: light, walk: [a lighthouse by the sea at dawn, a lighthouse by the sea at day, a lighthouse by the sea at sunset, a lighthouse by the sea at night], duration: 48f, keyframes: 0.5, motion: hold}'
const snow =
  '{id: snow, walk: [a house in the mountains, a house in the mountains in snow], duration: 24f, keyframes: 0.2, motion: hold}'
const lives =
  '{id: life, walk: [a boy with red hair in a meadow, a man with red hair in a meadow, an old man with a white beard in a meadow], duration: 24f, keyframes: 0.25, motion: hold}'

const render = async (...more: string[]) => {
  const run = await place.run(['render', 'film.yaml', '--progress', 'json', ...more])
  expect(run.code, run.stderr).toBe(0)
  const last = run.events.at(-1)
  if (last?.event !== 'done') throw new Error(`the last event is ${last?.event}`)
  return last.nodes
}
const explain = async (): Promise<PlanExplanation['shots']> =>
  JSON.parse((await place.run(['explain', 'film.yaml', '--json'])).stdout).shots

/** Mean absolute differences of neighbouring keyframes: the largest over the median. */
async function unevenness({ nodes }: PlanExplanation['shots'][number], cache: string): Promise<number> {
  const pictures: Picture[] = []
  for (const { key } of nodes.filter(({ kind }) => kind === 'keyframe')) {
    const folder = `${cache}/objects/${key.slice(0, 2)}`
    const name = readdirSync(folder).find((file) => file.startsWith(key))!
    pictures.push(await decodePicture(readFileSync(`${folder}/${name}`)))
  }
  const steps = pictures.slice(1).map(({ data }, i) => {
    let sum = 0
    for (let k = 0; k < data.length; k++) sum += Math.abs(data[k]! - pictures[i]!.data[k]!)
    return sum
  })
  const sorted = steps.toSorted((a, b) => a - b)
  return sorted.at(-1)! / sorted[sorted.length >> 1]!
}

test('no part of a walk rushes', { timeout: 120_000 }, async () => {
  place.write('film.yaml', smallFilm([lighthouse, snow, lives]))
  const nodes = await render('--sidecar', '--cache-dir', place.file('cache'))
  expect(nodes.rendered).toMatchObject({ spacing: 3, keyframe: 9 + 11 + 9 })
  const shots = JSON.parse(
    (await place.run(['explain', 'film.yaml', '--json', '--cache-dir', place.file('cache')])).stdout,
  ).shots as PlanExplanation['shots']
  for (const shot of shots)
    expect([shot.id, (await unevenness(shot, place.file('cache'))) <= 2]).toEqual([shot.id, true])

  // The sidecar tells what was painted, not what even words would have been.
  const told = JSON.parse(readFileSync(place.file('film.json'), 'utf8')).shots[1].keyframes
  const snowy = told.map(
    ({ prompt }: { prompt: { prompt: string; weight: number }[] }) =>
      prompt.find((part) => part.prompt.includes('snow'))?.weight ?? 0,
  )
  expect(snowy).toEqual(snowy.toSorted((a: number, b: number) => a - b))
  expect([snowy[0], snowy.at(-1)]).toEqual([0, 1])
  expect(Math.abs(snowy[1] - 0.1)).toBeGreaterThan(0.05)
})

test('one prompt, from seed to seed', { timeout: 120_000 }, async () => {
  place.write(
    'film.yaml',
    smallFilm([
      '{walk: [{prompt: a fox in a meadow, seed: 3}, {prompt: a fox in a meadow, seed: 9}], duration: 12f, keyframes: 0.2, motion: hold}',
    ]),
  )
  const cache = place.file('cache')
  expect((await render('--sidecar', '--cache-dir', cache)).rendered).toMatchObject({
    spacing: 1,
    keyframe: 6,
  })
  const told = JSON.parse(readFileSync(place.file('film.json'), 'utf8')).shots[0].keyframes
  expect(told.map(({ seed }: { seed: number }) => seed)).toEqual([3, 3, 3, 3, 3, 9])
  expect(told[2].towards).toMatchObject({ seed: 9, amount: expect.any(Number) })
  expect(told[2].prompt).toEqual([{ prompt: 'a fox in a meadow', weight: 1 }])
  const [shot] = JSON.parse(
    (await place.run(['explain', 'film.yaml', '--json', '--cache-dir', cache])).stdout,
  ).shots
  expect(await unevenness(shot, cache)).toBeLessThan(2.5)
})

test('walks are made again only where they change, and the same each time', {
  timeout: 120_000,
}, async () => {
  place.write('film.yaml', smallFilm([snow]))
  expect((await render()).rendered).toEqual({ spacing: 1, keyframe: 11, segment: 1, movie: 1 })
  expect((await render()).rendered).toEqual({})
  await render('--cache-dir', 'other', '-o', 'other.mp4')
  expect(readFileSync(place.file('other.mp4')).equals(readFileSync(place.file('film.mp4')))).toBe(true)
  place.write('film.yaml', smallFilm([snow.replace('duration', 'camera: push in, duration')]))
  expect((await render()).rendered).toEqual({ segment: 1, movie: 1 })
  place.write('film.yaml', smallFilm([snow.replace('in snow', 'at night')]))
  const reasons = (await explain())[0]!.nodes.map(({ kind, reason }) => [kind, reason])
  expect(reasons[0]).toEqual([
    'spacing',
    'prompt 2 changed: "a house in the mountains in snow" → "a house in the mountains at night"',
  ])
  expect(reasons[1]).toEqual(['keyframe', null])
  expect(reasons[2]![1]).toContain('prompt 2 changed')
})
