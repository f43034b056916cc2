// Which ffmpeg: FFMPEG_PATH, else the one on PATH, else the one that comes with the npm package.

import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { Host } from '../host/host.js'

export type Ffmpeg = {
  path: string
  /** As it says of itself: `5.1.9-0+deb12u1`, or `N-47683-g0e8eb07980-static` for a build from git. */
  version: string
  /** Of libavformat, which git builds have too: 58 is ffmpeg 4, 59 ffmpeg 5, 60 ffmpeg 6. */
  libavformat: { major: number; minor: number }
  origin: 'env' | 'path' | 'package'
}

export const INSTALL_HINT =
  'install ffmpeg (https://ffmpeg.org/download.html), or set FFMPEG_PATH to its program'

/** ffmpeg 4.0: what the flags in arguments.ts need. */
const OLDEST_LIBAVFORMAT = 58

/** How long `ffmpeg -version` may take: cold, from a slow disk, with virus scanners. */
const PROBE_MS = 20_000

/**
 * Finds an ffmpeg and asks for its version once. One that was asked for (`explicit`, or FFMPEG_PATH) must work; one on
 * PATH that doesn't is passed over for the package's.
 * @throws Failure, exit 3, with a hint how to get one.
 */
export async function findFfmpeg(host: Host, { explicit }: { explicit?: string } = {}): Promise<Ffmpeg> {
  const asked = explicit ?? host.env.FFMPEG_PATH
  if (asked) {
    const path =
      asked.includes('/') || asked.includes('\\') ? resolve(host.cwd, asked) : await host.which(asked)
    if (path === null)
      throw environmentFailure(`FFMPEG_PATH names ${asked}, which is not on PATH`, INSTALL_HINT)
    return probe(host, path, 'env')
  }
  const onPath = await host.which('ffmpeg')
  let trouble: unknown
  if (onPath !== null) {
    try {
      return await probe(host, onPath, 'path')
    } catch (error) {
      trouble = error
    }
  }
  const packaged = packagedFfmpeg(host)
  if (packaged !== null && (await host.stat(packaged))?.isFile) {
    return probe(host, await executable(host, packaged), 'package')
  }
  throw trouble ?? environmentFailure('no ffmpeg was found', INSTALL_HINT)
}

/** The binary of @ffmpeg-installer/ffmpeg for this platform, or null where the package has none. */
function packagedFfmpeg({ platform }: Host): string | null {
  try {
    const fromHere = createRequire(import.meta.url)
    const fromPackage = createRequire(fromHere.resolve('@ffmpeg-installer/ffmpeg/package.json'))
    const folder = dirname(fromPackage.resolve(`@ffmpeg-installer/${platform}-${process.arch}/package.json`))
    return join(folder, platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg')
  } catch {
    return null
  }
}

/** The package's install script may have been blocked, and its chmod with it; the folder may not be ours to change. */
async function executable(host: Host, path: string): Promise<string> {
  const stat = await host.stat(path)
  if (stat === null || host.platform === 'win32' || (stat.mode & 0o111) !== 0) return path
  try {
    await host.makeExecutable(path)
    return path
  } catch {
    const folder = join(host.temp, `storyreel-ffmpeg-${stat.size}-${Math.round(stat.mtimeMs)}`)
    const copy = join(folder, 'ffmpeg')
    if ((await host.stat(copy))?.size !== stat.size) {
      await host.makeFolder(folder)
      await host.writeFileAtomic(copy, await host.readFile(path))
    }
    await host.makeExecutable(copy)
    return copy
  }
}

async function probe(host: Host, path: string, origin: Ffmpeg['origin']): Promise<Ffmpeg> {
  const unusable = (why: string, cause?: unknown) =>
    environmentFailure(`${path} is no usable ffmpeg: ${why}`, INSTALL_HINT, cause)
  const child = host.spawn(path, ['-hide_banner', '-version'])
  child.stdin.end()
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk: string) => {
    if (text.length < 65536) text += chunk
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, PROBE_MS)
  const { code, signal } = await child.done
    .catch((error) => {
      throw unusable("it can't be started", error)
    })
    .finally(() => clearTimeout(timer))
  if (late) throw unusable(`it does not answer within ${PROBE_MS / 1000} s`)
  if (code !== 0) throw unusable(signal ? `it was killed (${signal})` : `it ends with exit code ${code}`)
  const facts = parseFfmpegVersion(text)
  if (facts === null) throw unusable('it does not tell a version')
  if (facts.libavformat.major < OLDEST_LIBAVFORMAT) {
    throw unusable(`version ${facts.version} is too old; 4.0 or later is needed`)
  }
  return { path, origin, ...facts }
}

/** Reads what `ffmpeg -version` prints; null when that is not ffmpeg's. */
export function parseFfmpegVersion(text: string): Pick<Ffmpeg, 'version' | 'libavformat'> | null {
  const version = /^ffmpeg version (\S+)/m.exec(text)?.[1]
  const library = /^libavformat\s+(\d+)\.\s*(\d+)\./m.exec(text)
  if (version === undefined || library === null) return null
  return { version, libavformat: { major: Number(library[1]), minor: Number(library[2]) } }
}
