// Many scripts as CI renders them: one run, one cache, reports, locks, and what changed.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPngText } from '../../src/image/png-text.js'
import { readXmpBox } from '../../src/video/xmp-box.js'
import { openPlace, type Place, smallFilm } from './storyreel.js'

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const fox = '{prompt: a fox in a meadow, duration: 3f}'
const json = (name: string) => JSON.parse(readFileSync(place.file(name), 'utf8'))

describe('render of many scripts', () => {
  beforeEach(() => {
    mkdirSync(place.file('scripts'))
    place.write('scripts/a.yaml', smallFilm([fox, '{prompt: a boat on the sea, duration: 3f}']))
    place.write('scripts/b.yaml', smallFilm([fox, '{card: The end, duration: 3f}']))
    place.write('scripts/broken.yaml', 'shots:\n  - {prompt: a fox, camra: hold}\n')
    place.write('scripts/notes.txt', 'no script')
  })

  test('a broken one stops no other; what they share is made once; reports say it all', async () => {
    mkdirSync(place.file('films'))
    const args = ['render', 'scripts', '-o', 'films', '--progress', 'json']
    const run = await place.run([...args, '--report', 'junit.xml'])
    expect(run.code).toBe(1)
    expect(readdirSync(place.file('films')).sort()).toEqual(['a.mp4', 'b.mp4'])
    expect(run.stdout.trim().split('\n')).toEqual([place.file('films/a.mp4'), place.file('films/b.mp4')])
    const painted = run.events.filter((event) => event.event === 'start' && event.kind === 'keyframe')
    expect(painted).toHaveLength(2)
    const ends = run.events.filter(({ event }) => event === 'done' || event === 'failed')
    expect(ends).toMatchObject([
      { event: 'done', script: 'scripts/a.yaml' },
      { event: 'done', script: 'scripts/b.yaml' },
      { event: 'failed', script: 'scripts/broken.yaml', exitCode: 1 },
    ])
    const report = readFileSync(place.file('junit.xml'), 'utf8')
    expect(report).toContain('tests="3" failures="1"')
    expect(report).toContain('scripts/broken.yaml:2:21: error:')

    // As the next run of CI: all is there.
    const again = await place.run(['render', 'scripts', '-o', 'films', '--report', 'report.json'])
    expect(again.stderr).toMatch(/2 films, 1 failed/)
    expect(json('report.json').results[0]).toMatchObject({
      script: 'scripts/a.yaml',
      done: { nodes: { rendered: {} } },
    })
  })

  test('--fail-fast stops at the first', async () => {
    renameSync(place.file('scripts/broken.yaml'), place.file('scripts/0.yaml'))
    const run = await place.run(['render', 'scripts', '--fail-fast', '--progress', 'plain'])
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/0 films, 1 failed, 2 not reached/)
    expect(run.stdout).toBe('')
  })

  test('wrong command lines', async () => {
    const refused = async (...args: string[]) => {
      const run = await place.run(['render', ...args])
      expect(run.stdout).toBe('')
      return [run.code, run.stderr.split('\n')[0]]
    }
    expect(await refused('scripts', '-o', 'film.mp4')).toEqual([2, expect.stringMatching(/it is a folder/)])
    expect(await refused('scripts', '--report', 'report.txt')).toEqual([2, expect.stringMatching(/\.xml/)])
    expect(await refused('scripts', '--locked', '--draft')).toEqual([2, expect.stringMatching(/--locked/)])
    mkdirSync(place.file('empty'))
    expect(await refused('empty')).toEqual([3, expect.stringMatching(/no scripts/)])
  })
})

describe('a locked film', () => {
  const locked = (...more: string[]) =>
    place.run(['render', 'film.yaml', '--locked', '--progress', 'none', ...more])

  test('is made as it was reviewed, or not at all', async () => {
    place.write('film.yaml', smallFilm([fox]))
    expect((await locked()).code).toBe(1)
    expect((await place.run(['lock', 'film.yaml'])).stdout).toBe(`${place.file('storyreel.lock')}\n`)
    expect((await locked()).code).toBe(0)
    const before = readFileSync(place.file('film.mp4'))

    place.write('film.yaml', smallFilm(['{prompt: a cat in a meadow, duration: 3f}']))
    const changed = await locked()
    expect([changed.code, changed.stderr]).toEqual([1, expect.stringMatching(/shot 1\.1 changed/)])
    expect(readFileSync(place.file('film.mp4')).equals(before)).toBe(true)

    place.write('film.yaml', smallFilm([fox]))
    const lock = json('storyreel.lock')
    lock.films['film.yaml'].runtime = 'onnxruntime-node 1.0.0'
    writeFileSync(place.file('storyreel.lock'), JSON.stringify(lock))
    const other = await locked()
    expect([other.code, other.stderr]).toEqual([
      3,
      expect.stringMatching(/runtime: onnxruntime-node 1\.0\.0 was reviewed/),
    ])
    writeFileSync(place.file('storyreel.lock'), '{')
    expect((await locked()).code).toBe(3)
  })

  test('notices an edited included file and another font', async () => {
    place.write('world.yaml', 'cast:\n  FOX: an orange fox\n')
    place.write(
      'film.yaml',
      smallFilm(
        ['{prompt: FOX in a meadow, duration: 3f}', '{card: The end, duration: 3f}'],
        ['include: world.yaml'],
      ),
    )
    expect((await place.run(['lock', 'film.yaml'])).code).toBe(0)
    expect((await locked()).code).toBe(0)
    place.write('world.yaml', 'cast:\n  FOX: a grey fox\n')
    const edited = await locked()
    expect([edited.code, edited.stderr]).toEqual([1, expect.stringMatching(/shot 1\.1 changed/)])
    place.write('world.yaml', 'cast:\n  FOX: an orange fox\n')
    const lock = json('storyreel.lock')
    lock.films['film.yaml'].font = 'f'.repeat(64)
    writeFileSync(place.file('storyreel.lock'), JSON.stringify(lock))
    const other = await locked()
    expect([other.code, other.stderr]).toEqual([3, expect.stringMatching(/font: ffffffffffff was reviewed/)])
  })

  test('notices another model of the same name', async () => {
    mkdirSync(place.file('models'))
    const models = { STORYREEL_MODELS_DIR: place.file('models') }
    cpSync(new URL('../../models/storybook', import.meta.url), place.file('models/mine'), { recursive: true })
    place.write('film.yaml', smallFilm([fox], ['model: mine']))
    expect((await place.run(['lock', 'film.yaml'], { env: models })).code).toBe(0)
    writeFileSync(
      place.file('models/mine/scheduler/scheduler_config.json'),
      '{"_class_name": "DDIMScheduler"}',
    )
    const run = await place.run(['render', 'film.yaml', '--locked'], { env: models })
    expect([run.code, run.stderr]).toEqual([
      3,
      expect.stringMatching(/model mine: [0-9a-f]{12} was reviewed/),
    ])
  })
})

describe('what a film says of itself', () => {
  test('in its file and beside it', async () => {
    place.write('film.yaml', smallFilm([fox]))
    expect((await place.run(['render', 'film.yaml', '--sidecar'])).code).toBe(0)
    const sidecar = json('film.json')
    expect(sidecar).toMatchObject({
      digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
      frames: 3,
      models: [{ name: 'storybook', licence: 'MIT' }],
      shots: [{ id: '1.1', keyframes: [{ prompt: [{ prompt: 'a fox in a meadow', weight: 1 }], steps: 1 }] }],
    })
    const xmp = readXmpBox(readFileSync(place.file('film.mp4')))
    expect(xmp).toContain(sidecar.digitalSourceType)
    expect(xmp).toContain(`sha256:${sidecar.script.sha256}`)
  })

  test('pictures too', async () => {
    expect((await place.run(['still', 'a fox', '-o', 'fox.png'])).code).toBe(0)
    expect(readPngText(readFileSync(place.file('fox.png')))['XML:com.adobe.xmp']).toContain(
      'trainedAlgorithmicMedia',
    )
  })
})

describe('diff', () => {
  test('names the shots that changed and shows them', async () => {
    place.write('old.yaml', smallFilm([fox, '{prompt: a boat on the sea, duration: 3f}']))
    place.write('new.yaml', smallFilm([fox, '{prompt: a boat on the stormy sea, duration: 3f}']))
    const run = await place.run(['diff', 'old.yaml', 'new.yaml', '--json', '-o', 'changes.png'])
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(JSON.parse(run.stdout).changes).toMatchObject([
      {
        change: 'changed',
        before: { id: '1.2' },
        after: { id: '1.2' },
        reasons: [expect.stringMatching(/^prompt changed/)],
      },
    ])
    const { width, height } = pngSize(readFileSync(place.file('changes.png')))
    expect([width, height]).toEqual([664, 248])
    expect((await place.run(['diff', 'old.yaml', 'old.yaml'])).stdout).toBe('No shot changed.\n')
  })
})

describe('a cache for CI', () => {
  test('holds what the script needs, and makes the next run one join', async () => {
    place.write('film.yaml', smallFilm([fox]))
    place.write('other.yaml', smallFilm(['{prompt: a bear in a forest, duration: 3f}']))
    expect((await place.run(['render', 'film.yaml', 'other.yaml'])).code).toBe(0)
    const exported = await place.run(['cache', 'export', 'film.yaml', '-o', 'kept'])
    expect([exported.code, exported.stdout]).toEqual([0, expect.stringMatching(/^3 artefacts copied/)])
    const before = readFileSync(place.file('film.mp4'))
    for (const name of ['cache', 'film.mp4']) rmSync(place.file(name), { recursive: true })
    expect((await place.run(['cache', 'import', 'kept'])).stdout).toMatch(/^3 artefacts copied/)
    const run = await place.run(['render', 'film.yaml', '--progress', 'json'])
    expect(run.events.at(-1)).toMatchObject({ nodes: { rendered: { movie: 1 } } })
    expect(readFileSync(place.file('film.mp4')).equals(before)).toBe(true)
    expect((await place.run(['cache', 'import', 'nowhere'])).code).toBe(3)
    expect(existsSync(place.file('nowhere'))).toBe(false)
  })
})

const pngSize = (png: Buffer) => ({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) })
