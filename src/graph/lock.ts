// What a film's pixels depended on when it was reviewed. Pure; the file is storyreel.lock beside the script.

import type { Plan } from './plan.js'
import type { ModelFacts } from './plan-facts.js'

/** Of one script. Facts are as in its plan; `shots` are the keys of the segments, by shot. */
export type LockedFilm = {
  runtime: string
  device: string
  encoder: string
  font: string
  models: Readonly<Record<string, string>>
  interpolation: string | null
  /** Left out where no camera asks how near things are. */
  depth?: string
  shots: Readonly<Record<string, string>>
  /** Key of what is heard; null or left out for a silent film. */
  sound?: string | null
}

/** By the script's file name. */
export type Lock = { version: 1; films: Readonly<Record<string, LockedFilm>> }

export function lockFilm({ facts, shots, movie }: Plan): LockedFilm {
  return {
    runtime: facts.runtime,
    device: facts.device,
    encoder: facts.encoder,
    font: facts.font,
    models: Object.fromEntries([...facts.models].sort().flatMap(lockModel)),
    interpolation: facts.interpolation?.digest ?? null,
    ...(facts.depth && { depth: facts.depth.digest }),
    shots: Object.fromEntries(shots.map(({ shot, segment }) => [shot.id, segment.key])),
    ...(movie.mix === null ? {} : { sound: movie.mix.key }),
  }
}

/** With its safety checker, where that looked at the pictures. */
const lockModel = ([name, { digest, safetyChecker = null }]: [string, ModelFacts]): [string, string][] => [
  [name, digest],
  ...(safetyChecker === null || safetyChecker === 'off'
    ? []
    : [[`${name}/safety_checker`, safetyChecker.digest] as [string, string]]),
]

export type LockDifference = {
  /** Of the machine: another machine may be right. */
  environment: string[]
  /** Of the script and what it includes. */
  script: string[]
}

/** How a plan differs from what was locked; nothing in either list when it does not. */
export function lockDifference(locked: LockedFilm, plan: Plan): LockDifference {
  const now = lockFilm(plan)
  const environment: string[] = []
  const compare = (what: string, before: string | null, after: string | null) => {
    if (before !== after) environment.push(`${what}: ${shown(before)} was reviewed, ${shown(after)} is here`)
  }
  compare('runtime', locked.runtime, now.runtime)
  compare('device', locked.device, now.device)
  compare('encoder', locked.encoder, now.encoder)
  compare('font', locked.font, now.font)
  compare('interpolation model', locked.interpolation, now.interpolation)
  if (locked.depth && now.depth) compare('depth model', locked.depth, now.depth)
  for (const [name, digest] of Object.entries(now.models)) {
    const before = locked.models[name]
    if (before !== undefined) compare(`model ${name}`, before, digest)
  }
  // Whatever makes all shots new is told once, not once a shot.
  const isHeardSo = (locked.sound ?? null) === (now.sound ?? null)
  const script = [...shotDifferences(locked.shots, now.shots), ...(isHeardSo ? [] : ['sound changed'])]
  return { environment, script: environment.length > 0 ? [] : script }
}

function shotDifferences(before: LockedFilm['shots'], after: LockedFilm['shots']): string[] {
  const changed = Object.keys(after).filter((id) => id in before && before[id] !== after[id])
  const added = Object.keys(after).filter((id) => !(id in before))
  const removed = Object.keys(before).filter((id) => !(id in after))
  return Object.entries({ changed, added, removed }).flatMap(([what, ids]) =>
    ids.length === 0 ? [] : [`${ids.length === 1 ? 'shot' : 'shots'} ${listed(ids)} ${what}`],
  )
}

const listed = (ids: readonly string[]): string =>
  ids.length <= 12 ? ids.join(', ') : `${ids.slice(0, 12).join(', ')} and ${ids.length - 12} more`

/** Digests by their first digits. */
const shown = (value: string | null): string =>
  value === null ? 'none' : /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value
