// Whether the files that a script names are there, and are what it takes them for.

import { resolve } from 'node:path'
import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { Failure, fileFailure } from '../diagnostic/failure.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import type { Host } from '../host/host.js'
import { decodePicture } from '../image/picture.js'
import { openLora } from '../lora/lora-file.js'
import { checkSound } from '../sound/sound-file.js'
import type { FileKind, MentionedFile } from '../story/mentioned-files.js'
import { readEmbedding } from '../textual-inversion/embedding-file.js'
import { findFfmpeg } from '../video/find-ffmpeg.js'
import { readSubtitles } from './subtitle-files.js'

/** Null for a good one; editors and `watch` ask at every change of the script. */
type Verdicts = Map<string, Promise<Failure | null>>
const remembered = new WeakMap<Host, Verdicts>()

/** One error for each place that names a file which is missing or can't be used. */
export async function checkFiles(files: readonly MentionedFile[], host: Host): Promise<Diagnostic[]> {
  const found = await Promise.all(files.map((file) => checkFile(file, host)))
  return found.filter((diagnostic) => diagnostic !== null)
}

async function checkFile({ kind, file, span }: MentionedFile, host: Host): Promise<Diagnostic | null> {
  const path = resolve(host.cwd, file)
  const stat = await host.stat(path).catch(() => null)
  if (stat === null)
    return makeDiagnostic('file/missing', `there is no file ${quote(file)}`, span, {
      hints: ['a path is relative to the file that it is written in'],
    })
  const verdicts = remembered.get(host) ?? new Map()
  remembered.set(host, verdicts)
  const id = `${kind} ${stat.size} ${stat.mtimeMs} ${path}`
  // What is in a folder has times of its own.
  if (!verdicts.has(id) || stat.isDirectory) verdicts.set(id, tryToRead(kind, file, path, host))
  const failure = await verdicts.get(id)
  if (!failure) return null
  return makeDiagnostic('file/unreadable', failure.message, span, {
    hints: failure.hint ? [failure.hint] : [],
  })
}

const READERS: Record<FileKind, (name: string, path: string, host: Host) => Promise<unknown>> = {
  picture: async (name, path, host) => decodePicture(await host.readFile(path), name),
  lora: (_, path, host) => openLora(path, host),
  embedding: (_, path, host) => readEmbedding(path, host),
  subtitles: (name, path, host) => readSubtitles(name, path, host),
  async sound(name, path, host) {
    // A machine without ffmpeg renders nothing, but checks.
    const ffmpeg = await findFfmpeg(host).catch(() => null)
    if (ffmpeg) await checkSound(host, ffmpeg, name, path)
  },
}

async function tryToRead(kind: FileKind, name: string, path: string, host: Host): Promise<Failure | null> {
  try {
    await READERS[kind](name, path, host)
    return null
  } catch (error) {
    return error instanceof Failure ? error : fileFailure(error, `can't read ${name}`)
  }
}
