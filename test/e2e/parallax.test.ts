import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodePicture } from '../../dist/image/picture.js'
import { openPlace, type Place, smallFilm } from './storyreel.js'

const DEPTH = new URL('../golden/depth/bright', import.meta.url).pathname

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const render = async () => {
  const run = await place.run([
    'render',
    'film.yaml',
    '--progress',
    'json',
    '--cache-dir',
    place.file('cache'),
  ])
  expect(run.code, run.stderr).toBe(0)
  const last = run.events.at(-1)
  if (last?.event !== 'done') throw new Error(`the last event is ${last?.event}`)
  return last.nodes
}

const fox = '{id: fox, prompt: a fox in a meadow, duration: 6f, camera: "pan left, parallax"}'
const walk =
  '{id: walk, walk: [a cat in a meadow, a bear in a meadow], duration: 9f, keyframes: 9, camera: "push in, parallax"}'

test('a film with parallax: depth by layout, by a model, and nothing painted again', {
  timeout: 120_000,
}, async () => {
  place.write('film.yaml', smallFilm([fox, walk]))
  expect((await render()).rendered).toMatchObject({ keyframe: 3, depth: 3, segment: 2 })
  const layout = readFileSync(place.file('film.mp4'))
  expect((await render()).rendered).toEqual({})

  const { shots } = JSON.parse(
    (await place.run(['explain', 'film.yaml', '--json', '--cache-dir', place.file('cache')])).stdout,
  )
  const { key } = shots[0].nodes.find(({ kind }: { kind: string }) => kind === 'depth')
  const folder = place.file(`cache/objects/${key.slice(0, 2)}`)
  const map = await decodePicture(
    readFileSync(`${folder}/${readdirSync(folder).find((name) => name.startsWith(key))}`),
  )
  const near = (x: number, y: number) =>
    map.data[(Math.floor(y * map.height) * map.width + Math.floor(x * map.width)) * 3]!
  expect(near(0.1, 0.98)).toBeGreaterThan(200)
  expect(near(0.95, 0.05)).toBeLessThan(30)

  place.write('film.yaml', smallFilm([fox, walk], [`depth: ${DEPTH}`]))
  expect((await render()).rendered).toEqual({ depth: 3, segment: 2, movie: 1 })
  expect(readFileSync(place.file('film.mp4')).equals(layout)).toBe(false)

  place.write('film.yaml', smallFilm([fox, walk], ['depth: ./nowhere']))
  const failed = await place.run(['render', 'film.yaml'])
  expect([failed.code, failed.stderr]).toEqual([
    3,
    expect.stringMatching(/film\.yaml:\d+: no depth model at \.\/nowhere/),
  ])
})
