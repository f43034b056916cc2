// Lines of speech, in the store: made when a script is checked, since they say how long its shots are, and found there by a render.

import { join } from 'node:path'
import type { SpeechLevels } from '../graph/lips.js'
import type { SpeechNode } from '../graph/node.js'
import { planLine, planSpeech } from '../graph/speech.js'
import { copyFileTo } from '../host/copy-file.js'
import type { Host } from '../host/host.js'
import { speechLevels } from '../sound/levels.js'
import { SPEECH_ENGINE, type SpeechRequest, speak, wavSeconds } from '../sound/speak.js'
import type { Artefact, Store } from '../store/store.js'
import { temporaryName } from '../store/temporary.js'
import { lineId, type SpokenLengths } from '../story/speech.js'
import type { Storyboard } from '../story/types.js'

/** In a folder that is gone afterwards; `use` gets the path of each line. */
export async function spoken<T>(
  nodes: readonly SpeechRequest[],
  host: Host,
  signal: AbortSignal | undefined,
  use: (paths: string[]) => Promise<T>,
): Promise<T> {
  const folder = join(host.temp, `storyreel-${temporaryName('speech')}`)
  await host.makeFolder(folder)
  try {
    return await use(await speak(host, nodes, folder, signal))
  } finally {
    await host.remove(folder)
  }
}

export const makeSpeech = (
  node: SpeechNode,
  store: Store,
  host: Host,
  signal: AbortSignal,
): Promise<Artefact> =>
  store.put(node.key, 'wav', (path) => spoken([node], host, signal, ([wav]) => copyFileTo(wav!, path)))

/** How long the lines of a storyboard take; what is not in the store is spoken, all by one process. */
export async function spokenLengths(
  { shots }: Pick<Storyboard, 'shots'>,
  store: Store,
  host: Host,
): Promise<SpokenLengths> {
  const nodes = new Map<string, { node: SpeechNode; id: string }>()
  for (const line of shots.flatMap(({ lines = [] }) => lines)) {
    const node = planLine(line, '', SPEECH_ENGINE)
    if (node !== null) nodes.set(node.key, { node, id: lineId(node.text, line.voice) })
  }
  const lengths = new Map<string, number>()
  const missing: { node: SpeechNode; id: string }[] = []
  for (const entry of nodes.values()) {
    const found = await store.get(entry.node.key)
    if (typeof found === 'string') missing.push(entry)
    else lengths.set(entry.id, await wavSeconds(host, found.path))
  }
  if (missing.length === 0) return lengths
  await spoken(
    missing.map(({ node }) => node),
    host,
    undefined,
    async (paths) => {
      for (const [i, { node, id }] of missing.entries()) {
        lengths.set(id, await wavSeconds(host, paths[i]!))
        // A cache that can't be written only costs the time of speaking again.
        await store.put(node.key, 'wav', (path) => copyFileTo(paths[i]!, path)).catch(() => {})
      }
    },
  )
  return lengths
}

/** How loud the lines are whose speakers are seen, by the keys of their nodes. */
export async function levelsOf(
  storyboard: Storyboard,
  store: Store,
  host: Host,
): Promise<ReadonlyMap<string, SpeechLevels>> {
  const levels = new Map<string, SpeechLevels>()
  const shots = storyboard.shots.filter(({ take }) => take.kind === 'diffused' && take.talking)
  if (shots.length === 0) return levels
  const lines = shots.flatMap((shot) => planSpeech(shot, SPEECH_ENGINE))
  await spokenLengths({ shots }, store, host)
  for (const { node } of lines) {
    const found = await store.get(node.key)
    // A cache that can't be written has no lines: mouths stay closed.
    if (typeof found !== 'string') levels.set(node.key, speechLevels(await host.readFile(found.path)))
  }
  return levels
}
