import { describe, expect, test } from 'vitest'
import { lockDifference, lockFilm } from '../../src/graph/lock.js'
import { facts, planOf } from './plan-of.js'

const FILM = 'shots:\n  - {id: fox, prompt: a fox}\n  - {id: boat, prompt: a boat}\n'
const locked = lockFilm(planOf(FILM))

describe('a lock', () => {
  test('survives its file, and says nothing about the same film', () => {
    const read = JSON.parse(JSON.stringify(locked))
    expect(lockDifference(read, planOf(FILM))).toEqual({ environment: [], script: [] })
    expect(lockDifference(read, planOf(`# a comment\n${FILM}`))).toEqual({ environment: [], script: [] })
  })

  const model = facts.models.get('storybook')!
  test.each([
    ['another runtime', { runtime: 'runtime 2' }, 'runtime: runtime 1 was reviewed, runtime 2 is here'],
    ['another device', { device: 'cuda' }, 'device: cpu was reviewed, cuda is here'],
    ['another ffmpeg', { encoder: 'ffmpeg 2' }, 'encoder: ffmpeg 1 was reviewed, ffmpeg 2 is here'],
    ['another font', { font: 'font 2' }, 'font: font 1 was reviewed, font 2 is here'],
    [
      'another model of the same name',
      { models: new Map([['storybook', { ...model, digest: 'd2' }]]) },
      'model storybook: d1 was reviewed, d2 is here',
    ],
    [
      'another interpolation model',
      { interpolation: { digest: 'a'.repeat(64) } },
      'interpolation model: none was reviewed, aaaaaaaaaaaa is here',
    ],
  ])('notices %s', (_, more, told) => {
    expect(lockDifference(locked, planOf(FILM, more))).toEqual({ environment: [told], script: [] })
  })

  test('notices another sound', () => {
    const heard = lockFilm(planOf(`sound: sea\n${FILM}`))
    expect(lockDifference(heard, planOf(`sound: sea\n${FILM}`)).script).toEqual([])
    expect(lockDifference(heard, planOf(`sound: rain\n${FILM}`)).script).toEqual(['sound changed'])
    expect(lockDifference(locked, planOf(`sound: rain\n${FILM}`)).script).toEqual(['sound changed'])
  })

  test('notices another depth model where cameras ask one', () => {
    const deep = (digest: string) =>
      planOf('depth: midas\nshots: [{id: fox, prompt: a fox, camera: parallax}]', { depth: { digest } })
    const reviewed = JSON.parse(JSON.stringify(lockFilm(deep('m1'))))
    expect(lockDifference(reviewed, deep('m1'))).toEqual({ environment: [], script: [] })
    expect(lockDifference(reviewed, deep('m2')).environment).toEqual([
      'depth model: m1 was reviewed, m2 is here',
    ])
  })

  test('notices another safety checker, and that one was left out', () => {
    const withChecker = (safetyChecker: { digest: string } | 'off') =>
      planOf(FILM, { models: new Map([['storybook', { ...model, safetyChecker }]]) })
    const checked = lockFilm(withChecker({ digest: 'c1' }))
    expect(lockDifference(checked, withChecker({ digest: 'c2' }))).toEqual({
      environment: ['model storybook/safety_checker: c1 was reviewed, c2 is here'],
      script: [],
    })
    expect(lockDifference(checked, withChecker('off')).script).toEqual(['shots fox, boat changed'])
    expect(lockFilm(withChecker('off'))).toEqual(locked)
  })

  test('notices shots that changed, came and went', () => {
    const now = 'shots:\n  - {id: fox, prompt: a red fox}\n  - {id: sea, prompt: the sea}\n'
    expect(lockDifference(locked, planOf(now)).script).toEqual([
      'shot fox changed',
      'shot sea added',
      'shot boat removed',
    ])
  })
})
