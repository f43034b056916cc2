// Pictures, LoRAs and learned words in scripts, by the tiny model.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPlace, type Place, type Run, smallFilm } from './storyreel.js'
import { descendantsOf, startWatching, type Watching } from './watching.js'

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url))
let place: Place
let watching: Watching | null = null
beforeEach(async () => {
  place = openPlace()
  cpSync(golden('tiny-sd'), place.file('tiny'), { recursive: true })
  cpSync(golden('images/vae_encoder'), place.file('tiny/vae_encoder'), { recursive: true })
  cpSync(golden('lora/kohya.safetensors'), place.file('style.safetensors'))
  cpSync(golden('textual-inversion/concept.safetensors'), place.file('concept.safetensors'))
  await paint('sea.png', '#2060a0')
})
afterEach(async () => {
  await watching?.end('SIGKILL')
  watching = null
  place.remove()
})

const paint = async (name: string, background: string) =>
  writeFileSync(
    place.file(name),
    await sharp({ create: { width: 400, height: 400, channels: 3, background } })
      .png()
      .toBuffer(),
  )
const HEAD = ['model: ./tiny', "cast: {TOM: {looks: a boy, lora: 'style.safetensors:0.9'}}"]
const write = (...shots: string[]) => place.write('film.yaml', smallFilm(shots, HEAD))
/** The file of an artefact in the cache. */
const cached = (key: string) => {
  const names = readdirSync(place.file('cache'), { recursive: true }) as string[]
  return place.file(`cache/${names.find((name) => name.includes(key))}`)
}
const render = (...more: string[]) => place.run(['render', 'film.yaml', '--progress', 'json', ...more])
const made = ({ events }: Pick<Run, 'events'>) => events.flatMap((e) => (e.event === 'end' ? [e.id] : []))
const pictures = async (): Promise<Record<string, string>> => {
  const { stdout } = await place.run(['explain', 'film.yaml', '--json'])
  const { shots } = JSON.parse(stdout) as { shots: { id: string; nodes: { key: string }[] }[] }
  return Object.fromEntries(shots.map(({ id, nodes }) => [id, nodes[0]!.key]))
}

describe('a picture', () => {
  test('is shown, or painted from, and only its shots are made again when it changes', async () => {
    await paint('field.png', '#30a040')
    write(
      '{id: sea, image: sea.png, duration: 6f}',
      '{id: boat, image: sea.png, prompt: a boat, strength: 0.6, steps: 4, duration: 6f}',
      '{id: field, image: field.png, duration: 6f}',
      '{id: fox, prompt: a fox, duration: 6f}',
    )
    const first = await render()
    expect(first).toMatchObject({ code: 0 })
    expect(made(first)).toContain('sea/image')
    expect(made(first)).toContain('boat/keyframe 1')
    await paint('sea.png', '#a02020')
    const second = await render()
    expect(made(second).sort()).toEqual(
      ['boat/keyframe 1', 'boat/segment', 'movie', 'sea/image', 'sea/segment'].sort(),
    )
    expect(made(await render())).toEqual([])
  })

  test('that is shown keeps its colour, cut to the shape of the film', async () => {
    await sharp({ create: { width: 300, height: 100, channels: 3, background: '#2060a0' } })
      .composite([
        {
          input: Buffer.from('<svg width="40" height="100"><rect width="40" height="100" fill="red"/></svg>'),
          left: 0,
          top: 0,
        },
      ])
      .png()
      .toFile(place.file('wide.png'))
    write('{id: wide, image: wide.png, duration: 6f}')
    expect(await render()).toMatchObject({ code: 0 })
    const { wide } = await pictures()
    const { data, info } = await sharp(cached(wide!)).raw().toBuffer({ resolveWithObject: true })
    expect(info.width / info.height).toBeCloseTo(320 / 192, 1)
    expect([...data.subarray(0, 3)]).toEqual([0x20, 0x60, 0xa0])
  })

  test('is watched', async () => {
    write('{id: sea, image: sea.png, duration: 6f}', '{id: field, prompt: a field, duration: 6f}')
    watching = startWatching(place, ['film.yaml'])
    await watching.until('idle')
    await wait(1000)
    const models = descendantsOf(watching.child.pid!)
    expect(models.length).toBeGreaterThan(0)
    const from = watching.events.length
    await paint('sea.png', '#ffffff')
    await watching.until('idle', { from })
    const ids = watching.events.slice(from).flatMap((e) => (e.event === 'end' ? [e.id] : []))
    expect(ids).toEqual(['sea/image', 'sea/segment', 'movie'])
    // What is open stays open: the models have not changed.
    expect(descendantsOf(watching.child.pid!)).toEqual(models)
  })

  test('that a model can not paint from is an error at the shot', async () => {
    write('{prompt: a fox}', '{image: sea.png, prompt: a fox, strength: 0.1, steps: 4}')
    const run = await place.run(['render', 'film.yaml'])
    expect(run.stderr).toContain('film.yaml:9: with 4 steps, a strength of 0.1 leaves none to take')
  })
})

describe('LoRAs and learned words', () => {
  test("a shot's own and those of its members change the pictures of that shot", async () => {
    write(
      '{id: plain, prompt: a boy, duration: 6f}',
      '{id: tom, prompt: TOM, duration: 6f}',
      '{id: same, prompt: a boy, lora: style.safetensors:0.9, duration: 6f}',
      '{id: less, prompt: a boy, lora: {file: style.safetensors, weight: 0.3}, duration: 6f}',
      '{id: word, prompt: a boy, embedding: boy=concept.safetensors, duration: 6f}',
    )
    expect(await render()).toMatchObject({ code: 0 })
    const { plain, tom, same, less, word } = await pictures()
    expect(same).toBe(tom)
    expect(new Set([plain, tom, less, word]).size).toBe(4)
    const bytes = [plain, tom, less, word].map((key) => readFileSync(cached(key!)).toString('base64'))
    expect(new Set(bytes).size).toBe(4)
    // The file is what counts, not its name.
    cpSync(place.file('style.safetensors'), place.file('other.safetensors'))
    write('{id: tom, prompt: a boy, lora: other.safetensors:0.9, duration: 6f}')
    expect((await pictures()).tom).toBe(tom)
  })

  test('one that does not fit the model is told at the shot, before anything is painted', async () => {
    cpSync(golden('lora/xl-peft.safetensors'), place.file('xl.safetensors'))
    write('{prompt: a fox}', '{prompt: a cat, lora: xl.safetensors}')
    const run = await render()
    expect(run).toMatchObject({ code: 3 })
    expect(run.stderr).toContain('film.yaml:9: ')
    expect(made(run)).toEqual([])
    cpSync(golden('textual-inversion/large.safetensors'), place.file('large.safetensors'))
    write('{prompt: a cat, embedding: large.safetensors}')
    expect((await place.run(['explain', 'film.yaml'])).stderr).toContain('16 and 24 numbers')
  })

  test('one that is missing is an error at its place, and good once it is there', async () => {
    write('{prompt: a fox, lora: late.safetensors}')
    const run = await place.run(['check', '--format', 'short', 'film.yaml'])
    expect(run).toMatchObject({ code: 1 })
    expect(run.stdout).toBe('film.yaml:8:27: error: there is no file "late.safetensors" [file/missing]\n')
    watching = startWatching(place, ['film.yaml'])
    await watching.until('script', { where: (e) => e.isBroken })
    cpSync(place.file('style.safetensors'), place.file('late.safetensors'))
    await watching.until('idle')
  })
})

describe('members of the cast', () => {
  const film = (member: string, ...shots: string[]) =>
    place.write('film.yaml', smallFilm(shots, ['model: ./tiny', `cast: {TOM: {looks: a boy${member}}}`]))

  test('with a seed, a reference or a model of their own change the pictures that they are in, and no others', async () => {
    const shots = [
      '{id: tom, prompt: TOM on the left, duration: 6f}',
      '{id: fox, prompt: a fox, duration: 6f}',
    ]
    film('', ...shots)
    expect(made(await render())).toHaveLength(5)
    for (const member of [', seed: 7', ', seed: 8', ', reference: sea.png']) {
      film(member, ...shots)
      expect(made(await render()).sort()).toEqual(['movie', 'tom/keyframe 1', 'tom/segment'])
    }
    await paint('sea.png', '#a02020')
    expect(made(await render()).sort()).toEqual(['movie', 'tom/keyframe 1', 'tom/segment'])
    cpSync(place.file('tiny'), place.file('tom-model'), { recursive: true })
    film(', model: ./tom-model', ...shots)
    const { stdout } = await place.run(['explain', 'film.yaml', '--json'])
    expect(JSON.parse(stdout).shots.map(({ model }: { model: string }) => model)).toEqual([
      './tom-model',
      './tiny',
    ])
  })

  test('a reference for a model without an encoder is an error at the shot', async () => {
    cpSync(golden('tiny-sd'), place.file('blind'), { recursive: true })
    film(', reference: sea.png', '{prompt: a fox}', '{prompt: TOM, model: ./blind}')
    const run = await place.run(['render', 'film.yaml'])
    expect(run.stderr).toContain("film.yaml:9: the model ./blind can't paint from a picture")
  })
})
