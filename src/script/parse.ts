// Script text to a Script. All faults of a file come at once; nothing here throws on any text.

import { isMap, isSeq, type ParsedNode } from 'yaml'
import type { Checked, Diagnostic } from '../diagnostic/diagnostic.js'
import { type Composed, composeYaml } from './compose-yaml.js'
import { nameFrom } from './file-name.js'
import { parseFrameRate } from './frame-rate.js'
import { readCast, readPlaces } from './read-cast.js'
import { readKeys } from './read-keys.js'
import { bareScene, readScene } from './read-scene.js'
import { readSettings } from './read-settings.js'
import { NO_SETTINGS } from './read-shot.js'
import { type Entry, isEmpty, kindOf, Reader } from './reader.js'
import { parseSize } from './size.js'
import { checkStructure } from './structure.js'
import { parseSubtitles } from './subtitles.js'
import type { Located, Script, ScriptScene, Settings } from './types.js'

export const MAX_SHOTS = 5_000

/**
 * Parses a script, or (`isPart`) a file that a script includes, which has no shots of its own. The value holds what could be read, also beside errors; values are as written, nothing is
 * resolved. A byte order mark is passed over.
 */
export function parseScript(text: string, file: string, isPart = false): Checked<Script> {
  const composed = composeYaml(text, file)
  const { document } = composed
  if (document === null) return { value: emptyScript(file), diagnostics: composed.diagnostics }
  const structure = checkStructure(document, text, file)
  const reader = new Reader(text, file, structure.targets)
  const script = readFilm(reader, document.contents, isPart)
  const found = trusted([...structure.diagnostics, ...reader.diagnostics], composed)
  return { value: script, diagnostics: inOrder([...composed.diagnostics, ...found], file) }
}

function emptyScript(file: string): Script {
  return {
    file,
    includes: [],
    title: null,
    size: null,
    fps: null,
    interpolation: null,
    subtitles: null,
    depth: null,
    settings: NO_SETTINGS,
    cast: new Map(),
    places: new Map(),
    scenes: [],
  }
}

function readFilm(reader: Reader, contents: ParsedNode | null, isPart: boolean): Script {
  const script = emptyScript(reader.file)
  if (contents !== null && isSeq(contents)) {
    if (isPart) {
      hasShots(reader, reader.headSpan(contents))
      return script
    }
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
  return readFilmKeys(reader, contents, script, isPart)
}

function readFilmKeys(reader: Reader, contents: ParsedNode, script: Script, isPart: boolean): Script {
  const keys = readKeys(reader, reader.entries(contents), 'film')
  const read = <T>(key: string, how: (entry: Entry) => T | null): T | null => {
    const entry = keys.get(key)
    return entry ? how(entry) : null
  }
  script.includes = read('include', (e) => readIncludes(reader, e)) ?? []
  script.title = read('title', (e) => reader.textValue(e, '`title`'))
  script.size = read('size', (e) => reader.parsed(e, '`size`', 'value/size', parseSize))
  script.fps = read('fps', (e) => reader.parsed(e, '`fps`', 'value/fps', parseFrameRate))
  script.subtitles = read('subtitles', (e) =>
    reader.parsed(e, '`subtitles`', 'value/subtitles', (text) =>
      parseSubtitles(text, (path) => nameFrom(path, reader.file)),
    ),
  )
  script.interpolation = read('interpolation', (e) => reader.textValue(e, '`interpolation`'))
  script.depth = read('depth', (e) => reader.textValue(e, '`depth`'))
  script.cast = read('cast', (e) => readCast(reader, e)) ?? script.cast
  script.places = read('places', (e) => readPlaces(reader, e)) ?? script.places
  const film = readSettings(reader, keys)
  const defaults = read('defaults', (e) => {
    const entries = reader.mapping(e, '`defaults`')
    return entries && readSettings(reader, readKeys(reader, entries, 'defaults'))
  })
  script.settings = defaults ? mergeSettings(defaults, film) : film
  if (isPart) {
    const shots = keys.get('scenes') ?? keys.get('shots')
    if (shots) hasShots(reader, shots.keySpan)
    return script
  }
  script.scenes = readScenes(reader, keys, reader.headSpan(contents))
  checkAmount(reader, script.scenes)
  return script
}

/** What `over` says wins. */
export const mergeSettings = (over: Settings, under: Settings): Settings => ({
  ...under,
  ...Object.fromEntries(Object.entries(over).filter(([, value]) => value !== null)),
})

const hasShots = (reader: Reader, span: ScriptScene['span']): void =>
  reader.report('include/has-shots', 'an included file has no scenes or shots', span, {
    hints: ['it has a cast, places and settings; shots stay in the script that includes it'],
  })

/** One path, or a list of them. */
function readIncludes(reader: Reader, entry: Entry): Located<string>[] {
  const node = reader.resolve(entry.value)
  if (node === null || !isSeq(node)) {
    const path = reader.textValue(entry, '`include`')
    return path ? [path] : []
  }
  return (node.items as (ParsedNode | null)[]).flatMap((item) => {
    const source = reader.resolve(item)
    return (source && reader.textOf(source, 'a path of `include`')) ?? []
  })
}

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

/** Those of `main` first, by place in the file, each once: what an alias repeats is said once. */
export function inOrder(diagnostics: readonly Diagnostic[], main: string): Diagnostic[] {
  const seen = new Set<string>()
  const once = diagnostics.filter((d) => {
    const id = `${d.code} ${d.span?.file} ${d.span?.start} ${d.span?.end} ${d.message}`
    return !seen.has(id) && seen.add(id)
  })
  const rank = (d: Diagnostic) => (d.span === null || d.span.file === main ? 0 : 1)
  return once.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) === 1 ? compare(a.span!.file, b.span!.file) : 0) ||
      (a.span?.start ?? 0) - (b.span?.start ?? 0),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
