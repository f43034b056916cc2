// The film's sound: every track at its place, mixed and encoded.

import type { MixNode, MixTrack } from '../graph/node.js'
import type { Host } from '../host/host.js'
import { ambience } from '../sound/ambience.js'
import { encodeSound } from '../sound/encode-sound.js'
import { type MixTrack as MixSound, mixTracks } from '../sound/mix.js'
import type { Sound } from '../sound/samples.js'
import { decodeSound, measureSound } from '../sound/sound-file.js'
import type { Artefact, Store } from '../store/store.js'
import type { Ffmpeg } from '../video/find-ffmpeg.js'
import { openLane } from './lane.js'
import { soundPath } from './sound-facts.js'

const SPEECH_LUFS = -16
const MEASURED_AT_ONCE = 4

export async function makeMix(
  node: MixNode,
  speech: ReadonlyMap<string, Artefact>,
  store: Store,
  host: Host,
  ffmpeg: Ffmpeg,
  signal: AbortSignal,
): Promise<Artefact> {
  const decode = (path: string) => decodeSound(host, ffmpeg, path, signal)
  const open = ({ source }: MixTrack): Sound => {
    if (source.kind === 'ambience') return ambience(source.word)
    return decode(source.kind === 'file' ? soundPath(source.file, host) : speech.get(source.node.key)!.path)
  }
  const lane = openLane(MEASURED_AT_ONCE)
  const tracks = await Promise.all(
    node.tracks.map(async (track): Promise<MixSound> => {
      const { source } = track
      const spoken = source.kind === 'speech' ? speech.get(source.node.key)!.path : null
      const gain = spoken === null ? track.gain : await lane(() => speechGain(spoken, host, ffmpeg, signal))
      return { ...track, gain, isSpeech: spoken !== null, open: () => open(track) }
    }),
  )
  return store.put(node.key, 'm4a', (path) =>
    encodeSound(host, ffmpeg, mixTracks(tracks, node.samples), path, signal),
  )
}

/** Lines are brought to one loudness, whoever speaks. */
async function speechGain(path: string, host: Host, ffmpeg: Ffmpeg, signal: AbortSignal): Promise<number> {
  const { loudness } = await measureSound(host, ffmpeg, path, signal)
  return loudness === null ? 1 : 10 ** ((SPEECH_LUFS - loudness) / 20)
}
