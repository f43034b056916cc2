import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFfmpeg, parseFfmpegVersion } from '../../src/video/find-ffmpeg.js'
import { host, packaged } from './ffmpegs.js'

const fake = (name: string) => join(import.meta.dirname, '..', 'fixtures', 'ffmpeg', name)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-find-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('findFfmpeg', () => {
  it('takes FFMPEG_PATH before PATH', async () => {
    const env = { FFMPEG_PATH: fake('fails') }
    const found = await findFfmpeg({ ...host, env, which: async () => packaged.path })
    expect(found).toEqual({
      path: fake('fails'),
      version: '6.0',
      libavformat: { major: 60, minor: 3 },
      origin: 'env',
    })
  })

  it('takes PATH before the package', async () => {
    const found = await findFfmpeg({ ...host, env: {}, which: async () => fake('fails') })
    expect(found).toMatchObject({ path: fake('fails'), origin: 'path' })
  })

  it('takes the package where PATH has none, or one that is too old', async () => {
    const withoutPath = await findFfmpeg({ ...host, env: {}, which: async () => null })
    expect(withoutPath).toMatchObject({ origin: 'package', libavformat: { major: 58 } })
    const withOld = await findFfmpeg({ ...host, env: {}, which: async () => fake('too-old') })
    expect(withOld.origin).toBe('package')
  })

  it.each([
    ['too-old', 'version 2.0.1 is too old'],
    ['no-version', 'does not tell a version'],
    ['absent', "can't be started"],
  ])('says why one that was asked for is of no use: %s', async (name, why) => {
    await expect(findFfmpeg(host, { explicit: fake(name) })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(why),
      hint: expect.stringContaining('FFMPEG_PATH'),
    })
  })

  it('says how to get one where there is none', async () => {
    const nowhere = { ...host, env: {}, which: async () => null, stat: async () => null }
    await expect(findFfmpeg(nowhere)).rejects.toMatchObject({
      exitCode: 3,
      message: 'no ffmpeg was found',
      hint: expect.stringContaining('ffmpeg.org'),
    })
  })

  it("makes the package's executable, or a copy of it where the package may not be changed", async () => {
    const plain = { ...host, env: {}, which: async () => null }
    const asInstalledWithoutScripts = async (path: string) => {
      const real = await host.stat(path)
      return real && path === packaged.path ? { ...real, mode: real.mode & ~0o111 } : real
    }
    const changed: string[] = []
    const found = await findFfmpeg({
      ...plain,
      stat: asInstalledWithoutScripts,
      makeExecutable: async (path) => void changed.push(path),
    })
    expect(changed).toEqual([packaged.path])
    expect(found.path).toBe(packaged.path)
    const copied = await findFfmpeg({
      ...plain,
      temp: folder,
      stat: asInstalledWithoutScripts,
      makeExecutable: async (path) => {
        if (path === packaged.path) throw Object.assign(new Error('read-only'), { code: 'EROFS' })
        await host.makeExecutable(path)
      },
    })
    expect(dirname(dirname(copied.path))).toBe(folder)
    expect(copied).toEqual({ ...packaged, path: copied.path })
  })
})

describe('parseFfmpegVersion', () => {
  it('reads releases and builds from git', () => {
    const release =
      'ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000\nbuilt with\nlibavformat    59. 27.100 / 59. 27.100\n'
    const git =
      'ffmpeg version N-47683-g0e8eb07980-static https://x/  Copyright\nlibavformat    58. 24.100 / 58. 24.100\n'
    expect(parseFfmpegVersion(release)).toEqual({
      version: '5.1.9-0+deb12u1',
      libavformat: { major: 59, minor: 27 },
    })
    expect(parseFfmpegVersion(git)).toEqual({
      version: 'N-47683-g0e8eb07980-static',
      libavformat: { major: 58, minor: 24 },
    })
    expect(parseFfmpegVersion('hello')).toBeNull()
  })
})
