import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { check, plan, render, studio } from 'storyreel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { decodePicture, encodePng } from '../../dist/image/picture.js'
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js'
import { probeVideo } from '../../dist/video/probe.js'
import { openPlace, type Place, smallFilm } from './storyreel.js'

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const good = async (...args: string[]) => {
  const run = await place.run(args)
  expect(run.code, run.stderr).toBe(0)
  return run.stdout
}
const picture = (name: string) => decodePicture(readFileSync(place.file(name)))

describe('still', () => {
  test('paints a PNG and tells how, the same for the same seed', async () => {
    const still = ['still', 'a fox in a meadow', '--seed', '3', '--size', '160x96', '--json']
    const told = JSON.parse(await good(...still, '-o', 'a.png'))
    expect(told).toMatchObject({
      output: 'a.png',
      width: 160,
      height: 96,
      seed: 3,
      model: 'storybook',
      device: 'cpu',
    })
    expect(told.timings.unet.length).toBeGreaterThan(0)
    expect(told.timings.total).toBeGreaterThan(0)
    expect(await picture('a.png')).toMatchObject({ width: 160, height: 96 })
    await good(...still, '-o', 'b.png')
    expect(readFileSync(place.file('b.png')).equals(readFileSync(place.file('a.png')))).toBe(true)
    await good(...still.with(3, '4'), '-o', 'c.png')
    expect(readFileSync(place.file('c.png')).equals(readFileSync(place.file('a.png')))).toBe(false)
  })
  test('takes LoRAs, by weight; one that does not fit is one clear error', async () => {
    const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname
    const still = ['still', 'a fox', '--model', golden('tiny-sd'), '--steps', '2', '--cache-dir', 'cache']
    await good(...still, '-o', 'plain.png')
    await good(...still, '--lora', `${golden('lora/kohya.safetensors')}:0.5`, '-o', 'a.png')
    expect(readFileSync(place.file('a.png')).equals(readFileSync(place.file('plain.png')))).toBe(false)
    expect(existsSync(place.file('cache/objects'))).toBe(true)
    const run = await place.run([...still, '--lora', golden('lora/xl-peft.safetensors'), '-o', 'b.png'])
    expect(run.code).toBe(3)
    expect(run.stderr).toMatch(/^storyreel: the LoRA .*xl-peft\.safetensors is made for .*\n.*same family/)
    expect(existsSync(place.file('b.png'))).toBe(false)
    expect((await place.run([...still, '--lora', 'style:much', '-o', 'b.png'])).code).toBe(2)
  })
  test('takes learned words; one that does not fit, or would run code, is one clear error', async () => {
    const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url).pathname
    const file = (name: string) => golden(`textual-inversion/${name}`)
    const still = [
      'still',
      'a (sepia:1.2) fox',
      '--model',
      golden('tiny-sd'),
      '--steps',
      '2',
      '--cache-dir',
      'cache',
    ]
    await good(...still, '-o', 'plain.png')
    await good(
      ...still,
      '--embedding',
      `sepia=${file('old-style.pt')}`,
      '--embedding',
      file('concept.safetensors'),
      '-o',
      'a.png',
    )
    expect(readFileSync(place.file('a.png')).equals(readFileSync(place.file('plain.png')))).toBe(false)
    const run = await place.run([...still, '--embedding', file('runs-system.pt'), '-o', 'b.png'])
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('posix.system') })
    const wide = await place.run([...still, '--embedding', file('large.safetensors'), '-o', 'b.png'])
    expect(wide).toMatchObject({ code: 3, stderr: expect.stringContaining('16 and 24 numbers') })
    const unsaid = await place.run([...still, '--embedding', file('misty.safetensors'), '-o', 'c.png'])
    expect(unsaid).toMatchObject({ code: 0, stderr: expect.stringContaining("neither prompt says 'misty'") })
  })

  test('refuses a size that the model cannot paint', async () => {
    const run = await place.run(['still', 'a fox', '-o', 'a.png', '--size', '161x96'])
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(/161x96/)
    expect(existsSync(place.file('a.png'))).toBe(false)
  })
})

describe('tween', () => {
  const flat = (value: number, width = 30, height = 20) =>
    encodePng({ width, height, data: new Uint8Array(width * height * 3).fill(value) })

  test('numbers the in-betweens alone, or makes a film with both ends', async () => {
    writeFileSync(place.file('a.png'), await flat(0))
    writeFileSync(place.file('b.png'), await flat(200, 60, 40))
    expect(
      (await good('tween', 'a.png', 'b.png', '-n', '3', '--model', 'blend', '-o', 'x-%03d.png'))
        .split('\n')
        .slice(0, 3),
    ).toEqual(['x-001.png', 'x-002.png', 'x-003.png'])
    expect((await picture('x-002.png')).data[0]).toBe(100)
    expect(await picture('x-002.png')).toMatchObject({ width: 30, height: 20 })
    await good('tween', 'a.png', 'b.png', '-n', '3', '-o', 'x.mp4')
    const host = nodeHost()
    expect(await probeVideo(host, await findFfmpeg(host), place.file('x.mp4'))).toMatchObject({
      frames: 5,
      width: 30,
    })
  })
  test('says which picture it cannot read', async () => {
    writeFileSync(place.file('a.png'), 'no picture')
    const run = await place.run(['tween', 'a.png', 'none.png', '-o', 'x.mp4'])
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(/a\.png/)
  })
})

describe('the other verbs', () => {
  test('new writes a script that checks, and never over another one', async () => {
    expect(await good('new', 'story.yaml')).toBe('story.yaml\n')
    expect(await good('check', 'story.yaml', '--format', 'json')).toBe('[]\n')
    const again = await place.run(['new', 'story.yaml'])
    expect(again.code).toBe(2)
    expect(again.stderr).toMatch(/is there already/)
  })

  test('explain tells every shot with its nodes and reasons', async () => {
    place.write('film.yaml', smallFilm(['{prompt: a fox, duration: 3f}', '{card: The End, duration: 3f}']))
    const explain = async () => JSON.parse(await good('explain', 'film.yaml', '--json')).shots
    const [fox, card] = await explain()
    expect(fox).toMatchObject({
      id: '1.1',
      start: 0,
      frames: 3,
      prompt: 'a fox',
      model: 'storybook',
      line: 6,
    })
    expect(fox.nodes.map((n: { kind: string; reason: string }) => [n.kind, n.reason])).toEqual([
      ['keyframe', 'new'],
      ['segment', 'new'],
    ])
    expect(card).toMatchObject({
      start: 3,
      prompt: 'The End',
      nodes: [{ kind: 'card' }, { kind: 'segment' }],
    })
    await good('render', 'film.yaml')
    expect(
      (await explain()).flatMap((s: { nodes: { cached: boolean }[] }) => s.nodes.map((n) => n.cached)),
    ).toEqual([true, true, true, true])
    expect(await good('explain', 'film.yaml')).toContain('Everything is up to date.')
    expect(await good('explain', 'film.yaml', '-o', 'other.mp4')).toContain('Only the film would be joined')
    place.write('film.yaml', readFileSync(place.file('film.yaml'), 'utf8').replace('a fox', 'a bear'))
    expect((await explain())[0].nodes[0].reason).toBe('prompt changed: "a fox" → "a bear"')
    expect(await good('explain', 'film.yaml')).toContain('prompt changed: "a fox" → "a bear"')
  })

  test('cache tells its size and is cleaned', async () => {
    place.write('film.yaml', smallFilm(['{card: One, duration: 3f}']))
    await good('render', 'film.yaml')
    expect(JSON.parse(await good('cache', 'status', '--json'))).toMatchObject({ artefacts: 3 })
    expect(await good('cache', 'clean', '--all')).toMatch(/removed 3 artefacts/)
    expect(JSON.parse(await good('cache', 'status', '--json'))).toMatchObject({ artefacts: 0, bytes: 0 })
  })

  test('doctor finds everything, or says what is missing', async () => {
    const found = JSON.parse(await good('doctor', '--json'))
    expect(found).toMatchObject({ ok: true })
    expect(found.findings.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['ffmpeg', 'storybook', 'in-betweens']),
    )
    const cpu = found.findings.find(({ name }: { name: string }) => name === 'device cpu')
    expect(cpu).toMatchObject({ state: 'ok', detail: expect.stringMatching(/^decodes 320x192 in /) })
    const run = await place.run(['doctor'], { env: { FFMPEG_PATH: '/nonexistent' } })
    expect(run.code).toBe(3)
    expect(run.stdout).toMatch(/FAIL {2}ffmpeg/)
  })

  test.each(['render', 'check', 'explain', 'still', 'tween', 'new', 'doctor', 'cache status', 'cache clean'])(
    '%s --help has an example',
    async (verb) => {
      expect(await good(...verb.split(' '), '--help')).toMatch(
        /Examples?:\n {2}storyreel |Examples?:\n {2}cat /,
      )
    },
  )

  test('--version prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await good('--version')).toBe(`${version}\n`)
  })
})

test('the library checks, plans and renders', async () => {
  const { value: storyboard, diagnostics } = check(smallFilm(['{card: One, duration: 3f}']), {
    file: 'film.yaml',
  })
  expect(diagnostics).toEqual([])
  const using = studio({ cacheFolder: place.file('cache') })
  const film = await plan(storyboard!, using)
  const done = await render(film, { output: place.file('film.mp4'), studio: using })
  expect(done).toMatchObject({ frames: 3, nodes: { rendered: { card: 1, segment: 1, movie: 1 } } })
  expect(check('shots: [{}]').value).toBeNull()
})
