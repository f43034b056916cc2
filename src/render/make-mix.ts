// The film's sound: every track at its place, mixed and encoded.

import type { MixNode, MixTrack } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { ambience } from '../sound/ambience.js'
import { encodeSound } from '../sound/encode-sound.js'
import { mixTracks } from '../sound/mix.js'
import type { Sound } from '../sound/samples.js'
import { decodeSound } from '../sound/sound-file.js'
import type { Artefact, Store } from '../store/store.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { soundPath } from './sound-facts.js'

export async function makeMix(
  node: MixNode,
  store: Store,
  host: Host,
  ffmpeg: Ffmpeg,
  signal: AbortSignal,
): Promise<Artefact> {
  const open = ({ source }: MixTrack): Sound =>
    source.kind === 'ambience'
      ? ambience(source.word)
      : decodeSound(host, ffmpeg, soundPath(source.file, host), signal)
  const tracks = node.tracks.map((track) => ({ ...track, isSpeech: false, open: () => open(track) }))
  return store.put(node.key, 'm4a', (path) =>
    encodeSound(host, ffmpeg, mixTracks(tracks, node.samples), path, signal),
  )
}
