// Script text to a Script. All faults of a file come at once; nothing here throws on any text.

import { isMap, isSeq, type ParsedNode } from 'yaml'
import type { Checked, Diagnostic } from '../diagnostic/diagnostic.js'
import { type Composed, composeYaml } from './compose-yaml.js'
import { parseFrameRate } from './frame-rate.js'
import { readCast, readPlaces } from './read-cast.js'
import { readKeys } from './read-keys.js'
import { bareScene, readScene } from './read-scene.js'
import { readSettings } from './read-settings.js'
import { NO_SETTINGS } from './read-shot.js'
import { type Entry, isEmpty, kindOf, Reader } from './reader.js'
import { parseSize } from './size.js'
import { checkStructure } from './structure.js'
import type { Script, ScriptScene } from './types.js'

export const MAX_SHOTS = 5_000

/**
 * Parses a script. The value holds what could be read, also beside errors; values are as written, nothing is
 * resolved. A byte order mark is passed over.
 */
export function parseScript(text: string, file: string): Checked<Script> {
  const composed = composeYaml(text, file)
  const { document } = composed
  if (document === null) return { value: emptyScript(file), diagnostics: composed.diagnostics }
  const structure = checkStructure(document, text, file)
  const reader = new Reader(text, file, structure.targets)
  const script = readFilm(reader, document.contents)
  const found = trusted([...structure.diagnostics, ...reader.diagnostics], composed)
  return { value: script, diagnostics: inOrder([...composed.diagnostics, ...found]) }
}

function emptyScript(file: string): Script {
  return {
    file,
    title: null,
    size: null,
    fps: null,
    interpolation: null,
    settings: NO_SETTINGS,
    cast: new Map(),
    places: new Map(),
    scenes: [],
  }
}

function readFilm(reader: Reader, contents: ParsedNode | null): Script {
  const script = emptyScript(reader.file)
  if (contents !== null && isSeq(contents)) {
    const items = contents.items as (ParsedNode | null)[]
    if (items.length === 0)
      reader.report('script/empty', 'the script is an empty list', reader.headSpan(contents), {
        hints: ['write a list of sentences: `- a boat at sea`'],
      })
    script.scenes = [bareScene(reader, items, reader.span(contents))]
    checkAmount(reader, script.scenes)
    return script
  }
  if (contents === null || isEmpty(contents) || !isMap(contents)) {
    const span = contents === null ? { file: reader.file, start: 0, end: 0 } : reader.headSpan(contents)
    if (contents === null || isEmpty(contents))
      reader.report('script/empty', 'the script is empty', span, {
        hints: ['write a list of sentences: `- a boat at sea`'],
      })
    else
      reader.report('script/wrong-type', `a script is a list or a mapping, not ${kindOf(contents)}`, span, {
        hints: ['begin each sentence with "- "'],
      })
    return script
  }
  return readFilmKeys(reader, contents, script)
}

function readFilmKeys(reader: Reader, contents: ParsedNode, script: Script): Script {
  const keys = readKeys(reader, reader.entries(contents), 'film')
  const read = <T>(key: string, how: (entry: Entry) => T | null): T | null => {
    const entry = keys.get(key)
    return entry ? how(entry) : null
  }
  script.title = read('title', (e) => reader.textValue(e, '`title`'))
  script.size = read('size', (e) => reader.parsed(e, '`size`', 'value/size', parseSize))
  script.fps = read('fps', (e) => reader.parsed(e, '`fps`', 'value/fps', parseFrameRate))
  script.interpolation = read('interpolation', (e) => reader.textValue(e, '`interpolation`'))
  script.cast = read('cast', (e) => readCast(reader, e)) ?? script.cast
  script.places = read('places', (e) => readPlaces(reader, e)) ?? script.places
  const film = readSettings(reader, keys)
  const defaults = read('defaults', (e) => {
    const entries = reader.mapping(e, '`defaults`')
    return entries && readSettings(reader, readKeys(reader, entries, 'defaults'))
  })
  script.settings = defaults ? (mergeSettings(defaults, film) as Script['settings']) : film
  script.scenes = readScenes(reader, keys, reader.headSpan(contents))
  checkAmount(reader, script.scenes)
  return script
}

const mergeSettings = (over: object, under: object): object => ({
  ...under,
  ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== null)),
})

function readScenes(
  reader: Reader,
  keys: ReadonlyMap<string, Entry>,
  filmSpan: ScriptScene['span'],
): ScriptScene[] {
  const scenes = keys.get('scenes')
  const shots = keys.get('shots')
  if (scenes && shots)
    reader.report('script/scenes-and-shots', 'a film has `scenes` or `shots`, not both', shots.keySpan, {
      notes: [{ message: '`scenes` is here', span: scenes.keySpan }],
      hints: ['put these shots into a scene'],
    })
  if (!scenes && !shots) {
    reader.report('script/empty', 'this film has neither `scenes` nor `shots`', filmSpan, {
      hints: ['add `shots:` and a list of sentences'],
    })
    return []
  }
  const entry = (scenes ?? shots)!
  const items = reader.list(entry, `\`${entry.key}\``)
  if (items === null) return []
  if (items.length === 0) {
    reader.report('script/empty', `\`${entry.key}\` is empty`, entry.keySpan, {
      hints: ['add a sentence: `- a boat at sea`'],
    })
    return []
  }
  if (!scenes) {
    const node = reader.resolve(entry.value)!
    return [bareScene(reader, items, reader.span(node))]
  }
  return items.flatMap((item) => readScene(reader, item, entry.keySpan) ?? [])
}

function checkAmount(reader: Reader, scenes: readonly ScriptScene[]): void {
  let count = 0
  for (const scene of scenes) {
    for (const shot of scene.shots)
      if (++count === MAX_SHOTS + 1)
        reader.report(
          'script/too-many-shots',
          `a film has at most ${MAX_SHOTS} shots`,
          reader.firstLine(shot.span),
          {
            hints: ['split it into several films'],
          },
        )
  }
}

/** After a fault in the YAML itself, complaints about what follows from it are left out. */
function trusted(diagnostics: Diagnostic[], { reliableUntil, faultLines, lines }: Composed): Diagnostic[] {
  if (faultLines.size === 0) return diagnostics
  return diagnostics.filter(
    (d) =>
      !ABOUT_LACK.has(d.code) &&
      d.span !== null &&
      d.span.end <= reliableUntil &&
      !faultLines.has(lines.lineAt(d.span.start)),
  )
}

/** Complaints about something missing: it may be what the YAML fault swallowed. */
const ABOUT_LACK = new Set<Diagnostic['code']>([
  'script/empty',
  'scene/no-shots',
  'shot/no-content',
  'walk/too-short',
  'cast/no-look',
])

/** By place in the file, each once: what an alias repeats is said once. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  const once = diagnostics.filter((d) => {
    const id = `${d.code} ${d.span?.start} ${d.span?.end} ${d.message}`
    return !seen.has(id) && seen.add(id)
  })
  return once.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
}
