// Film keys given on the command line: `seed=9` is read as the script's own `seed: 9` would be.

import { type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js'
import { parseScript } from './parse.js'
import type { Script, Settings } from './types.js'

/**
 * The script with what `set` says (`key=value` each, film keys, the value as in YAML) in place of its own film keys.
 * Spans of the diagnostics are in a file called `--set`.
 */
export function overrideScript(
  script: Script,
  set: readonly string[],
): { script: Script; diagnostics: Diagnostic[] } {
  const text = set.map((pair) => `${pair.replace(/^\s*([\w-]+)\s*=/, '$1: ')}\n`).join('')
  if (text === '') return { script, diagnostics: [] }
  const { value, diagnostics } = parseScript(`${text}shots: [x]\n`, '--set')
  if (hasErrors(diagnostics)) return { script, diagnostics }
  const settings: Settings = { ...script.settings }
  for (const [key, setting] of Object.entries(value.settings)) {
    if (setting !== null) Object.assign(settings, { [key]: setting })
  }
  return {
    script: {
      ...script,
      title: value.title ?? script.title,
      size: value.size ?? script.size,
      fps: value.fps ?? script.fps,
      interpolation: value.interpolation ?? script.interpolation,
      subtitles: value.subtitles ?? script.subtitles,
      depth: value.depth ?? script.depth,
      settings,
    },
    diagnostics,
  }
}
