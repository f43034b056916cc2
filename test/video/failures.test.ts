import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../src/diagnostic/failure.js'
import type { Child } from '../../src/host/host.js'
import { openEncoder } from '../../src/video/encoder.js'
import { type Ffmpeg, findFfmpeg } from '../../src/video/find-ffmpeg.js'
import { joinSegments } from '../../src/video/join.js'
import { describeFfmpegs, host, packaged, testFrame } from './ffmpegs.js'

const SPEC = { width: 320, height: 192, fps: { num: 24, den: 1 } }
const FRAME = testFrame(SPEC.width, SPEC.height, 0)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-failures-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const fake = (name: string) =>
  findFfmpeg(host, { explicit: join(import.meta.dirname, '..', 'fixtures', 'ffmpeg', name) })

/** A host that tells of its children. */
function watchedHost() {
  const children: Child[] = []
  const spawn: typeof host.spawn = (command, args) => {
    const child = host.spawn(command, args)
    children.push(child)
    return child
  }
  return { host: { ...host, spawn }, children }
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function encodeUntilItFails(
  ffmpeg: Ffmpeg,
  path: string,
  during?: (frame: number, child: Child) => void,
) {
  const watched = watchedHost()
  const encoder = await openEncoder(watched.host, ffmpeg, SPEC, path)
  try {
    for (let frame = 0; frame < 200; frame++) {
      during?.(frame, watched.children[0]!)
      await encoder.write(FRAME)
    }
    await encoder.finish()
  } catch (error) {
    await encoder.abort()
    expect(isAlive(watched.children[0]!.pid!)).toBe(false)
    return error as Failure
  }
  throw new Error('it did not fail')
}

describeFfmpegs('an ffmpeg', (ffmpeg) => {
  it('that is killed in mid-segment is a failure of exit 4', async () => {
    const error = await encodeUntilItFails(ffmpeg, join(folder, 'killed.mp4'), (frame, child) => {
      if (frame === 20) process.kill(child.pid!, 'SIGKILL')
    })
    expect(error).toBeInstanceOf(Failure)
    expect(error).toMatchObject({
      exitCode: 4,
      message: "can't encode a segment: ffmpeg was killed (SIGKILL)",
    })
  })

  it('that cannot write is a failure with its own words', async () => {
    const error = await encodeUntilItFails(ffmpeg, join(folder, 'nowhere', 'out.mp4'))
    expect(error).toBeInstanceOf(Failure)
    expect(error.message).toContain('No such file or directory')
  })

  it('whose disk is full is a failure of exit 3', async () => {
    if (host.platform !== 'linux') return
    expect(await encodeUntilItFails(ffmpeg, '/dev/full')).toMatchObject({
      exitCode: 3,
      message: "can't encode a segment: the disk is full",
    })
  })

  it('is ended by an abort, which is exit 130', async () => {
    const watched = watchedHost()
    const stop = new AbortController()
    const encoder = await openEncoder(watched.host, ffmpeg, SPEC, join(folder, 'aborted.mp4'), {
      signal: stop.signal,
    })
    await encoder.write(FRAME)
    stop.abort()
    await expect(encoder.finish()).rejects.toMatchObject({ exitCode: 130 })
    expect(isAlive(watched.children[0]!.pid!)).toBe(false)
  })

  it('that lacks a segment to join is a failure', async () => {
    const segments = [{ path: join(folder, 'absent.mp4'), frames: 3 }]
    const joining = joinSegments(host, ffmpeg, segments, SPEC.fps, join(folder, 'film.mp4'))
    await expect(joining).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining("can't join the film"),
    })
  })
})

describe('a fake ffmpeg', () => {
  it('that fails at once is a failure with its last words', async () => {
    const error = await encodeUntilItFails(await fake('fails'), join(folder, 'x.mp4'))
    expect(error).toMatchObject({
      exitCode: 4,
      message: "can't encode a segment: ffmpeg failed with exit code 1: Conversion failed!",
    })
  })

  it('that finds the disk full is a failure of exit 3', async () => {
    const error = await encodeUntilItFails(await fake('disk-full'), join(folder, 'x.mp4'))
    expect(error).toMatchObject({ exitCode: 3, message: "can't encode a segment: the disk is full" })
  })

  it('that ends without having worked is a failure', async () => {
    const error = await encodeUntilItFails(await fake('quits'), join(folder, 'x.mp4'))
    expect(error).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('ended before the last frame'),
    })
  })

  it('that hangs is ended by an abort', async () => {
    const watched = watchedHost()
    const stop = new AbortController()
    const { signal } = stop
    const encoder = await openEncoder(watched.host, await fake('hangs'), SPEC, join(folder, 'x.mp4'), {
      signal,
    })
    const writing = Promise.all(Array.from({ length: 20 }, () => encoder.write(FRAME)))
    stop.abort()
    await expect(writing).rejects.toMatchObject({ exitCode: 130 })
    await encoder.abort()
    expect(isAlive(watched.children[0]!.pid!)).toBe(false)
  })

  it('that vanished since it was found is a failure of exit 3', async () => {
    const gone: Ffmpeg = { ...packaged, path: join(folder, 'gone') }
    expect(await encodeUntilItFailsWithoutChild(gone)).toMatchObject({
      exitCode: 3,
      hint: expect.any(String),
    })
  })
})

async function encodeUntilItFailsWithoutChild(ffmpeg: Ffmpeg) {
  const encoder = await openEncoder(host, ffmpeg, SPEC, join(folder, 'x.mp4'))
  return encoder.write(FRAME).then(
    () => encoder.finish(),
    (error) => error,
  )
}
