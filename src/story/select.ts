// A part of a film: some of its shots, retimed as a film of their own.

import { usageFailure } from '../diagnostic/failure.js'
import { overlapOf } from './transitions.js'
import type { Shot, Storyboard } from './types.js'

/**
 * The storyboard with only the shots that `list` names: ids, numbers in film order from 1, and ranges of numbers
 * (`a,b,3-5`). An overlap with a shot that is left out becomes a cut.
 * @throws Failure (usage) for a name or number that the film doesn't have.
 */
export function selectShots(storyboard: Storyboard, list: string): Storyboard {
  const wanted = new Set<Shot>()
  for (const part of list.split(',').map((p) => p.trim())) {
    for (const shot of shotsNamed(storyboard.shots, part)) wanted.add(shot)
  }
  return keepShots(storyboard, (shot) => wanted.has(shot))
}

/** The storyboard with only the shot on `line` of the script (from 1); a blank line belongs to the shot above. */
export function selectLine(storyboard: Storyboard, line: number): Storyboard {
  const shot = storyboard.shots.findLast((s) => s.line <= line)
  if (!shot) throw usageFailure(`--line ${line}: the first shot starts on line ${storyboard.shots[0]?.line}`)
  return keepShots(storyboard, (s) => s === shot)
}

function shotsNamed(shots: readonly Shot[], part: string): Shot[] {
  const byId = shots.find((s) => s.id === part)
  if (byId) return [byId]
  const match = /^(\d+)(?:-(\d+))?$/.exec(part)
  const first = Number(match?.[1])
  const last = Number(match?.[2] ?? match?.[1])
  if (!match || first < 1 || last < first || last > shots.length) {
    const ids = shots.map((s) => s.id)
    const shown = ids.length > 12 ? [...ids.slice(0, 12), '…'] : ids
    throw usageFailure(
      `--shots: there is no shot '${part}'`,
      `shots are 1-${shots.length}, or by id: ${shown.join(' ')}`,
    )
  }
  return shots.slice(first - 1, last)
}

function keepShots(storyboard: Storyboard, isKept: (shot: Shot) => boolean): Storyboard {
  const shots: Shot[] = []
  let end = 0
  for (const [i, shot] of storyboard.shots.entries()) {
    if (!isKept(shot)) continue
    const followsOn = i > 0 && isKept(storyboard.shots[i - 1]!)
    const transition =
      followsOn || overlapOf(shot.transition) === 0 ? shot.transition : ({ kind: 'cut' } as const)
    const start = end - overlapOf(transition)
    shots.push({ ...shot, transition, start })
    end = start + shot.frames
  }
  return { ...storyboard, shots, frames: end }
}
