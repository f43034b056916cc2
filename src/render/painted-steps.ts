// What the keyframes of a plan were painted from, for those whose place on a walk the pictures decided.

import type { Plan } from '../graph/plan.js'
import type { Host } from '../host/host.js'
import type { Store } from '../store/store.js'
import type { Step } from '../story/types.js'
import { alongWalk } from '../story/walk.js'
import { readPositions } from './make-spacing.js'

/** By key; those whose spacing is no longer in the store are missing. */
export async function paintedSteps({ shots }: Plan, store: Store, host: Host): Promise<Map<string, Step>> {
  const steps = new Map<string, Step>()
  for (const { spacing, pictures } of shots) {
    const found = spacing && (await store.get(spacing.key))
    if (!found || typeof found === 'string') continue
    const positions = await readPositions(found.path, host)
    for (const node of pictures)
      if (node.kind === 'keyframe' && node.place !== null)
        steps.set(node.key, alongWalk(spacing.waypoints, positions[node.place.index]!))
  }
  return steps
}
