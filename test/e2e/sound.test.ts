// Films with sound, listened to: the track is decoded and measured.

import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { decodeSound } from '../../dist/sound/sound-file.js'
import { parseSrt } from '../../dist/story/subtitles.js'
import { decodeFrames } from '../../dist/video/decode.js'
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js'
import { probeVideo } from '../../dist/video/probe.js'
import { collect, levelOf, onsetOf, pitchOf, tone, wavOf } from '../sound/tones.js'
import { describeFfmpegs } from '../video/ffmpegs.js'
import { openPlace, type Place } from './storyreel.js'

const host = nodeHost()
let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const write = (name: string, bytes: Uint8Array) => writeFileSync(place.file(name), bytes)
const cards = (head: string, shots: readonly string[]) =>
  `size: 320x192\nfps: 12\n${head}\nscenes:\n${shots.join('\n')}\n`

describeFfmpegs('a film with sound', (ffmpeg) => {
  const render = async (...more: string[]) => {
    const run = await place.run(['render', 'film.yaml', '--progress', 'json', ...more], {
      env: { FFMPEG_PATH: ffmpeg.path },
    })
    expect(run.code, run.stderr).toBe(0)
    const last = run.events.at(-1)
    if (last?.event !== 'done') throw new Error('not done')
    return last
  }
  const listen = () => collect(decodeSound(host, ffmpeg, place.file('film.mp4')))

  test('sounds are where the script says, as loud as it says, and nowhere else', async () => {
    write('high.wav', wavOf(tone(2_000, 0.5, 0.4)))
    write('low.wav', wavOf(tone(250, 2, 0.2)))
    const film = cards('title: Sounds', [
      '  - scene: A',
      '    shots:',
      '      - {card: A, duration: 2s}',
      '      - {card: B, duration: 2s, transition: dissolve 0.5s, sound: {file: high.wav, start: 0.5s}}',
      '  - scene: B',
      '    music: {file: low.wav, fade out: 0s}',
      '    shots:',
      '      - {card: C, duration: 3s, sound: {file: high.wav, start: 2s, volume: 50%}}',
      '      - {card: D, duration: 1s, music: none}',
    ])
    place.write('film.yaml', film)
    expect(await render()).toMatchObject({
      frames: 90,
      nodes: { rendered: { card: 4, segment: 4, mix: 1, movie: 1 } },
    })
    const sound = await listen()
    // B begins at 1.5 s, C at 3.5 s, D at 6.5 s; the film ends at 7.5 s.
    expect(Math.abs(sound.length / 2 / 48_000 - 7.5)).toBeLessThan(1 / 12)
    expect(levelOf(sound, 0, 1.98)).toBeLessThan(1e-4)
    expect(Math.abs(onsetOf(sound, 0.2) - 2)).toBeLessThan(0.002)
    expect(pitchOf(sound, 2_000, 2.05, 2.45)).toBeCloseTo(0.4, 1)
    expect(levelOf(sound, 2.55, 3.45)).toBeLessThan(1e-3)
    expect(Math.abs(onsetOf(sound, 0.05, 2.6) - 3.5)).toBeLessThan(0.005)
    // Music is brought to -20 LUFS; at 250 Hz that is about -20 dB in either channel.
    expect(20 * Math.log10(levelOf(sound, 3.7, 5.4))).toBeGreaterThan(-24)
    expect(20 * Math.log10(levelOf(sound, 3.7, 5.4))).toBeLessThan(-18)
    // It is 2 s long, and repeats without a gap.
    expect(levelOf(sound, 5.48, 5.49)).toBeGreaterThan(0.05)
    expect(levelOf(sound, 5.51, 5.52)).toBeGreaterThan(0.05)
    expect(pitchOf(sound, 2_000, 5.55, 5.95)).toBeCloseTo(0.2, 1)
    expect(levelOf(sound, 6.55, 7.45)).toBeLessThan(1e-3)
    expect(await probeVideo(host, ffmpeg, place.file('film.mp4'))).toMatchObject({
      frames: 90,
      startSeconds: 0,
    })
  }, 60_000)

  test('nothing is made when nothing changed, and a changed sound paints nothing', async () => {
    write('a.wav', wavOf(tone(440, 1)))
    place.write('film.yaml', cards('sound: a.wav', ['  - {scene: A, shots: [{card: A, duration: 1s}]}']))
    await render()
    const first = readFileSync(place.file('film.mp4'))
    expect((await render()).nodes.rendered).toEqual({})
    write('a.wav', wavOf(tone(880, 1)))
    const { mtimeMs } = statSync(place.file('a.wav'))
    utimesSync(place.file('a.wav'), mtimeMs / 1000 + 5, mtimeMs / 1000 + 5)
    expect((await render()).nodes.rendered).toEqual({ mix: 1, movie: 1 })
    expect(pitchOf(await listen(), 880, 0.2, 0.8)).toBeGreaterThan(0.4)
    write('a.wav', wavOf(tone(440, 1)))
    await render('--no-cache')
    expect(readFileSync(place.file('film.mp4')).equals(first)).toBe(true)
  }, 60_000)

  test('after a minute of odd frames the sound has not drifted', async () => {
    write('a.wav', wavOf(tone(1_000, 0.2)))
    const shot = '{card: A, duration: 60.06s}, {card: B, duration: 24f, sound: a.wav}'
    place.write('film.yaml', `size: 64x64\nfps: 24000/1001\nshots: [${shot}]\n`)
    const { frames } = await render()
    const sound = await listen()
    expect(frames).toBe(1_440 + 24)
    expect(Math.abs(onsetOf(sound, 0.2) - (1_440 * 1001) / 24_000)).toBeLessThan(0.002)
    expect(Math.abs(sound.length / 2 / 48_000 - (frames * 1001) / 24_000)).toBeLessThan(1001 / 24_000)
  }, 60_000)

  test('a film without sound has no track', async () => {
    place.write('film.yaml', cards('title: Silent', ['  - {scene: A, shots: [{card: A, duration: 1s}]}']))
    await render()
    await expect(listen()).rejects.toMatchObject({ exitCode: 4 })
  }, 60_000)
})

test('a file that is missing or no sound is an error at its name', async () => {
  place.write('words.mp3', 'once upon a time')
  place.write(
    'film.yaml',
    'shots:\n  - {card: A, sound: gone.wav}\n  - {card: B, music: {file: words.mp3}}\n',
  )
  const { code, stdout } = await place.run(['check', 'film.yaml', '--format', 'short'])
  expect(code).toBe(1)
  expect(stdout).toContain('film.yaml:2:22: error: there is no file "gone.wav"')
  expect(stdout).toContain('film.yaml:3:29: error: there is no sound in words.mp3 that ffmpeg can read')
})

test('speech: the shot is as long as what is said, music goes down under it, and check has spoken it already', async () => {
  write('music.wav', wavOf(tone(3_000, 2, 0.3)))
  place.write(
    'film.yaml',
    `size: 320x192
fps: 12
music: {file: music.wav, fade out: 0s}
cast: {TOM: an old man in a blue coat}
scenes:
  - scene: A
    shots:
      - {card: A, duration: 2s}
      - {card: B, say: {TOM: "The sea takes, and the sea gives. That is how it has always been."}}
      - {card: C, duration: 2s}
`,
  )
  expect((await place.run(['check', 'film.yaml'])).stdout).toBe('')
  const explained = JSON.parse((await place.run(['explain', 'film.yaml', '--json'])).stdout)
  const [{ start, seconds, speaker, text }] = explained.shots[1].speech
  expect([speaker, text]).toEqual([
    'TOM',
    'The sea takes, and the sea gives. That is how it has always been.',
  ])
  expect(start).toBe(0.3)
  expect(explained.shots[1].frames / 12).toBeGreaterThan(start + seconds)
  expect(explained.shots[1].frames / 12).toBeLessThan(start + seconds + 0.6)
  const run = await place.run(['render', 'film.yaml', '--progress', 'json'])
  const last = run.events.at(-1)
  if (last?.event !== 'done') throw new Error(run.stderr)
  expect(last.nodes).toMatchObject({ rendered: { mix: 1, segment: 3 }, reused: { speech: 1 } })
  const ffmpeg = await findFfmpeg(host)
  const sound = await collect(decodeSound(host, ffmpeg, place.file('film.mp4')))
  const music = (from: number, to: number) => pitchOf(sound, 3_000, from, to)
  const alone = music(0.5, 1.5)
  const end = 2 + start + seconds
  expect(alone).toBeGreaterThan(0.05)
  expect(music(2.5, end - 0.1) / alone).toBeCloseTo(0.25, 1)
  expect(music(end + 0.8, end + 1.8) / alone).toBeCloseTo(1, 1)
  // Speech is much louder than what is left of the music, in every second of it.
  for (let at = 2.4; at + 1 < end; at += 0.5) expect(levelOf(sound, at, at + 1)).toBeGreaterThan(0.05)
  expect(levelOf(sound, end + 0.8, end + 1.8)).toBeCloseTo(alone / Math.SQRT2, 2)
}, 60_000)

describeFfmpegs('subtitles', (ffmpeg) => {
  const script = (subtitles: string) => `size: 320x192
fps: 12
subtitles: ${subtitles}
shots:
  - {card: A, duration: 2s}
  - {card: B, say: Who lit it? Nobody knew., caption: Never}
`
  const render = async (subtitles: string) => {
    place.write('film.yaml', script(subtitles))
    const env = { FFMPEG_PATH: ffmpeg.path }
    const run = await place.run(['render', 'film.yaml', '--progress', 'json'], { env })
    expect(run.code, run.stderr).toBe(0)
  }
  /** The subtitle track as SubRip, by ffmpeg. */
  const trackOf = async () => {
    const args = ['-nostdin', '-v', 'error', '-i', place.file('film.mp4'), '-map', '0:s:0', '-f', 'srt', '-']
    const child = host.spawn(ffmpeg.path, args)
    let text = ''
    child.stdout.on('data', (data) => (text += data))
    return (await child.done).code === 0 ? parseSrt(text.replace(/<[^>]*>/g, '')) : null
  }

  test('a track in the film, and files beside it', async () => {
    await render('soft')
    const written = parseSrt(readFileSync(place.file('film.srt'), 'utf8'))!
    expect(written).toHaveLength(1)
    expect(written[0]).toMatchObject({ start: 2.3, lines: ['Who lit it? Nobody knew.'] })
    expect(readFileSync(place.file('film.vtt'), 'utf8')).toMatch(/^WEBVTT\n\n00:00:02\.300 --> /)
    expect(await trackOf()).toEqual(written)
    const sound = await collect(decodeSound(host, ffmpeg, place.file('film.mp4')))
    expect(onsetOf(sound, 0.02)).toBeGreaterThan(2.25)
    expect(onsetOf(sound, 0.02)).toBeLessThan(2.6)
    expect(await probeVideo(host, ffmpeg, place.file('film.mp4'))).toMatchObject({ startSeconds: 0 })
  }, 60_000)

  test('from a file', async () => {
    place.write('mine.srt', '1\n00:00:00,500 --> 00:00:01,500\nMine\n')
    await render('mine.srt')
    expect(await trackOf()).toEqual([{ start: 0.5, end: 1.5, lines: ['Mine'] }])
    expect(existsSync(place.file('film.srt'))).toBe(false)
  }, 60_000)

  test('in the pictures, from the frame of the first word on', async () => {
    await render('none')
    const plain = await bottomOf(place.file('film.mp4'))
    await render('burn')
    const burned = await bottomOf(place.file('film.mp4'))
    expect(await trackOf()).toBe(null)
    const differ = burned.map((frame, i) => differenceOf(frame, plain[i]!) > 1)
    // 2.3 s is between frames 27 and 28; before it the shot shows its caption.
    expect(differ.indexOf(true)).toBe(28)
    expect(differ.slice(28, 28 + 12).every(Boolean)).toBe(true)
  }, 60_000)

  /** Mean of the differences. */
  const differenceOf = (a: Buffer, b: Buffer): number =>
    a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length

  /** The lower third of each frame. */
  async function bottomOf(path: string): Promise<Buffer[]> {
    const frames: Buffer[] = []
    for await (const frame of decodeFrames(host, ffmpeg, path, { width: 320, height: 192 }))
      frames.push(Buffer.from(frame.subarray(320 * 128 * 3)))
    return frames
  }
})

test('somebody who is seen to speak is painted with an open mouth as well, from the same seed', async () => {
  place.write(
    'film.yaml',
    `size: 320x192
fps: 12
cast: {TOM: an old man in a blue coat}
shots:
  - {prompt: close-up of TOM, say: The sea takes.}
  - {prompt: close-up of TOM, duration: 4f, lips: no, say: "No."}
`,
  )
  const run = await place.run(['render', 'film.yaml', '--progress', 'json', '--sidecar'])
  expect(run.code, run.stderr).toBe(0)
  const sidecar = JSON.parse(readFileSync(place.file('film.json'), 'utf8'))
  const [first, second] = sidecar.shots
  expect(first.say).toEqual([{ speaker: 'TOM', text: 'The sea takes.' }])
  const prompts = first.keyframes.map(
    (keyframe: { prompt: { prompt: string }[] }) => keyframe.prompt[0]!.prompt,
  )
  expect(prompts).toEqual([
    'close-up of an old man in a blue coat',
    'close-up of an old man in a blue coat talking',
  ])
  expect(first.keyframes[0].seed).toBe(first.keyframes[1].seed)
  expect(second.keyframes).toHaveLength(1)
}, 60_000)
