// diff: two scripts' plans, shot by shot.

import { resolve } from 'node:path'
import { EXIT, fileFailure, usageFailure } from '../diagnostic/failure.js'
import { comparePlans, type ShotChange } from '../graph/compare.js'
import { keepOpen, type Plan, paint, plan } from '../index.js'
import { drawChanges, shownPictures } from '../render/diff-picture.js'
import type { Studio } from '../render/studio.js'
import type { StudioFlags } from './options.js'
import { loadScript, storyboardOf } from './script-file.js'
import { withStudio } from './studio.js'

export type DiffFlags = StudioFlags & { output?: string; json?: boolean }

/** More rows than anybody looks at; the list has them all. */
const MOST_ROWS = 60

export async function diffScripts(
  before: string,
  after: string,
  { output, json, ...flags }: DiffFlags,
  signal: AbortSignal,
): Promise<number> {
  if (output !== undefined && !/\.png$/i.test(output))
    throw usageFailure(`-o ${output}: the picture is a .png`)
  if (before === '-' && after === '-') throw usageFailure('only one of the scripts can come from stdin')
  await withStudio(flags, async (studio) => {
    const load = async (script: string) => storyboardOf(await loadScript(script, [], studio.store))
    const storyboards = [await load(before), await load(after)] as const
    const old = await plan(storyboards[0], studio)
    const now = await plan(storyboards[1], studio)
    const changes = comparePlans(old, now)
    if (output !== undefined && changes.length > 0)
      await writePicture(output, old, now, changes, studio, signal)
    process.stdout.write(json ? `${JSON.stringify(jsonOf(changes), null, 2)}\n` : listOf(changes, now))
  })
  return EXIT.good
}

async function writePicture(
  output: string,
  old: Plan,
  now: Plan,
  changes: readonly ShotChange[],
  studio: Studio,
  signal: AbortSignal,
): Promise<void> {
  const rows = changes.slice(0, MOST_ROWS)
  const shown = rows.map(shownPictures)
  const warm = keepOpen(studio)
  try {
    // Pictures are named by their keys, so either plan will do for the events' names.
    await paint(
      old,
      shown.flatMap(({ before }) => before ?? []),
      { studio: warm, signal },
    )
    await paint(
      now,
      shown.flatMap(({ after }) => after ?? []),
      { studio: warm, signal },
    )
  } finally {
    await warm.close()
  }
  const labelled = rows.map((change) => ({ change, label: headOf(change) }))
  const png = await drawChanges(labelled, now.storyboard.size, studio.store, studio.host)
  await studio.host.writeFileAtomic(resolve(output), png).catch((error) => {
    throw fileFailure(error, `can't write ${output}`)
  })
}

function headOf({ change, before, after }: ShotChange): string {
  const id = (after ?? before)!.shot.id
  const was = before && after && before.shot.id !== after.shot.id ? ` (was ${before.shot.id})` : ''
  return `${id}${was} ${change}`
}

function listOf(changes: readonly ShotChange[], { shots }: Plan): string {
  if (changes.length === 0) return 'No shot changed.\n'
  const lines = changes.flatMap((change) => {
    const shot = (change.after ?? change.before)!.shot
    return [`${headOf(change)}, line ${shot.line}`, ...change.reasons.map((reason) => `    ${reason}`)]
  })
  const same = shots.length - changes.filter(({ after }) => after).length
  return `${[...lines, '', `${changes.length} of ${shots.length} shots; ${same} are the same.`].join('\n')}\n`
}

const jsonOf = (changes: readonly ShotChange[]): object => ({
  version: 1,
  changes: changes.map(({ change, before, after, reasons }) => ({
    change,
    before: before && { id: before.shot.id, line: before.shot.line, key: before.segment.key },
    after: after && { id: after.shot.id, line: after.shot.line, key: after.segment.key },
    reasons,
  })),
})
