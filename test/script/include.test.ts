import { describe, expect, test } from 'vitest'
import { nameFrom } from '../../src/script/file-name.js'
import { includesOf } from '../../src/script/include.js'
import { checkScript } from '../../src/story/check.js'

const FILM = 'include: world.yaml\nshots:\n  - TOM on the left\n'
const WORLD = 'style: ink\ncast:\n  TOM: a boy\nplaces:\n  SEA: the sea\n'

type Texts = Record<string, string>
const check = (text: string, files: Texts = {}, file = 'film.yaml') =>
  checkScript(text, file, [], null, new Map(Object.entries(files).map(([name, text]) => [name, { text }])))
const told = (text: string, files?: Texts) =>
  check(text, files).diagnostics.map(({ code, span }) => `${span!.file} ${span!.start}-${span!.end} ${code}`)
const promptOf = (text: string, files: Texts) => {
  const { storyboard, diagnostics } = check(text, files)
  expect(diagnostics).toEqual([])
  const { take } = storyboard!.shots[0]!
  return take.kind === 'diffused' ? take.keyframes[0]!.prompt[0]!.prompt : ''
}

describe('include', () => {
  test('brings cast, places and settings', () => {
    expect(promptOf(FILM, { 'world.yaml': WORLD })).toBe('a boy on the left, ink')
  })
  test('what the script says wins, and a later file over an earlier one', () => {
    expect(promptOf(`${FILM}style: pencil\ncast: {TOM: a man}\n`, { 'world.yaml': WORLD })).toBe(
      'a man on the left, pencil',
    )
    const two = FILM.replace('world.yaml', '[world.yaml, more.yaml]')
    expect(promptOf(two, { 'world.yaml': WORLD, 'more.yaml': 'cast: {TOM: a cat}' })).toBe(
      'a cat on the left, ink',
    )
  })
  test('paths are relative to the including file, also two levels down', () => {
    expect(nameFrom('a.yaml', 'x/film.yaml')).toBe('x/a.yaml')
    expect(nameFrom('../a.yaml', 'x/film.yaml')).toBe('a.yaml')
    expect(nameFrom('/a.yaml', 'x/film.yaml')).toBe('/a.yaml')
    const files = { 'x/world.yaml': 'include: ../cast.yaml', 'cast.yaml': 'cast: {TOM: a fox}' }
    expect(promptOf(FILM.replace('world', 'x/world'), files)).toBe('a fox on the left')
    expect(includesOf(FILM, 'x/film.yaml')).toEqual(['x/world.yaml'])
    expect(includesOf('shots: [a boat]', 'film.yaml')).toEqual([])
  })
  test('a missing file is an error at its line', () => {
    expect(told(FILM)).toEqual(['film.yaml 9-19 include/missing'])
  })
  test('a loop is an error at the line that closes it', () => {
    expect(told(FILM, { 'world.yaml': 'include: world.yaml' })).toEqual([
      'film.yaml 9-19 include/broken',
      'world.yaml 9-19 include/loop',
    ])
    const codes = check(FILM, { 'world.yaml': 'include: world.yaml\nshots: [x]' }).diagnostics.map(
      ({ code }) => code,
    )
    expect(codes).toEqual(['include/broken', 'include/loop', 'include/has-shots'])
    expect(told(FILM, { 'world.yaml': 'include: b.yaml', 'b.yaml': 'include: film.yaml' })).toContain(
      'b.yaml 9-18 include/loop',
    )
  })
  test('faults of an included file are told with its own lines, and at the include', () => {
    expect(told(FILM, { 'world.yaml': 'cast:\n  TOM: {lookz: x}\n' })).toEqual([
      'film.yaml 9-19 include/broken',
      'world.yaml 8-11 cast/no-look',
      'world.yaml 14-19 cast/unknown-key',
    ])
    expect(told(FILM, { 'world.yaml': `${WORLD}shots: [a boat]\n` })).toContainEqual(
      expect.stringMatching(/^world.yaml .* include\/has-shots$/),
    )
    expect(told(FILM, { 'world.yaml': '- a boat\n' })).toContain('world.yaml 0-8 include/has-shots')
  })
  test('an included edit is another digest', () => {
    const digest = (world: string) => check(FILM, { 'world.yaml': world }).storyboard!.digest
    expect(digest(WORLD)).not.toBe(digest(`${WORLD}# a comment\n`))
  })
})
