// Subtitles in files: those that a script names, and those beside a film.

import { resolve } from 'node:path'
import { fileFailure, renderFailure } from '../diagnostic/failure.js'
import type { Plan } from '../graph/plan.js'
import type { SubtitleFacts } from '../graph/plan-facts.js'
import type { Host } from '../host/host.js'
import { formatSrt, formatVtt, parseSrt, type Subtitle } from '../story/subtitles.js'
import type { Storyboard } from '../story/types.js'

/** `name` is for messages. Failures: a file that can't be read (exit 3), or that is no SubRip (exit 4). */
export async function readSubtitles(name: string, path: string, host: Host): Promise<Subtitle[]> {
  const bytes = await host.readFile(path).catch((error) => {
    throw fileFailure(error, `can't read ${name}`)
  })
  const subtitles = parseSrt(new TextDecoder().decode(bytes))
  if (subtitles === null)
    throw renderFailure(
      `${name} has no subtitles in it`,
      'SubRip has blocks such as `1`, `00:00:01,000 --> 00:00:02,500`, text',
    )
  return subtitles
}

export async function subtitleFacts({ subtitles }: Storyboard, host: Host): Promise<SubtitleFacts> {
  if (subtitles?.kind !== 'file') return {}
  return { subtitles: await readSubtitles(subtitles.file, resolve(host.cwd, subtitles.file), host) }
}

/** What is said as `.srt` and `.vtt` beside the film, unless they are from a file themselves. */
export async function writeSubtitles({ storyboard, movie }: Plan, output: string, host: Host): Promise<void> {
  const { subtitles } = movie
  if (subtitles === null || storyboard.subtitles?.kind !== 'soft') return
  const base = output.replace(/\.[^./\\]*$/, '')
  for (const [ending, text] of [
    ['srt', formatSrt(subtitles)],
    ['vtt', formatVtt(subtitles)],
  ]) {
    const path = `${base}.${ending}`
    const known = await host.readFile(path).catch(() => null)
    if (known !== null && new TextDecoder().decode(known) === text) continue
    await host.writeFileAtomic(path, text!).catch((error) => {
      throw fileFailure(error, `can't write ${path}`)
    })
  }
}
