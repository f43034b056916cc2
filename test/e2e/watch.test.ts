import { readFileSync, renameSync, rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPlace, type Place, smallFilm } from './storyreel.js'
import { descendantsOf, startWatching, type Watching } from './watching.js'

let place: Place
let watching: Watching | null = null
beforeEach(() => {
  place = openPlace()
})
afterEach(async () => {
  await watching?.end('SIGKILL')
  watching = null
  place.remove()
})

const shots = (word: string) => [
  '{id: one, prompt: a fox in a meadow, duration: 6f}',
  `{id: two, prompt: a ${word} on the sea, duration: 6f}`,
  '{id: three, prompt: a lighthouse at night, duration: 6f}',
]
const save = (word: string, head: string[] = []) => place.write('film.yaml', smallFilm(shots(word), head))
const broken = () => place.write('film.yaml', smallFilm(['{prompt: a fox, oops: 1}']))
const film = () => readFileSync(place.file('film.mp4'))

/** What was made from event `from` on. */
const made = ({ events }: Watching, from: number) =>
  events.slice(from).flatMap((e) => (e.event === 'end' ? [e.id] : []))

describe('watch', () => {
  test('makes the film, then what each save changes, and what a render makes', async () => {
    save('boat')
    watching = startWatching(place, ['film.yaml'])
    await watching.until('idle')
    const from = watching.events.length
    save('ship')
    await watching.until('idle', { from })
    expect(made(watching, from)).toEqual(['two/keyframe 1', 'two/segment', 'movie'])
    const watched = film()
    await place.run(['render', 'film.yaml', '--no-cache'])
    expect(film().equals(watched)).toBe(true)
  })

  test('a broken script keeps the film and tells its errors; the next good save clears them', async () => {
    save('boat')
    watching = startWatching(place, ['film.yaml'])
    await watching.until('idle')
    const before = film()
    broken()
    const told = await watching.until('script', { where: (e) => e.isBroken })
    expect(told.problems).toMatchObject([
      {
        severity: 'error',
        code: 'shot/unknown-key',
        line: 6,
        column: 21,
        source: '  - {prompt: a fox, oops: 1}',
      },
    ])
    const from = watching.events.length
    save('boat')
    expect(await watching.until('script', { from })).toMatchObject({ isBroken: false, problems: [] })
    await watching.until('idle', { from })
    expect(made(watching, from)).toEqual([])
    expect(film().equals(before)).toBe(true)
  })

  test('a broken script at the start is waited for', async () => {
    broken()
    watching = startWatching(place, ['film.yaml'])
    await watching.until('script', { where: (e) => e.isBroken })
    save('boat')
    await watching.until('done')
  })

  test('a save cancels what is stale, and makes the shot that changed first', async () => {
    const many = (word: string) =>
      smallFilm(
        Array.from({ length: 8 }, (_, i) => `{id: s${i}, prompt: a ${i === 6 ? word : 'fox'}, seed: ${i}}`),
      )
    place.write('film.yaml', many('cat'))
    watching = startWatching(place, ['film.yaml'])
    await watching.until('end', { where: (e) => e.kind === 'keyframe' })
    const from = watching.events.length
    place.write('film.yaml', many('dog'))
    await watching.until('cancelled')
    await watching.until('idle', { from })
    const board = watching.events.findIndex((e, i) => i >= from && e.event === 'board')
    // Segments whose pictures were painted before may be encoded beside it.
    expect(made(watching, board).filter((id) => id.includes('keyframe'))[0]).toBe('s6/keyframe 1')
    const keyframes = made(watching, 0).filter((id) => id.includes('keyframe'))
    expect(new Set(keyframes).size).toBe(keyframes.length)
  })

  test('saving the same again makes nothing, moving lines only joins the film anew', async () => {
    save('boat')
    watching = startWatching(place, ['film.yaml'])
    await watching.until('idle')
    const from = watching.events.length
    save('boat')
    await wait(300)
    expect(watching.events.length).toBe(from)
    save('boat', ['# a comment'])
    const board = await watching.until('board', { from })
    expect(board.shots.map(({ line }) => line)).toEqual([7, 8, 9])
    await watching.until('idle', { from })
    // The film says which script it was made from.
    expect(made(watching, from)).toEqual(['movie'])
  })

  test('many saves in a row, good and broken, end in one film: that of the last good script', async () => {
    save('boat')
    watching = startWatching(place, ['film.yaml'])
    await watching.until('idle')
    const from = watching.events.length
    for (let i = 0; i < 40; i++) {
      if (i % 3 === 1) broken()
      else save(['ship', 'cat', 'dog', 'fox'][i % 4]!)
      await wait(25)
    }
    save('bear')
    const board = () => watching!.events.findLastIndex((e) => e.event === 'script')
    await watching.until('idle', { from })
    await wait(500)
    await watching.until('idle', { from: board() })
    const watched = film()
    await place.run(['render', 'film.yaml', '--no-cache'])
    expect(film().equals(watched)).toBe(true)
    const painted = made(watching, 0).filter((id) => id === 'two/keyframe 1')
    expect(painted.length).toBeLessThanOrEqual(6)
    const running = descendantsOf(watching.child.pid!).map((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    )
    expect(running.filter((command) => command.includes('ffmpeg'))).toEqual([])
  })

  test('a script that is deleted, or moved away, is waited for', async () => {
    save('boat')
    watching = startWatching(place, ['film.yaml'])
    await watching.until('idle')
    renameSync(place.file('film.yaml'), place.file('away'))
    await watching.until('missing')
    const from = watching.events.length
    renameSync(place.file('away'), place.file('film.yaml'))
    await watching.until('idle', { from })
    rmSync(place.file('film.yaml'))
    await watching.until('missing', { from })
    const later = watching.events.length
    save('ship')
    await watching.until('done', { from: later })
  })

  test('a model that is missing is waited for', async () => {
    save('boat', ['model: ./mine'])
    watching = startWatching(place, ['film.yaml'])
    expect((await watching.until('failed')).message).toContain('mine')
    const from = watching.events.length
    save('boat')
    await watching.until('done', { from })
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s in the middle ends it and all that it started',
    async (signal) => {
      save('boat')
      watching = startWatching(place, ['film.yaml'])
      await watching.until('end', { where: (e) => e.kind === 'keyframe' })
      const below = descendantsOf(watching.child.pid!)
      expect(below.length).toBeGreaterThan(0)
      expect(await watching.end(signal)).toBe(130)
      const alive = below.filter((pid) => descendantsOf(1).includes(pid))
      expect(alive).toEqual([])
    },
  )

  test('stdin is no script to watch', async () => {
    const run = await place.run(['watch', '-'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('not stdin')
  })
})
