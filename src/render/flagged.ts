// Keyframes that a model's safety checker did not let pass: black, and marked so in the cache.

import type { KeyframeNode } from '../graph/node.js'
import type { Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import { readPngText } from '../image/png-text.js'
import type { Store } from '../store/store.js'

const KEYWORD = 'storyreel:safety'

/** Text chunk of a flagged keyframe's PNG. */
export const FLAGGED_MARK = { [KEYWORD]: 'flagged' }

/** What to do about a flagged picture. */
export const FLAGGED_ADVICE =
  'another seed or prompt makes another picture, --no-safety leaves the checker out'

/** Keys of the keyframes in the cache that were flagged. Only those of models that check are looked at. */
export async function findFlagged(plan: Plan, store: Store, host: Host): Promise<ReadonlySet<string>> {
  const flagged = new Set<string>()
  for (const { key, diffusion } of keyframesOf(plan)) {
    const checker = plan.facts.models.get(diffusion.model)?.safetyChecker ?? null
    if (checker === null || checker === 'off') continue
    const artefact = await store.get(key)
    if (typeof artefact === 'string') continue
    if (KEYWORD in readPngText(await host.readFile(artefact.path))) flagged.add(key)
  }
  return flagged
}

/** One for each shot that shows a flagged keyframe. */
export function flaggedWarnings({ shots, storyboard }: Plan, flagged: ReadonlySet<string>): string[] {
  return shots.flatMap(({ shot, pictures }) => {
    const first = pictures.find((node): node is KeyframeNode => isFlagged(node, flagged))
    if (first === undefined) return []
    const { diffusion, prompt } = first
    return [
      `${storyboard.file}:${shot.line}: shot ${shot.id} has a black picture: the safety checker of ${diffusion.model} flagged ${JSON.stringify(prompt[0]?.prompt ?? '')} with seed ${diffusion.seed}; ${FLAGGED_ADVICE}`,
    ]
  })
}

const isFlagged = (node: Plan['shots'][number]['pictures'][number], flagged: ReadonlySet<string>): boolean =>
  node.kind === 'keyframe' && flagged.has(node.key)

const keyframesOf = ({ shots }: Plan): KeyframeNode[] =>
  shots.flatMap(({ pictures }) => pictures.flatMap((node) => (node.kind === 'keyframe' ? [node] : [])))
