import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeHost } from '../../dist/host/node-host.js'
import { decodePicture, encodePng, type Picture } from '../../dist/image/picture.js'
import { readPngText } from '../../dist/image/png-text.js'
import { decodeFrames } from '../../dist/video/decode.js'
import { openEncoder } from '../../dist/video/encoder.js'
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js'
import { probeVideo } from '../../dist/video/probe.js'
import { openPlace, type Place } from './storyreel.js'

const host = nodeHost()
const MODEL = new URL('../golden/interpolation/film-own.onnx', import.meta.url).pathname

let place: Place
beforeEach(() => {
  place = openPlace()
})
afterEach(() => place.remove())

const good = async (...args: string[]) => {
  const run = await place.run(['tween', ...args])
  expect(run.code, run.stderr).toBe(0)
  return run
}
const bad = async (code: number, message: RegExp, ...args: string[]) => {
  const run = await place.run(['tween', ...args, '-o', 'out.mp4'])
  expect(run.code, run.stderr).toBe(code)
  expect(run.stderr).toMatch(message)
  expect(run.stderr).not.toMatch(/^\s+at /m)
  expect(readdirSync(place.folder).filter((name) => /out|\.mp4$/.test(name))).toEqual(
    readdirSync(place.folder).filter((name) => name === 'clip.mp4'),
  )
}

/** A grey picture with a bright square at x; `scene` 1 is another place altogether. */
function scenePicture(x: number, scene = 0, width = 64, height = 48): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const isSquare = column >= x && column < x + 8 && row >= 16 && row < 24
      const ground = scene === 0 ? 60 + row : ((column >> 2) + (row >> 2)) % 2 === 0 ? 250 : 180
      data.fill(isSquare ? 230 : ground, (row * width + column) * 3, (row * width + column) * 3 + 3)
    }
  }
  return { width, height, data }
}

async function writeClip(name: string, pictures: Picture[], fps = 10): Promise<string> {
  const { width, height } = pictures[0]!
  const path = place.file(name)
  const encoder = await openEncoder(
    host,
    await findFfmpeg(host),
    { width, height, fps: { num: fps, den: 1 } },
    path,
  )
  for (const { data } of pictures) await encoder.write(data)
  await encoder.finish()
  return path
}

async function frames(name: string): Promise<Uint8Array[]> {
  const ffmpeg = await findFfmpeg(host)
  const size = await probeVideo(host, ffmpeg, place.file(name))
  const all: Uint8Array[] = []
  for await (const frame of decodeFrames(host, ffmpeg, place.file(name), size)) all.push(frame.slice())
  return all
}
const facts = async (name: string) => probeVideo(host, await findFfmpeg(host), place.file(name))
const difference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length

describe('of a clip', () => {
  test('makes every frame that is missing, at the same speed, and morphs no cut', async () => {
    const clip = [0, 4, 8].map((x) => scenePicture(x)).concat([20, 24].map((x) => scenePicture(x, 1)))
    await writeClip('clip.mp4', clip)
    const run = await good('clip.mp4', '-n', '3', '-o', 'out.mp4', '--model', MODEL)
    expect(run.stdout).toBe('out.mp4\n')
    expect(run.stderr).toMatch(/^17 frames: 3 morphed, 1 cut$/m)
    expect(await facts('out.mp4')).toMatchObject({
      frames: 17,
      fps: { num: 40, den: 1 },
      width: 64,
      height: 48,
    })
    const [before, after] = [await frames('clip.mp4'), await frames('out.mp4')]
    for (const [i, frame] of before.entries()) expect(difference(after[i * 4]!, frame)).toBeLessThan(4)
    // Across the cut: half of the in-betweens are of the one place, half of the other; none is a mixture.
    const places = [9, 10, 11].map((i) => [
      difference(after[i]!, before[2]!),
      difference(after[i]!, before[3]!),
    ])
    for (const [toFirst, toSecond] of places) expect(Math.min(toFirst!, toSecond!)).toBeLessThan(4)
    expect(places[0]![0]).toBeLessThan(4)
    expect(places[2]![1]).toBeLessThan(4)
  })

  test('keeps its sound, unless its speed changes', async () => {
    const { path } = await findFfmpeg(host)
    const clip = await writeClip(
      'silent.mp4',
      [0, 2, 4, 6, 8, 10].map((x) => scenePicture(x)),
    )
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=0.6']
    const run = (...args: string[]) =>
      execFileSync(path, ['-v', 'error', '-y', ...args], { cwd: place.folder })
    run('-i', clip, ...sound, '-c:v', 'copy', '-c:a', 'aac', 'clip.mp4')
    run('-i', clip, ...sound, '-c:v', 'copy', '-c:a', 'pcm_s16le', 'clip.mkv')
    const loudness = (name: string) =>
      run('-i', name, '-map', '0:a', '-f', 's16le', '-ac', '1', '-').reduce((sum, byte) => sum + byte, 0)
    for (const name of ['clip.mp4', 'clip.mkv']) {
      await good(name, '-o', 'out.mp4', '--model', 'blend')
      expect(loudness('out.mp4')).toBeGreaterThan(1000)
      expect(await facts('out.mp4')).toMatchObject({ frames: 11, fps: { num: 20, den: 1 } })
    }
    const slow = await good('clip.mp4', '--fps', '10', '-o', 'slow.mp4', '--model', 'blend')
    expect(slow.stderr).toMatch(/sound .* left out/)
    expect(await facts('slow.mp4')).toMatchObject({ frames: 11, fps: { num: 10, den: 1 } })
    expect(() => run('-i', 'slow.mp4', '-map', '0:a', '-f', 'null', '-')).toThrow()
  })

  test('as pictures: the in-betweens alone, numbered on', async () => {
    await writeClip(
      'clip.mp4',
      [0, 4, 8].map((x) => scenePicture(x)),
    )
    const { stdout } = await good('clip.mp4', '-n', '2', '-o', 'x-%02d.png', '--motion', 'hold')
    expect(stdout.trim().split('\n')).toEqual(['x-01.png', 'x-02.png', 'x-03.png', 'x-04.png'])
    const [first, , third] = await frames('clip.mp4').then(([a, b, c]) => [a!, b!, c!])
    const picture = async (name: string) => (await decodePicture(readFileSync(place.file(name)))).data
    expect(difference(await picture('x-02.png'), first)).toBe(0)
    expect(difference(await picture('x-04.png'), third)).toBeGreaterThan(0)
  })
})

describe('of a folder', () => {
  test('counts as people do, and makes odd sides even', async () => {
    mkdirSync(place.file('frames'))
    writeFileSync(place.file('frames/notes.txt'), 'no picture')
    for (const [name, x] of Object.entries({ 'f10.png': 12, 'f2.png': 4, 'f1.png': 0, 'F9.PNG': 8 }))
      writeFileSync(place.file(`frames/${name}`), await encodePng(scenePicture(x, 0, 51, 33)))
    await good('frames', '-o', 'out.mp4', '--model', 'blend')
    expect(await facts('out.mp4')).toMatchObject({
      frames: 7,
      width: 52,
      height: 34,
      fps: { num: 24, den: 1 },
    })
    // The square, 8 wide, moves by 4 from picture to picture.
    const left = (frame: Uint8Array) => frame.subarray(20 * 52 * 3, 21 * 52 * 3).findIndex((v) => v > 200) / 3
    const positions = (await frames('out.mp4')).map(left).filter((_, i) => i % 2 === 0)
    for (const [i, position] of positions.entries()) expect(Math.abs(position - 4 * i)).toBeLessThan(1.5)
  })

  test('says what is wrong with it', async () => {
    mkdirSync(place.file('frames'))
    await bad(4, /frames has no pictures/, 'frames')
    writeFileSync(place.file('frames/1.png'), await encodePng(scenePicture(0)))
    await bad(4, /frames has one picture only/, 'frames')
    writeFileSync(place.file('frames/2.png'), await encodePng(scenePicture(0, 0, 32, 32)))
    await bad(4, /2\.png has 32x32 pixels, 1\.png has 64x48/, 'frames')
  })
})

describe('of two pictures', () => {
  beforeEach(async () => {
    writeFileSync(place.file('a.png'), await encodePng(scenePicture(0)))
    writeFileSync(place.file('b.png'), await encodePng(scenePicture(0, 1)))
  })

  test('that have nothing in common dissolve, unless told to morph', async () => {
    const dissolved = await good('a.png', 'b.png', '-n', '1', '-o', 'd-%d.png', '--model', MODEL)
    expect(dissolved.stderr).toMatch(/1 dissolved/)
    const morphed = await good(
      'a.png',
      'b.png',
      '-n',
      '1',
      '-o',
      'm-%d.png',
      '--model',
      MODEL,
      '--motion',
      'morph',
    )
    expect(morphed.stderr).toMatch(/1 morphed/)
    await good('a.png', 'b.png', '-n', '1', '-o', 'b-%d.png', '--model', 'blend')
    const files = ['d-1.png', 'm-1.png', 'b-1.png'].map((name) => readFileSync(place.file(name)))
    const [d, m, b] = await Promise.all(
      files.map(async (file) => Buffer.from((await decodePicture(file)).data)),
    )
    expect(d!.equals(b!)).toBe(true)
    expect(m!.equals(b!)).toBe(false)
    // Each says with which model.
    for (const file of files)
      expect(readPngText(file)['XML:com.adobe.xmp']).toContain('compositeWithTrainedAlgorithmicMedia')
    expect(readPngText(files[2]!)['XML:com.adobe.xmp']).toContain('AISystemUsed>blend<')
  })

  test('an interrupt leaves nothing behind', async () => {
    const { spawn } = await import('node:child_process')
    const { program } = await import('./storyreel.js')
    const child = spawn(
      process.execPath,
      [program, 'tween', 'a.png', 'b.png', '-n', '100000', '-o', 'out.mp4', '--model', 'blend'],
      { cwd: place.folder, env: { PATH: process.env.PATH, HOME: place.folder }, stdio: 'ignore' },
    )
    while (!readdirSync(place.folder).some((name) => name.startsWith('.out.mp4')))
      await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill('SIGINT')
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(130)
    expect(readdirSync(place.folder).sort()).toEqual(['a.png', 'b.png'])
  })
})

test('what is no clip, or not there, is one clear line', async () => {
  writeFileSync(place.file('text.txt'), 'no film')
  await bad(4, /can't read .*text\.txt/, 'text.txt')
  await bad(3, /can't read none\.mp4: no such file/, 'none.mp4')
  writeFileSync(place.file('one.png'), await encodePng(scenePicture(0)))
  await bad(2, /one\.png has one frame/, 'one.png')
  await writeClip('clip.mp4', [scenePicture(0), scenePicture(4)])
  await bad(
    3,
    /no interpolation model called "blned"[\s\S]*did you mean blend/,
    'clip.mp4',
    '--model',
    'blned',
  )
  const run = await place.run(['tween', 'clip.mp4', '-o', 'out.txt'])
  expect(run.code).toBe(2)
  expect(run.stderr).toMatch(/neither a film/)
  expect((await place.run(['tween', 'clip.mp4', '-o', 'no/out.mp4'])).code).toBe(3)
  expect((await place.run(['tween', 'clip.mp4', '-o', 'out.mp4', '--motion', 'jump'])).code).toBe(2)
  expect(existsSync(place.file('out.mp4'))).toBe(false)
})
