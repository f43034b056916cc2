// The host that is Node itself: real files, real processes.

import { randomBytes } from 'node:crypto'
import { constants, createReadStream, createWriteStream } from 'node:fs'
import {
  access,
  appendFile,
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FileStat, Host } from './host.js'
import { startChild } from './node-child.js'

/** File operations reject with Node's own system errors; who knows the purpose turns them into Failures. */
export function nodeHost(): Host {
  return {
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    temp: tmpdir(),
    now: () => performance.now(),
    readFile: (path) => readFile(path),
    readChunks: (path) => createReadStream(path, { highWaterMark: 256 * 1024 }),
    readRange,
    writeFile: (path, data) => writeFile(path, data),
    append: (path, data) => appendFile(path, data),
    writeFileAtomic,
    stat: statOrNull,
    list: async (path) => (await readdir(path)).sort(),
    makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
    rename,
    publish,
    remove: (path) => rm(path, { recursive: true, force: true }),
    touch: (path, when = new Date()) => utimes(path, when, when),
    makeExecutable,
    spawn: startChild,
    which,
  }
}

async function readRange(path: string, start: number, length: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(length)
    let done = 0
    while (done < length) {
      const { bytesRead } = await file.read(bytes, done, length - done, start + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return bytes.subarray(0, done)
  } finally {
    await file.close()
  }
}

/** Renaming onto a device would put a plain file in its place: as root even onto /dev/null. */
async function isStream(path: string): Promise<boolean> {
  const there = await statOrNull(path)
  return there !== null && !there.isFile && !there.isDirectory
}

async function publish(finished: string, path: string): Promise<void> {
  if (!(await isStream(path))) return rename(finished, path)
  await pipeline(createReadStream(finished), createWriteStream(path))
  await rm(finished, { force: true })
}

async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  if (await isStream(path)) return writeFile(path, data)
  const beside = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(beside, 'wx')
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {})
    throw error
  }
}

async function statOrNull(path: string): Promise<FileStat | null> {
  try {
    const s = await stat(path)
    return {
      size: s.size,
      mtimeMs: s.mtimeMs,
      isFile: s.isFile(),
      isDirectory: s.isDirectory(),
      mode: s.mode,
      links: s.nlink,
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path)
  await chmod(path, mode | 0o111)
}

async function which(program: string): Promise<string | null> {
  const suffixes = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE').split(';') : ['']
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue
    for (const suffix of suffixes) {
      const path = resolve(folder, program + suffix)
      if (await isExecutableFile(path)) return path
    }
  }
  return null
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
