// Speech is made by a process, so this runs what was built.

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { speak, wavSeconds } from '../../dist/sound/speak.js'
import { decodeSound } from '../../src/sound/sound-file.js'
import type { Voice } from '../../src/story/types.js'
import { host, packaged } from '../video/ffmpegs.js'
import { collect, levelOf } from './tones.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-speak-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const man: Voice = { base: 'man', pitch: 1, size: 1, rate: 1 }
const woman: Voice = { ...man, base: 'woman' }
const say = (requests: { text: string; voice: Voice }[]) => speak(host, requests, folder)

/** The pitch of the voice: the lag at which the sound is most like itself, over its loud parts. */
function pitchOf(sound: Float32Array): number {
  const pitches: number[] = []
  for (let at = 0; at + 4_096 < sound.length / 2; at += 2_400) {
    const value = (i: number) => sound[(at + i) * 2]!
    if (levelOf(sound, at / 48_000, (at + 2_048) / 48_000) < 0.03) continue
    let best = 0
    let bestLag = 0
    for (let lag = 100; lag < 800; lag += 2) {
      let sum = 0
      for (let i = 0; i < 2_000; i += 4) sum += value(i) * value(i + lag)
      if (sum > best) [best, bestLag] = [sum, lag]
    }
    pitches.push(48_000 / bestLag)
  }
  return pitches.toSorted((a, b) => a - b)[Math.floor(pitches.length / 2)]!
}

describe('speech', () => {
  test('voices differ in pitch and speed as asked', async () => {
    const text = 'The sea takes, and the sea gives.'
    const voices = [
      man,
      woman,
      { ...woman, pitch: 1.25, size: 1.15 },
      { ...man, rate: 0.8 },
      { ...man, size: 0.88 },
    ]
    const paths = await say(voices.map((voice) => ({ text, voice })))
    const seconds = await Promise.all(paths.map((path) => wavSeconds(host, path)))
    const sounds = await Promise.all(paths.map((path) => collect(decodeSound(host, packaged, path))))
    for (const [i, sound] of sounds.entries()) {
      expect(sound.length / 2 / 48_000).toBeCloseTo(seconds[i]!, 2)
      expect(levelOf(sound, 0.3, seconds[i]! - 0.3)).toBeGreaterThan(0.02)
    }
    const [low, high, girl, slow, deep] = sounds.map(pitchOf)
    expect(low).toBeGreaterThan(70)
    expect(high! / low!).toBeGreaterThan(1.3)
    expect(girl! / high!).toBeGreaterThan(1.25)
    expect(deep! / low!).toBeLessThan(0.95)
    expect(Math.abs(slow! / low! - 1)).toBeLessThan(0.1)
    expect(seconds[3]! / seconds[0]!).toBeCloseTo(1 / 0.8, 1)
    expect(seconds[4]! / seconds[0]!).toBeCloseTo(1, 1)
  }, 30_000)

  test('is the same bytes each time, and whatever is said is only words', async () => {
    const texts = ['-o /etc/x', '--help', '"; rm -rf', '<speak>hello</speak>', 'Hello there.']
    const digests = async () => {
      const paths = await say(texts.map((text) => ({ text, voice: man })))
      return paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'))
    }
    const first = await digests()
    expect(new Set(first).size).toBe(texts.length)
    expect(await digests()).toEqual(first)
  }, 30_000)

  test('stops when it is told to', async () => {
    const stop = new AbortController()
    const text = 'word '.repeat(390)
    const speaking = speak(
      host,
      Array.from({ length: 50 }, () => ({ text, voice: man })),
      folder,
      stop.signal,
    )
    setTimeout(() => stop.abort(), 200)
    await expect(speaking).rejects.toMatchObject({ exitCode: 130 })
  }, 30_000)
})
