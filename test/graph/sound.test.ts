import { describe, expect, test } from 'vitest'
import type { MixTrack } from '../../src/graph/node.js'
import type { PlanFacts } from '../../src/graph/plan-facts.js'
import { SAMPLE_RATE } from '../../src/story/track.js'
import { planOf } from './plan-of.js'

/** Files of 10 s at -26 LUFS, of 1 s, and of silence. */
const sounds: NonNullable<PlanFacts['sounds']> = new Map([
  ['song.mp3', { digest: 's1', samples: 10 * SAMPLE_RATE, loudness: -26 }],
  ['bell.wav', { digest: 'b1', samples: SAMPLE_RATE, loudness: -10 }],
  ['none.wav', { digest: 'n1', samples: SAMPLE_RATE, loudness: null }],
])
const plan = (text: string, more: Partial<PlanFacts> = {}) => planOf(text, { sounds, mixer: 'm', ...more })
const tracksOf = (text: string) => plan(text).movie.mix?.tracks ?? []
/** Role, start and length in seconds. */
const times = (tracks: readonly MixTrack[]) =>
  tracks.map(({ role, start, length }) => [role, start / SAMPLE_RATE, length / SAMPLE_RATE])

describe('where sounds lie', () => {
  test('a film without sound has no mix, and its movie no input of that name', () => {
    const { movie } = plan('- a boat\n')
    expect(movie.mix).toBe(null)
    expect(movie.manifest.map(([name]) => name)).not.toContain('input sound')
  })

  test('music and words last as long as what names them, files as long as they are', () => {
    const text = `music: song.mp3
scenes:
  - scene: A
    sound: [rain, bell.wav]
    shots: [a, b]
  - scene: B
    music: none
    shots:
      - {prompt: c, duration: 0.5s, sound: bell.wav}
      - {prompt: d, sound: {file: bell.wav, loop: yes}}
      - {prompt: e, duration: 0.5s, sound: bell.wav}
`
    expect(times(tracksOf(text))).toEqual([
      ['ambience', 0, 6],
      ['effect', 0, 1],
      ['effect', 6, 1],
      ['effect', 6.5, 3],
      ['effect', 9.5, 0.5],
      ['music', 0, 6],
    ])
  })

  test('a dissolve overlaps scenes, and so their sounds', () => {
    const text = `scenes:
  - {scene: A, sound: sea, shots: [a]}
  - {scene: B, sound: wind, transition: dissolve 1s, shots: [b]}
`
    expect(times(tracksOf(text))).toEqual([
      ['ambience', 0, 3],
      ['ambience', 2, 3],
    ])
  })

  test('music of the film goes on after a scene with its own as if it had played meanwhile', () => {
    const text = `music: {file: song.mp3, from: 2s}
scenes:
  - {scene: A, shots: [a]}
  - {scene: B, music: bell.wav, shots: [b]}
  - {scene: C, shots: [c, d]}
`
    const tracks = tracksOf(text)
    expect(times(tracks)).toEqual([
      ['music', 0, 3],
      ['music', 3, 3],
      ['music', 6, 6],
    ])
    // 6 s of the 8 s between 2 s and the end have been heard.
    expect(tracks[2]).toMatchObject({ from: 2 * SAMPLE_RATE, skip: 6 * SAMPLE_RATE })
  })

  test('music that plays once is over when it is over', () => {
    expect(times(tracksOf('music: {file: bell.wav, loop: no}\nshots: [a]\n'))).toEqual([['music', 0, 1]])
  })

  test('start, from and duration', () => {
    const of = (cue: string) => times(tracksOf(`- {prompt: a, sound: ${cue}}\n`))[0]
    expect(of('{file: song.mp3, start: 12f}')).toEqual(['effect', 0.5, 2.5])
    expect(of('{file: song.mp3, from: 8.5s}')).toEqual(['effect', 0, 1.5])
    expect(of('{file: song.mp3, start: 1s, duration: 1s}')).toEqual(['effect', 1, 1])
    expect(of('{file: song.mp3, start: 4s}')).toBe(undefined)
    expect(of('{file: song.mp3, from: 11s}')).toBe(undefined)
  })

  test('frame rates that are fractions', () => {
    const { mix } = plan('fps: 24000/1001\nshots: [{prompt: a, duration: 24f, sound: rain}]\n').movie
    expect(mix!.samples).toBe(48_048)
  })
})

test('music is brought to one loudness; effects are left as they are; volume comes on top', () => {
  const text = `music: {file: song.mp3, volume: 50%}
shots: [{prompt: a, sound: [bell.wav, {file: bell.wav, volume: -6dB}], music: [song.mp3, none.wav]}, b]
`
  expect(tracksOf(text).map(({ gain }) => gain)).toEqual([1, 0.5012, 1.9953, 1, 0.9976])
})

describe('keys', () => {
  const film = 'music: song.mp3\nshots: [a, b]\n'
  test('a changed file mixes again and touches no picture', () => {
    const before = plan(film)
    const changed = new Map(sounds).set('song.mp3', { digest: 's2', samples: 480_000, loudness: -26 })
    const after = plan(film, { sounds: changed })
    expect(after.movie.mix!.key).not.toBe(before.movie.mix!.key)
    expect(after.movie.key).not.toBe(before.movie.key)
    expect(after.shots.map(({ segment }) => segment.key)).toEqual(
      before.shots.map(({ segment }) => segment.key),
    )
  })
  test('so does every way to play it, and the mixer', () => {
    const keyOf = (music: string, mixer = 'm') =>
      plan(`music: ${music}\nshots: [a, b]\n`, { mixer }).movie.mix!.key
    const keys = [
      keyOf('song.mp3'),
      keyOf('song.mp3', 'm2'),
      keyOf('bell.wav'),
      ...[
        'volume: 0.5',
        'start: 1s',
        'from: 1s',
        'duration: 1s',
        'fade in: 1s',
        'fade out: 1s',
        'loop: no',
      ].map((way) => keyOf(`{file: song.mp3, ${way}}`)),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(keyOf('song.mp3')).toBe(keyOf('{file: song.mp3}'))
  })
  test('a changed word in a prompt does not mix again', () => {
    expect(plan(film).movie.mix!.key).toBe(plan(film.replace('[a', '[c')).movie.mix!.key)
  })
})
