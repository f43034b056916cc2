// explain: the plan as a shot list.

import { resolve } from 'node:path'
import { plan } from '../index.js'
import { explainPlan } from '../render/explain-plan.js'
import type { StudioFlags } from './options.js'
import { loadScript, storyboardOf } from './script-file.js'
import { defaultOutput } from './script-paths.js'
import { type Page, shotList } from './shot-list.js'
import { withStudio } from './studio.js'

export type ExplainFlags = StudioFlags & { json?: boolean; set: string[]; output?: string }

export async function explainScript(script: string, flags: ExplainFlags): Promise<void> {
  const output = resolve(flags.output ?? (script === '-' ? 'film.mp4' : defaultOutput(script)))
  const { storyboard, explained } = await withStudio(flags, async (studio) => {
    const storyboard = storyboardOf(await loadScript(script, flags.set, studio.store))
    return { storyboard, explained: await explainPlan(await plan(storyboard, studio), output, studio) }
  })
  process.stdout.write(
    flags.json ? `${JSON.stringify(explained, null, 2)}\n` : shotList(storyboard, explained, page()),
  )
}

function page(): Page {
  const { isTTY, columns } = process.stdout
  return { columns: isTTY ? columns : null, color: Boolean(isTTY) && !process.env.NO_COLOR }
}
