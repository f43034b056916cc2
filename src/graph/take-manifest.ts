// What of a take can change the bytes of what shows it.

import { cameraText } from '../story/camera-text.js'
import type { Manifest, TakeView } from './node.js'
import type { PlanFacts } from './plan-facts.js'

/** Each name begins with `prefix`. */
export function takeManifest(
  prefix: string,
  { camera, fit, look, frames, strips, depths, upscaler }: TakeView,
  { runtime, device }: PlanFacts,
): Manifest {
  const upscaling: Manifest = upscaler
    ? [
        [`${prefix}upscaler digest`, upscaler.digest],
        [`${prefix}upscaler runtime`, `${runtime} ${device}`],
      ]
    : []
  return [
    ...upscaling,
    [`${prefix}camera`, [cameraText(camera)]],
    ...(fit === 'crop' ? [] : [[`${prefix}fit`, fit] as const]),
    ...(look === 'none' ? [] : [[`${prefix}look`, look] as const]),
    [`${prefix}length`, frames],
    ...strips.map(
      (s, i) => [`input ${prefix}${s.node.kind} ${i + 1}`, [s.frame, s.count, s.node.key]] as const,
    ),
    ...depths.map((depth, i) => [`input ${prefix}depth ${i + 1}`, depth.key] as const),
  ]
}
