// Which of the keys of a mapping mean something here; the others are reported.

import type { DiagnosticCode } from '../diagnostic/codes.js'
import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { CAMERA_WORDS } from './camera.js'
import { KEYS, LEVEL_NAMES, type Level, SETTING_KEYS } from './keys.js'
import type { Entry, Reader } from './reader.js'

const UNKNOWN: Record<Level, DiagnosticCode> = {
  film: 'script/unknown-key',
  defaults: 'defaults/unknown-key',
  cast: 'cast/unknown-key',
  scene: 'scene/unknown-key',
  shot: 'shot/unknown-key',
  camera: 'script/unknown-key',
  waypoint: 'shot/unknown-key',
  cue: 'sound/unknown-key',
}

/** The known entries by key. Unknown ones are errors. */
export function readKeys(reader: Reader, entries: readonly Entry[], level: Level): Map<string, Entry> {
  const known: readonly string[] = KEYS[level]
  const found = new Map<string, Entry>()
  for (const entry of entries) {
    if (known.includes(entry.key)) found.set(entry.key, entry)
    else unknownKey(reader, entry, level, found, entries)
  }
  return found
}

function unknownKey(
  reader: Reader,
  entry: Entry,
  level: Level,
  found: Map<string, Entry>,
  all: readonly Entry[],
): void {
  const { key, keySpan } = entry
  const isFree = (name: string) => !found.has(name) && !all.some((other) => other.key === name)
  const near = nearest(key, (KEYS[level] as readonly string[]).filter(isFree))
  const message = `${LEVEL_NAMES[level]} has no key ${quote(key)}`
  if (near !== null) {
    reader.report(UNKNOWN[level], message, keySpan, {
      hints: [`did you mean ${quote(near)}?`],
      fix: { span: keySpan, text: near },
    })
    return
  }
  reader.report(UNKNOWN[level], message, keySpan, {
    hints: [elsewhere(key, level) ?? `it can have: ${KEYS[level].join(', ')}`],
  })
}

function elsewhere(key: string, level: Level): string | null {
  if (level === 'film' && (SETTING_KEYS as readonly string[]).includes(key))
    return `write ${quote(key)} under \`defaults\``
  if (CAMERA_WORDS.some((words) => key.toLowerCase().startsWith(words)))
    return 'between braces a comma ends a value: put the camera moves in quotes'
  for (const other of ['scene', 'shot', 'film', 'cast'] as const)
    if (other !== level && (KEYS[other] as readonly string[]).includes(key))
      return `${quote(key)} is a key of ${LEVEL_NAMES[other]}`
  return null
}
