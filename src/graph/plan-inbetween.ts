// What lies between two pictures.

import { type InbetweenNode, keyOf, type Manifest } from './node.js'
import { FORMAT, type PlanFacts } from './plan-facts.js'

export function planInbetween(
  id: string,
  pair: Pick<InbetweenNode, 'from' | 'to' | 'count' | 'motion' | 'interpolation'>,
  facts: PlanFacts,
): InbetweenNode {
  const { from, to, count, motion, interpolation } = pair
  const manifest: Manifest = [
    ['kind', `inbetween ${FORMAT.inbetween}`],
    ['motion', motion ?? 'by the pictures'],
    ...(motion === 'dissolve' ? [] : interpolationManifest(interpolation, facts)),
    ['count', count],
    ['input from', from.key],
    ['input to', to.key],
  ]
  return { kind: 'inbetween', id, key: keyOf(manifest), manifest, ...pair }
}

function interpolationManifest(name: string, { interpolation, runtime, device }: PlanFacts): Manifest {
  if (interpolation === null) return [['interpolation', name]]
  return [
    ['interpolation', name],
    ['interpolation digest', interpolation.digest],
    ['runtime', runtime],
    ['device', device],
  ]
}
