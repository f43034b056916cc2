import { isMap, type ParsedNode } from 'yaml'
import type { Span } from '../diagnostic/diagnostic.js'
import { YEAR } from './read-cast.js'
import { readKeys } from './read-keys.js'
import { readSettings } from './read-settings.js'
import { NO_SETTINGS, readShot } from './read-shot.js'
import { type Entry, kindOf, type Reader } from './reader.js'
import { type Part, parseSlugline } from './slugline.js'
import type { Located, ScriptScene, ScriptShot } from './types.js'

/** The scene that a bare list of shots makes. */
export function bareScene(reader: Reader, items: readonly (ParsedNode | null)[], span: Span): ScriptScene {
  return {
    heading: null,
    place: null,
    time: null,
    weather: null,
    interior: null,
    year: null,
    settings: NO_SETTINGS,
    shots: readShots(reader, items, span),
    span,
  }
}

export function readShots(
  reader: Reader,
  items: readonly (ParsedNode | null)[],
  listSpan: Span,
): ScriptShot[] {
  const shots: ScriptShot[] = []
  for (const item of items) {
    const shot = readShot(reader, item, () => listSpan)
    if (shot) shots.push(shot)
  }
  return shots
}

/** One item of `scenes`, or null after an error. */
export function readScene(reader: Reader, item: ParsedNode | null, listSpan: Span): ScriptScene | null {
  const node = reader.resolve(item)
  if (node === null || !isMap(node)) {
    if (!reader.isKnownBroken(item))
      reader.report(
        'script/wrong-type',
        `a scene is a mapping, not ${node ? kindOf(node) : 'nothing'}`,
        node && kindOf(node) !== 'nothing' ? reader.headSpan(node) : listSpan,
        {
          hints: ['write `scene: EXT. HARBOUR - DAWN` and `shots:`; a film without scenes has `shots` only'],
        },
      )
    return null
  }
  const keys = readKeys(reader, reader.entries(node), 'scene')
  const text = (key: string) => {
    const entry = keys.get(key)
    return entry ? reader.textValue(entry, `\`${key}\``) : null
  }
  const heading = text('scene')
  const slugline = heading ? parseSlugline(heading.value) : null
  const located = (part: Part | null | undefined): Located<string> | null =>
    heading && part ? { value: part.text, span: reader.part(heading, [part.start, part.end]) } : null
  const year = keys.get('year')
  return {
    heading,
    place: text('place') ?? located(slugline?.place),
    time: text('time') ?? located(slugline?.time),
    weather: text('weather') ?? located(slugline?.more),
    interior: slugline?.interior ?? null,
    year: year ? reader.number(year, '`year`', YEAR) : null,
    settings: readSettings(reader, keys),
    shots: readSceneShots(reader, keys.get('shots'), reader.headSpan(node)),
    span: reader.span(node),
  }
}

function readSceneShots(reader: Reader, entry: Entry | undefined, sceneSpan: Span): ScriptShot[] {
  if (!entry) {
    reader.report('scene/no-shots', 'this scene has no `shots`', sceneSpan, {
      hints: ['add `shots:` and a list of sentences'],
    })
    return []
  }
  const items = reader.list(entry, '`shots`')
  if (items?.length === 0) reader.report('scene/no-shots', 'this scene has no shots', entry.keySpan)
  return items ? readShots(reader, items, entry.keySpan) : []
}
