// What a plan must know of the sound files that a script names: which bytes, how long, how loud.

import { resolve } from 'node:path'
import { environmentFailure } from '../diagnostic/failure.js'
import type { MixNode } from '../graph/node.js'
import { type MixFacts, type SoundFacts, soundFilesOf } from '../graph/sound.js'
import type { Host } from '../host/host.js'
import { checkSound, measureSound, type SoundMeasure } from '../sound/sound-file.js'
import type { Store } from '../store/store.js'
import type { Storyboard } from '../story/types.js'
import { decodeSoundArguments, encodeSoundArguments } from '../video/arguments.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { type FileDigests, openFileDigests } from './file-digests.js'
import { atLine } from './film-files.js'

/** Where files were measured, by digest and the ffmpeg that decoded them. */
const RECORD = 'sound-measures'

export const soundPath = (name: string, host: Host): string => resolve(host.cwd, name)

/** ffmpeg's version and all that it is told about sound. */
export const mixerIdentity = ({ version }: Ffmpeg): string =>
  [version, ...decodeSoundArguments('', 0), ...encodeSoundArguments(0, '')].join(' ')

/**
 * Each file is decoded once, as long as it doesn't change.
 * @throws Failure with the line that names a file that is not there or has no sound in it.
 */
export async function soundFacts(
  storyboard: Storyboard,
  ffmpeg: Ffmpeg,
  { host, store }: { host: Host; store: Store },
  digests: FileDigests,
): Promise<ReadonlyMap<string, SoundFacts>> {
  const facts = new Map<string, SoundFacts>()
  const files = soundFilesOf(storyboard)
  if (files.size === 0) return facts
  const remembered = { ...((await store.readRecord(RECORD)) as Record<string, SoundMeasure> | null) }
  let isNew = false
  for (const [name, line] of files) {
    const path = soundPath(name, host)
    const digest = await atLine(storyboard.file, line, async () => {
      if (!(await host.stat(path))?.isFile)
        throw environmentFailure(`there is no file ${name}`, 'check the path')
      return digests.of(path)
    })
    const id = `${digest} ${ffmpeg.version}`
    if (remembered[id] === undefined) {
      remembered[id] = await atLine(storyboard.file, line, async () => {
        await checkSound(host, ffmpeg, name, path)
        return measureSound(host, ffmpeg, path)
      })
      isNew = true
    }
    facts.set(name, { digest, ...remembered[id] })
  }
  await digests.save()
  // A cache that can't be written only costs the time of decoding the files again.
  if (isNew) await store.writeRecord(RECORD, remembered).catch(() => {})
  return facts
}

/** Fails when a file of a mix is no longer the one that the plan's keys name. */
export async function checkSounds(
  { tracks }: MixNode,
  { sounds }: MixFacts,
  { host, store }: { host: Host; store: Store },
): Promise<void> {
  const digests = await openFileDigests(host, store)
  for (const file of new Set(tracks.flatMap(({ source }) => (source.kind === 'file' ? source.file : [])))) {
    const now = await digests.of(soundPath(file, host)).catch(() => null)
    if (now === sounds?.get(file)?.digest) continue
    throw environmentFailure(`${file} has changed since the film was planned`, 'give the command again')
  }
}
