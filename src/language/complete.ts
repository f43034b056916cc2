// What could stand at the cursor.

import { KEY_INFO } from '../script/key-info.js'
import { KEYS, type Level } from '../script/keys.js'
import { MOTIONS, SCHEDULERS } from '../script/names.js'
import { TIMES } from '../script/slugline.js'
import type { CastMember, Script } from '../script/types.js'
import { type Context, contextAt, levelOf } from './context.js'

export type Completion = {
  label: string
  kind: 'key' | 'member' | 'place' | 'age' | 'outfit' | 'word'
  /** What takes the place of the text from `start` to the cursor. */
  text: string
  start: number
  detail: string
}

/** Names that the language itself does not know. */
export type Surroundings = {
  models: readonly string[]
  interpolations: readonly string[]
  depths: readonly string[]
}

const TEXT_KEYS = new Set(['prompt', 'walk'])
const NESTED_KEYS = new Set(['cast', 'places', 'defaults', 'scenes', 'shots', 'outfits', 'walk'])

/**
 * Completions at a UTF-16 offset. `script` is what could be read of the text, or of an earlier state of it. All that fits the place
 * is given; the editor chooses by what was typed.
 */
export function complete(
  text: string,
  offset: number,
  script: Script,
  { models, interpolations, depths }: Surroundings,
): Completion[] {
  const context = contextAt(text, offset)
  if (context === null) return []
  const { key, path } = context
  if (key === null) return completeStart(context, script)
  if (isPrompt(key, path)) return completePrompt(context, script)
  switch (key) {
    case 'scene':
      return completeSlugline(context, script)
    case 'place':
      return words(context, placesOf(script), 'place')
    case 'scheduler':
      return words(context, SCHEDULERS)
    case 'motion':
      return words(context, MOTIONS)
    case 'model':
      return words(context, models)
    case 'interpolation':
      return words(context, [...interpolations, 'blend'])
    case 'depth':
      return words(context, depths)
    default:
      return words(context, KEY_INFO[key]?.examples ?? [])
  }
}

/** A key, or an item of a list: a shot in words, a prompt of a walk. */
function completeStart(context: Context, script: Script): Completion[] {
  const { path, prefix, siblings } = context
  const level = levelOf(path)
  const isSentence = level === 'shot' || (path.at(-1) === '-' && path.at(-2) === 'walk')
  const people = isSentence ? completePrompt(context, script) : []
  if (level === null || /[\s@]/.test(prefix)) return people
  return [...keysOf(level, context, siblings), ...people]
}

const CONTENTS = ['prompt', 'walk', 'image', 'card']

/** Whether a shot can have the key beside the contents that it has; only a picture and a prompt go together. */
function goesWith(key: string, contents: string): boolean {
  if (key === 'strength') return contents === 'image' || contents === 'prompt,image'
  if (!CONTENTS.includes(key) || contents === '') return true
  return (key === 'prompt' && contents === 'image') || (key === 'image' && contents === 'prompt')
}

function keysOf(level: Level, { start }: Context, siblings: ReadonlySet<string>): Completion[] {
  const contents = CONTENTS.filter((key) => siblings.has(key)).join()
  return KEYS[level]
    .filter((key) => !siblings.has(key) && !(level === 'shot' && !goesWith(key, contents)))
    .map((key) => ({
      label: key,
      kind: 'key',
      text: NESTED_KEYS.has(key) ? `${key}:` : `${key}: `,
      start,
      detail: KEY_INFO[key]!.summary,
    }))
}

const isPrompt = (key: string, path: readonly string[]): boolean =>
  TEXT_KEYS.has(key) && (levelOf(path) === 'shot' || levelOf(path) === 'waypoint')

const NAME_PART = "[\\p{L}\\p{M}\\p{N}_’'.-]"

/** With ages and outfits behind it: what is looked at before the cursor. */
const LONGEST_NAME = 300

/** Names of the cast; behind a name's "@" its ages and outfits. */
function completePrompt({ prefix, start }: Context, { cast }: Script): Completion[] {
  const end = start + prefix.length
  const before = prefix.slice(-LONGEST_NAME)
  const at = new RegExp(`(${NAME_PART}(?:${NAME_PART}| )*)((?:@${NAME_PART}*)*)@(${NAME_PART}*)$`, 'u').exec(
    before,
  )
  if (at) {
    const member = memberEnding(at[1]!, cast)
    return member ? suffixesOf(member, end - at[3]!.length) : []
  }
  const word = new RegExp(`${NAME_PART}*$`, 'u').exec(before)![0]
  if (/^\p{Ll}/u.test(word)) return []
  return [...cast.values()].map((member) => ({
    label: member.name.value,
    kind: 'member',
    text: member.name.value,
    start: end - word.length,
    detail: member.looks.at(-1)?.text.value ?? '',
  }))
}

/** The member whose name the text ends with, the longest of several. */
function memberEnding(text: string, cast: Script['cast']): CastMember | null {
  const names = [...cast.keys()].filter((name) => text.endsWith(name))
  return cast.get(names.sort((a, b) => b.length - a.length)[0] ?? '') ?? null
}

function suffixesOf({ looks, outfits }: CastMember, start: number): Completion[] {
  const ages = looks.flatMap(({ age, text }): Completion[] =>
    age === null ? [] : [{ label: `${age}`, kind: 'age', text: `${age}`, start, detail: text.value }],
  )
  const clothes = [...outfits].map(
    ([name, { value }]): Completion => ({ label: name, kind: 'outfit', text: name, start, detail: value }),
  )
  return [...ages, ...clothes]
}

const PREFIXES = ['EXT. ', 'INT. ', 'INT./EXT. ']

/** `EXT. PLACE - TIME - WEATHER`, part by part. */
function completeSlugline(context: Context, script: Script): Completion[] {
  const { prefix, start } = context
  const head = /^(?:INT\.?\/EXT|EXT\.?\/INT|INT|EXT|I\/E)\.?\s+/i.exec(prefix)
  if (!head) return words(context, PREFIXES)
  const parts = [...prefix.matchAll(/\s+[-–—]+\s+/g)]
  const last = parts.at(-1)
  if (!last) {
    const at = { ...context, start: start + head[0].length }
    return words(
      at,
      placesOf(script).map((name) => name.toUpperCase()),
      'place',
    )
  }
  const at = { ...context, start: start + last.index + last[0].length }
  const names = parts.length === 1 ? [...TIMES] : KEY_INFO.weather!.examples
  return words(
    at,
    names.map((name) => name.toUpperCase()),
  )
}

const placesOf = ({ places }: Script): string[] => [...places.values()].map(({ name }) => name.value)

function words(
  { start }: Context,
  values: readonly string[],
  kind: Completion['kind'] = 'word',
): Completion[] {
  return values.map((value) => ({ label: value.trim(), kind, text: value, start, detail: '' }))
}
