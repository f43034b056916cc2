import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FrameRate } from '../../src/video/arguments.js'
import { decodeFrames } from '../../src/video/decode.js'
import { openEncoder } from '../../src/video/encoder.js'
import type { Ffmpeg } from '../../src/video/find-ffmpeg.js'
import { joinSegments } from '../../src/video/join.js'
import { probeVideo } from '../../src/video/probe.js'
import { describeFfmpegs, host, solidFrame, testFrame } from './ffmpegs.js'

const SIZE = { width: 64, height: 48 }
const LENGTHS = [37, 1, 24]
const RATES: [string, FrameRate][] = [
  ['24', { num: 24, den: 1 }],
  ['23.976', { num: 24000, den: 1001 }],
  ['25', { num: 25, den: 1 }],
]

let folder: string
beforeAll(async () => {
  // What a path may hold: a space, quotes, a colon, a backslash, other alphabets.
  folder = await mkdtemp(join(tmpdir(), `storyreel film's "été" C:\\ 映画 `))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function encode(ffmpeg: Ffmpeg, path: string, fps: FrameRate, frames: Iterable<Uint8Array>) {
  const encoder = await openEncoder(host, ffmpeg, { ...SIZE, fps }, path)
  const buffer = new Uint8Array(SIZE.width * SIZE.height * 3)
  for (const frame of frames) {
    buffer.set(frame)
    await encoder.write(buffer)
  }
  await encoder.finish()
}

function* framesFrom(first: number, count: number) {
  for (let i = 0; i < count; i++) yield testFrame(SIZE.width, SIZE.height, first + i)
}

async function digests(ffmpeg: Ffmpeg, path: string): Promise<string[]> {
  const all: string[] = []
  for await (const frame of decodeFrames(host, ffmpeg, path, SIZE)) {
    all.push(createHash('sha256').update(frame).digest('hex'))
  }
  return all
}

async function makeFilm(ffmpeg: Ffmpeg, name: string, fps: FrameRate) {
  const segments: { path: string; frames: number }[] = []
  let first = 0
  for (const [i, frames] of LENGTHS.entries()) {
    const path = join(folder, `${name} segment '${i}'.mp4`)
    await encode(ffmpeg, path, fps, framesFrom(first, frames))
    segments.push({ path, frames })
    first += frames
  }
  const film = join(folder, `${name}.tmp`)
  await joinSegments(host, ffmpeg, segments, fps, film, { title: `It's "ünï" = a; b` })
  return { segments, film }
}

describeFfmpegs('a film', (ffmpeg) => {
  for (const [name, fps] of RATES) {
    it(`of segments of ${LENGTHS} frames at ${name} has every frame once, at its exact time`, async () => {
      const { segments, film } = await makeFilm(ffmpeg, `${ffmpeg.origin} ${name}`, fps)
      const frames = LENGTHS.reduce((a, b) => a + b)
      expect(await probeVideo(host, ffmpeg, film)).toEqual({
        ...SIZE,
        fps,
        frames,
        durationSeconds: (frames * fps.den) / fps.num,
        pixelAspect: 1,
        startSeconds: 0,
      })
      const alone = (await Promise.all(segments.map(({ path }) => digests(ffmpeg, path)))).flat()
      expect(new Set(alone).size).toBe(frames)
      expect(await digests(ffmpeg, film)).toEqual(alone)
      const ffprobe = await host.which('ffprobe')
      if (ffprobe === null) return
      const wanted = 'stream=r_frame_rate,avg_frame_rate,nb_frames,color_space,color_range:format_tags=title'
      const { stdout } = await promisify(execFile)(ffprobe, [
        '-v',
        'error',
        '-show_entries',
        wanted,
        '-of',
        'json',
        film,
      ])
      const rate = `${fps.num}/${fps.den}`
      expect(JSON.parse(stdout)).toMatchObject({
        streams: [
          {
            r_frame_rate: rate,
            avg_frame_rate: rate,
            nb_frames: String(frames),
            color_space: 'bt709',
            color_range: 'tv',
          },
        ],
        format: { tags: { title: `It's "ünï" = a; b` } },
      })
    })
  }

  it('has the same bytes when it is made twice, its index in front, and colour tags', async () => {
    const fps = { num: 24, den: 1 }
    const one = await readFile((await makeFilm(ffmpeg, `${ffmpeg.origin} one`, fps)).film)
    const two = await readFile((await makeFilm(ffmpeg, `${ffmpeg.origin} two`, fps)).film)
    expect(one.equals(two)).toBe(true)
    expect(one.indexOf('moov')).toBeGreaterThan(0)
    expect(one.indexOf('moov')).toBeLessThan(one.indexOf('mdat'))
    // colr box: type nclx, primaries 1, transfer 1, matrix 1.
    const colr = one.indexOf('colrnclx')
    expect([...one.subarray(colr + 8, colr + 14)]).toEqual([0, 1, 0, 1, 0, 1])
  })

  it('shows the colours that went in, by BT.709', async () => {
    const colours = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [128, 128, 128],
      [236, 228, 212],
    ] as const
    const path = join(folder, `${ffmpeg.origin} colours.mp4`)
    const frames = colours.map((c) => solidFrame(SIZE.width, SIZE.height, c))
    await encode(ffmpeg, path, { num: 24, den: 1 }, frames)
    let i = 0
    for await (const frame of decodeFrames(host, ffmpeg, path, SIZE)) {
      const middle = (SIZE.width * (SIZE.height / 2) + SIZE.width / 2) * 3
      for (let c = 0; c < 3; c++)
        expect(Math.abs(frame[middle + c]! - colours[i]![c]!)).toBeLessThanOrEqual(3)
      i++
    }
    expect(i).toBe(colours.length)
    // Luma as stored: red is 63 by BT.709, 81 by BT.601.
    const run = promisify(execFile)
    const args = [
      '-v',
      'error',
      '-i',
      path,
      '-frames:v',
      '1',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'yuv420p',
      'pipe:1',
    ]
    const { stdout } = await run(ffmpeg.path, args, { encoding: 'buffer' })
    expect(Math.abs(stdout[SIZE.width * 10 + 10]! - 63)).toBeLessThanOrEqual(1)
  })

  it('of many short segments has exact times to its end', async () => {
    const fps = { num: 24000, den: 1001 }
    const path = join(folder, `${ffmpeg.origin} short.mp4`)
    await encode(ffmpeg, path, fps, framesFrom(0, 5))
    const film = join(folder, `${ffmpeg.origin} long.mp4`)
    await joinSegments(
      host,
      ffmpeg,
      Array.from({ length: 400 }, () => ({ path, frames: 5 })),
      fps,
      film,
    )
    expect(await probeVideo(host, ffmpeg, film)).toMatchObject({ fps, frames: 2000 })
  })

  it('that is no film is a failure of exit 4', async () => {
    const failure = { exitCode: 4, message: expect.stringContaining("can't read") }
    await expect(probeVideo(host, ffmpeg, import.meta.filename)).rejects.toMatchObject(failure)
    await expect(digests(ffmpeg, import.meta.filename)).rejects.toMatchObject(failure)
  })

  it('is decoded no further than it is read', async () => {
    const path = join(folder, `${ffmpeg.origin} partly.mp4`)
    await encode(ffmpeg, path, { num: 24, den: 1 }, framesFrom(0, 60))
    for await (const frame of decodeFrames(host, ffmpeg, path, SIZE)) {
      expect(frame.length).toBe(SIZE.width * SIZE.height * 3)
      break
    }
  })
})
