import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js'
import { probeVideo } from '../../dist/video/probe.js'
import { openPlace, type Place, type Run, smallFilm } from './storyreel.js'

const host = nodeHost()
const probe = async (path: string) => probeVideo(host, await findFfmpeg(host), path)

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const render = (...more: string[]) => place.run(['render', 'film.yaml', '--progress', 'json', ...more])
const done = (run: Run) => {
  expect(run.code, run.stderr).toBe(0)
  const last = run.events.at(-1)
  if (last?.event !== 'done') throw new Error(`the last event is ${last?.event}`)
  return last
}
const film = () => readFileSync(place.file('film.mp4'))
const artefacts = (extension: string) =>
  (readdirSync(place.file('cache/objects'), { recursive: true }) as string[])
    .filter((name) => name.endsWith(extension))
    .map((name) => place.file(join('cache/objects', name)))
const temporaries = () =>
  [place.folder, place.file('cache/tmp')]
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => /\.\d+\.[0-9a-f]{12}\./.test(name))

const threeShots = [
  '{prompt: a fox in a meadow, duration: 6f, camera: push in}',
  '{prompt: a boat on the sea, duration: 8f, transition: dissolve 3f}',
  '{prompt: a lighthouse at night, duration: 6f, transition: fade black 4f}',
]

describe('render', () => {
  test('makes a film of the planned length, and nothing when nothing changed', async () => {
    place.write('film.yaml', smallFilm(threeShots))
    const first = done(await render())
    expect(first).toMatchObject({
      frames: 17,
      nodes: { rendered: { keyframe: 3, segment: 3, movie: 1 }, reused: {} },
    })
    expect(await probe(place.file('film.mp4'))).toMatchObject({
      frames: 17,
      width: 320,
      height: 192,
      fps: { num: 12, den: 1 },
    })
    const before = film()
    const second = done(await render())
    expect(second.nodes).toEqual({ rendered: {}, reused: { keyframe: 3, segment: 3, movie: 1 } })
    expect(film().equals(before)).toBe(true)
    expect(temporaries()).toEqual([])
  })

  test('makes again only what a change touches', async () => {
    const shots = Array.from({ length: 20 }, (_, i) => {
      const prompt = `a ${['fox', 'cat', 'dog', 'bear', 'boat'][i % 5]} in the ${['forest', 'meadow', 'harbour', 'mountains'][i % 4]}`
      return `{id: s${i}, prompt: ${prompt}, duration: 4f, transition: ${i % 2 && i > 0 ? 'dissolve 1f' : 'cut'}}`
    })
    place.write('film.yaml', smallFilm(shots))
    done(await render())

    const word = shots.with(6, shots[6]!.replace('cat', 'rabbit'))
    place.write('film.yaml', smallFilm(word))
    expect(done(await render()).nodes.rendered).toEqual({ keyframe: 1, segment: 2, movie: 1 })

    const camera = word.with(8, word[8]!.replace('}', ', camera: push in}'))
    place.write('film.yaml', smallFilm(camera))
    expect(done(await render()).nodes.rendered).toEqual({ segment: 2, movie: 1 })

    const cutsOnly = camera.map((s) => s.replace('dissolve 1f', 'cut'))
    place.write('film.yaml', smallFilm(cutsOnly))
    done(await render())
    place.write('film.yaml', smallFilm([...cutsOnly.slice(10), ...cutsOnly.slice(0, 10)]))
    expect(done(await render()).nodes.rendered).toEqual({ movie: 1 })
  })

  test('makes the same bytes with another cache, and after three kills on the way', async () => {
    place.write('film.yaml', smallFilm(threeShots))
    done(await render())
    const expected = film()
    done(await render('--cache-dir', 'other', '-o', 'other.mp4'))
    expect(readFileSync(place.file('other.mp4')).equals(expected)).toBe(true)

    for (const kill of [1, 2, 3]) {
      let ended = 0
      const run = await place.run(
        ['render', 'film.yaml', '--progress', 'json', '--cache-dir', 'killed', '-o', 'killed.mp4'],
        { onEvent: (event, send) => event.event === 'end' && ++ended === kill && send('SIGKILL') },
      )
      expect(run.code).toBeNull()
      expect(existsSync(place.file('killed.mp4'))).toBe(false)
    }
    const last = done(await render('--cache-dir', 'killed', '-o', 'killed.mp4'))
    expect(last.nodes.reused.keyframe).toBeGreaterThan(0)
    expect(readFileSync(place.file('killed.mp4')).equals(expected)).toBe(true)
    expect(readdirSync(place.file('killed/tmp'))).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 130, the old film untouched', async (signal) => {
    place.write('film.yaml', smallFilm(threeShots))
    writeFileSync(place.file('film.mp4'), 'the old film')
    const run = await place.run(['render', 'film.yaml', '--progress', 'json'], {
      onEvent: (event, kill) => event.event === 'end' && event.kind === 'keyframe' && kill(signal),
    })
    expect(run.code, run.stderr).toBe(130)
    expect(film().toString()).toBe('the old film')
    expect(temporaries()).toEqual([])
    expect(run.events.at(-1)).toMatchObject({ event: 'failed', exitCode: 130 })
  })

  test('notices a flipped byte in the cache and makes that node again', async () => {
    place.write('film.yaml', smallFilm(threeShots))
    done(await render())
    const before = film()
    const [segment] = artefacts('.mp4')
    const bytes = readFileSync(segment!)
    bytes[200]! ^= 1
    writeFileSync(segment!, bytes)
    writeFileSync(place.file('film.mp4'), 'overwritten')
    const explained = await place.run(['explain', 'film.yaml', '--json'])
    expect(explained.stdout).toContain('damaged in the cache')
    expect(done(await render()).nodes.rendered).toMatchObject({ segment: 1, movie: 1 })
    expect(film().equals(before)).toBe(true)
  })

  test('walks through prompts with in-betweens, cards in type, and scripts from stdin', async () => {
    const script = smallFilm([
      '{walk: [a fox in a meadow, a bear in a meadow], duration: 9f, keyframes: 0.25}',
      '{card: The End, duration: 3f}',
    ])
    const run = await place.run(['render', '-', '-o', 'film.mp4', '--progress', 'json'], { stdin: script })
    expect(done(run).nodes.rendered).toMatchObject({ card: 1, segment: 2 })
    expect(done(run).nodes.rendered.inbetween).toBeGreaterThanOrEqual(2)
    expect((await probe(place.file('film.mp4'))).frames).toBe(12)
  })

  test('renders a part of the film by shots or line', async () => {
    place.write('film.yaml', smallFilm(threeShots))
    expect(done(await render('--shots', '2-3', '-o', 'part.mp4')).frames).toBe(14)
    expect((await probe(place.file('part.mp4'))).frames).toBe(14)
    expect(done(await render('--line', '6', '-o', 'line.mp4')).frames).toBe(6)
    const wrong = await render('--shots', '9')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain("no shot '9'")
  })

  test('--draft and --set change the film, --no-cache leaves nothing', async () => {
    place.write('film.yaml', smallFilm(threeShots))
    done(await render('--draft', '-o', 'draft.mp4', '--no-cache'))
    expect(await probe(place.file('draft.mp4'))).toMatchObject({ width: 106, height: 64, frames: 17 })
    expect(existsSync(place.file('cache'))).toBe(false)
    done(await render('--set', 'fps=24', '--set', 'size=480x288', '-o', 'set.mp4'))
    expect(await probe(place.file('set.mp4'))).toMatchObject({ width: 480, fps: { num: 24, den: 1 } })
  })

  test('two renders at once make the same film', async () => {
    place.write('film.yaml', smallFilm(threeShots))
    const runs = await Promise.all([render(), render()])
    for (const run of runs) done(run)
    expect((await probe(place.file('film.mp4'))).frames).toBe(17)
    expect(temporaries()).toEqual([])
    expect(done(await render()).nodes.rendered).toEqual({})
  })

  test('works with the ffmpeg that comes from npm when PATH has none', async () => {
    place.write('film.yaml', smallFilm(threeShots))
    const run = await place.run(['render', 'film.yaml', '--progress', 'json'], {
      env: { PATH: '/nonexistent' },
    })
    expect(done(run).frames).toBe(17)
    expect((await probe(place.file('film.mp4'))).frames).toBe(17)
  })
})
