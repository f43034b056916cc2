import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeSound } from '../../src/sound/encode-sound.js'
import { RATE } from '../../src/sound/samples.js'
import { decodeSound, measureSound } from '../../src/sound/sound-file.js'
import { describeFfmpegs, host } from '../video/ffmpegs.js'
import { collect, levelOf, onsetOf, pitchOf, soundOf, tone, wavOf } from './tones.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'storyreel-sound-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const write = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}

describeFfmpegs('sound files', (ffmpeg) => {
  test('a WAV file comes out as it was', async () => {
    const sound = tone(440, 0.7)
    const decoded = await collect(decodeSound(host, ffmpeg, write('a.wav', wavOf(sound))))
    expect(decoded.length).toBe(sound.length)
    for (let i = 0; i < sound.length; i += 997) expect(decoded[i]).toBeCloseTo(sound[i]!, 4)
  })

  test('another sample rate is turned into ours', async () => {
    const half = tone(440, 1).subarray(0, RATE) // 0.5 s, said to be of 24 kHz: an octave lower for 1 s
    const decoded = await collect(decodeSound(host, ffmpeg, write('b.wav', wavOf(half, RATE / 2))))
    expect(decoded.length / 2 / RATE).toBeCloseTo(1, 3)
    expect(pitchOf(decoded, 220, 0.2, 0.8)).toBeGreaterThan(0.45)
  })

  test('measures length and loudness', async () => {
    const path = write('c.wav', wavOf(tone(1_000, 3, 0.1)))
    const { samples, loudness } = await measureSound(host, ffmpeg, path)
    expect(samples).toBe(3 * RATE)
    expect(loudness).toBeCloseTo(-20, 1)
  })

  test('what is no sound is a failure in one line', async () => {
    await expect(measureSound(host, ffmpeg, write('d.wav', 'once upon a time'))).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('d.wav'),
    })
  })

  test('AAC keeps the place of a sound to the sample, and is the same bytes each time', async () => {
    const silence = soundOf(RATE, () => 0)
    const path = (n: number) => join(folder, `e${n}.m4a`)
    for (const n of [1, 2]) await encodeSound(host, ffmpeg, [silence, tone(1_000, 1), silence], path(n))
    expect(readFileSync(path(1)).equals(readFileSync(path(2)))).toBe(true)
    const decoded = await collect(decodeSound(host, ffmpeg, path(1)))
    expect(Math.abs(onsetOf(decoded, 0.3) - 1)).toBeLessThan(0.002)
    expect(pitchOf(decoded, 1_000, 1.1, 1.9)).toBeCloseTo(0.5, 1)
    expect(levelOf(decoded, 0.1, 0.9)).toBeLessThan(0.001)
    expect(levelOf(decoded, 2.1, 2.9)).toBeLessThan(0.001)
    expect(decoded.length / 2).toBeGreaterThanOrEqual(3 * RATE - 1)
    expect(decoded.length / 2).toBeLessThan(3 * RATE + 2 * 1024)
  })

  test('stops when nobody reads on, and when it is told to', async () => {
    const path = write('f.wav', wavOf(tone(440, 20)))
    for await (const _ of decodeSound(host, ffmpeg, path)) break
    const stop = new AbortController()
    const reading = (async () => {
      for await (const _ of decodeSound(host, ffmpeg, path, stop.signal)) stop.abort()
    })()
    await expect(reading).rejects.toMatchObject({ exitCode: 130 })
  })
})
