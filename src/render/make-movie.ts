// The film: segments joined without re-encoding, with its sound, put in place by rename. The store keeps only the film's digest.

import { basename, dirname, join } from 'node:path'
import { environmentFailure, Failure, fileFailure } from '../diagnostic/failure.js'
import type { MovieNode } from '../graph/node.js'
import type { Host } from '../host/host.js'
import type { Artefact, Store } from '../store/store.js'
import { sweepTemporaryFiles, temporaryName } from '../store/temporary.js'
import { formatSrt } from '../story/subtitles.js'
import type { Storyboard } from '../story/types.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { joinSegments } from '../video/join.js'
import { xmpBox } from '../video/xmp-box.js'
import { type Provenance, xmpPacket } from './provenance.js'
import { fileDigest } from './work.js'

export async function makeMovie(
  node: MovieNode,
  made: readonly Artefact[],
  mix: Artefact | null,
  { title, fps }: Pick<Storyboard, 'title' | 'fps'>,
  output: string,
  provenance: Provenance,
  store: Store,
  host: Host,
  ffmpeg: Ffmpeg,
  signal: AbortSignal,
): Promise<Artefact> {
  const folder = dirname(output)
  const prefix = `.${basename(output)}.`
  const temporary = join(folder, prefix + temporaryName('mp4'))
  let track: string | null = null
  try {
    await sweepTemporaryFiles(folder, host, prefix)
    if (node.subtitles !== null) {
      track = join(folder, prefix + temporaryName('srt'))
      await host.writeFile(track, formatSrt(node.subtitles))
    }
    const segments = made.map(({ path }, i) => ({ path, frames: node.segments[i]!.frames }))
    await joinSegments(host, ffmpeg, segments, fps, temporary, {
      title,
      sound: mix?.path ?? null,
      subtitles: track,
      signal,
    })
    await host.append(temporary, xmpBox(xmpPacket(provenance)))
    signal.throwIfAborted()
    const digest = await fileDigest(temporary, host)
    if (digest === null) throw environmentFailure(`the joined film vanished before it could be put in place`)
    await host.publish(temporary, output)
    return await store.put(node.key, 'sha256', (path) => host.writeFile(path, digest))
  } catch (error) {
    await host.remove(temporary).catch(() => {})
    throw error instanceof Failure ? error : fileFailure(error, `can't write ${output}`)
  } finally {
    if (track !== null) await host.remove(track).catch(() => {})
  }
}
