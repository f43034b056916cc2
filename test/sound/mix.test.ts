import { describe, expect, test } from 'vitest'
import { CEILING } from '../../src/sound/limiter.js'
import { joinedSpans, type MixTrack, mixTracks } from '../../src/sound/mix.js'
import { RATE, type Sound } from '../../src/sound/samples.js'
import { collect, levelOf, soundOf, tone } from './tones.js'

const track = (sound: Float32Array, more: Partial<MixTrack> = {}): MixTrack => ({
  open: () => [sound],
  start: 0,
  length: sound.length / 2,
  from: 0,
  skip: 0,
  fadeIn: 0,
  fadeOut: 0,
  gain: 1,
  isLooped: false,
  underSpeech: 1,
  isSpeech: false,
  ...more,
})
const mix = (tracks: MixTrack[], samples: number) => collect(mixTracks(tracks, samples))
const left = (sound: Float32Array, sample: number) => sound[sample * 2]!

describe('a mix', () => {
  test('has exactly as many samples as asked, whatever the tracks do', async () => {
    for (const samples of [1, 239, 240, 241, 4_800, 4_801, 12_345])
      expect((await mix([track(tone(440, 0.1))], samples)).length).toBe(samples * 2)
    expect((await mix([], 777)).every((value) => value === 0)).toBe(true)
  })

  test('puts a sound at its sample, unchanged', async () => {
    const ramp = soundOf(100, (i) => (i + 1) / 200)
    const mixed = await mix([track(ramp, { start: 4_790 })], 10_000)
    expect(mixed.subarray(4_790 * 2, 4_890 * 2)).toEqual(ramp)
    expect(left(mixed, 4_789)).toBe(0)
    expect(left(mixed, 4_890)).toBe(0)
  })

  test('adds tracks with their gains', async () => {
    const flat = soundOf(9_000, () => 0.25)
    const mixed = await mix([track(flat, { gain: 2 }), track(flat, { gain: 0.5, start: 3_000 })], 9_000)
    expect(left(mixed, 2_999)).toBe(0.5)
    expect(left(mixed, 3_000)).toBe(0.625)
  })

  test('repeats without a gap, each time from the same place, the first time from where it was', async () => {
    const saw = soundOf(1_000, (i) => i / 2_000)
    const looped = await mix([track(saw, { isLooped: true, length: 20_000, from: 100 })], 20_000)
    for (const at of [0, 899, 900, 1_799, 1_800, 19_999])
      expect(left(looped, at)).toBeCloseTo((100 + (at % 900)) / 2_000, 6)
    const later = await mix([track(saw, { isLooped: true, length: 5_000, from: 100, skip: 300 })], 5_000)
    expect(left(later, 0)).toBeCloseTo(400 / 2_000, 6)
    expect(left(later, 600)).toBeCloseTo(100 / 2_000, 6)
  })

  test('ends a sound that repeats nothing', async () => {
    const nothing = track(
      soundOf(0, () => 0),
      { isLooped: true, length: 5_000 },
    )
    expect((await mix([nothing], 5_000)).every((value) => value === 0)).toBe(true)
  })

  test('fades in and out', async () => {
    const flat = soundOf(RATE, () => 0.5)
    const mixed = await mix([track(flat, { fadeIn: RATE / 4, fadeOut: RATE / 2 })], RATE)
    expect(left(mixed, 0)).toBeLessThan(0.001)
    expect(left(mixed, RATE / 8)).toBeCloseTo(0.5 * Math.SQRT1_2, 3)
    expect(left(mixed, RATE / 4)).toBeCloseTo(0.5, 3)
    expect(left(mixed, RATE * 0.75)).toBeCloseTo(0.5 * Math.SQRT1_2, 3)
    expect(left(mixed, RATE - 1)).toBeLessThan(0.001)
  })

  test('turns music down before speech and up after it, and not in the pause between two sentences', async () => {
    const music = track(
      soundOf(10 * RATE, () => 0.4),
      { underSpeech: 0.25 },
    )
    const silent = (start: number, seconds: number) =>
      track(
        soundOf(seconds * RATE, () => 0),
        { start: start * RATE, isSpeech: true },
      )
    const mixed = await mix([music, silent(2, 1), silent(3.5, 1)], 10 * RATE)
    const at = (seconds: number) => left(mixed, Math.round(seconds * RATE))
    expect(at(1.7)).toBeCloseTo(0.4, 5)
    expect(at(1.875)).toBeCloseTo(0.25, 3)
    for (const seconds of [2, 2.9, 3.25, 4.4]) expect(at(seconds)).toBeCloseTo(0.1, 3)
    expect(at(4.75)).toBeCloseTo(0.25, 3)
    expect(at(5.1)).toBeCloseTo(0.4, 5)
  })

  test('keeps peaks under the ceiling, and does not touch what is under it', async () => {
    const loud = tone(300, 1, 0.8)
    const mixed = await mix([track(loud), track(tone(300, 0.3, 0.8), { start: RATE * 0.4 })], RATE)
    expect(Math.max(...mixed)).toBeLessThanOrEqual(CEILING * 1.001)
    expect(mixed.subarray(0, RATE * 0.3 * 2)).toEqual(loud.subarray(0, RATE * 0.3 * 2))
    expect(levelOf(mixed, 0.5, 0.6)).toBeGreaterThan(0.6)
  })

  test('is turned down before a peak, not at it', async () => {
    const step = soundOf(9_600, (i) => (i < 4_800 ? 0.5 : 1.5))
    const mixed = await mix([track(step)], 9_600)
    expect(left(mixed, 4_500)).toBe(0.5)
    expect(left(mixed, 4_799)).toBeLessThan(0.31)
    for (let i = 4_400; i < 4_800; i++)
      expect(Math.abs(left(mixed, i) - left(mixed, i - 1))).toBeLessThan(0.01)
    expect(Math.max(...mixed)).toBeLessThanOrEqual(CEILING * 1.001)
  })

  /** Tells how many times a sound without an end is open. */
  function endless() {
    const sounds = { open: 0 }
    function* sound(): Generator<Float32Array> {
      sounds.open++
      try {
        for (;;) yield new Float32Array(100)
      } finally {
        sounds.open--
      }
    }
    return { sounds, open: (): Sound => sound() }
  }

  test('closes what it opened, also when nobody reads to the end', async () => {
    const { sounds, open } = endless()
    for await (const _ of mixTracks([{ ...track(tone(300, 1)), open }], 100_000)) {
      expect(sounds.open).toBe(1)
      break
    }
    expect(sounds.open).toBe(0)
  })

  test('has open only what is heard', async () => {
    const { sounds, open } = endless()
    const lines = Array.from({ length: 20 }, (_, i) => ({
      ...track(tone(300, 0.25), { start: i * 0.3 * RATE }),
      open,
    }))
    let most = 0
    for await (const _ of mixTracks(lines, 6 * RATE)) most = Math.max(most, sounds.open)
    expect(most).toBe(1)
  })
})

test('spans less than a second apart are one', () => {
  expect(joinedSpans([])).toEqual([])
  expect(
    joinedSpans([
      [200_000, 210_000],
      [0, 10_000],
      [57_999, 60_000],
      [5_000, 6_000],
    ]),
  ).toEqual([
    [0, 60_000],
    [200_000, 210_000],
  ])
})
