// Cast, places and settings from other files, so that a series keeps them in one place. Pure: the files are read before.

import { type Checked, type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { nameFrom } from './file-name.js'
import { mergeSettings, parseScript } from './parse.js'
import type { Located, Script } from './types.js'

/** Files by the name that spans in them carry: their text, or why it can't be had. */
export type IncludedFiles = ReadonlyMap<string, { text: string } | { problem: string }>

const MOST_LEVELS = 16

/** Names of the files that a text includes itself; most include none, and are not parsed for that. */
export function includesOf(text: string, file: string): string[] {
  if (!/include/.test(text)) return []
  return parseScript(text, file, true).value.includes.map(({ value }) => nameFrom(value, file))
}

/**
 * The script with what its includes say, and theirs: the including file wins over the included, a later one over an earlier.
 * A file that is missing, that includes itself, or that has errors is an error at the line of its include.
 */
export function withIncludes(parsed: Checked<Script>, files: IncludedFiles): Checked<Script> {
  if (parsed.value.includes.length === 0) return parsed
  const diagnostics: Diagnostic[] = [...parsed.diagnostics]
  const value = merged(parsed.value, [parsed.value.file], files, diagnostics)
  return { value, diagnostics }
}

function merged(
  script: Script,
  above: readonly string[],
  files: IncludedFiles,
  diagnostics: Diagnostic[],
): Script {
  let base: Script | null = null
  for (const include of script.includes) {
    const part = includedScript(include, script.file, above, files, diagnostics)
    if (part) base = base === null ? part : over(base, part)
  }
  return base === null ? script : over(base, script)
}

function includedScript(
  include: Located<string>,
  from: string,
  above: readonly string[],
  files: IncludedFiles,
  diagnostics: Diagnostic[],
): Script | null {
  const name = nameFrom(include.value, from)
  const fail = (
    code: 'include/missing' | 'include/loop' | 'include/broken',
    message: string,
    hints: string[],
  ) => {
    diagnostics.push(makeDiagnostic(code, message, include.span, { hints }))
    return null
  }
  if (above.includes(name) || above.length > MOST_LEVELS)
    return fail('include/loop', `${quote(name)} includes itself: ${[...above, name].join(' → ')}`, [
      'take one of these includes out',
    ])
  const file = files.get(name)
  if (file === undefined || 'problem' in file)
    return fail('include/missing', `can't read ${quote(name)}: ${file?.problem ?? 'it was not read'}`, [
      'a path is relative to the file that includes it',
    ])
  const parsed = parseScript(file.text, name, true)
  const value = merged(parsed.value, [...above, name], files, parsed.diagnostics)
  diagnostics.push(...parsed.diagnostics)
  if (hasErrors(parsed.diagnostics)) fail('include/broken', `${quote(name)} has errors`, [])
  return value
}

/** What `top` says wins over what `base` says; names of both are there. */
const over = (base: Script, top: Script): Script => ({
  ...top,
  title: top.title ?? base.title,
  size: top.size ?? base.size,
  fps: top.fps ?? base.fps,
  interpolation: top.interpolation ?? base.interpolation,
  subtitles: top.subtitles ?? base.subtitles,
  depth: top.depth ?? base.depth,
  settings: mergeSettings(top.settings, base.settings),
  cast: new Map([...base.cast, ...top.cast]),
  places: new Map([...base.places, ...top.places]),
})
