// Where the names of a script stand: the cast with ages and outfits, and the places.

import type { Span } from '../diagnostic/diagnostic.js'
import { parseScript } from '../script/parse.js'
import { promptsOf } from '../script/prompts.js'
import type { CastMember, Located, Place, Script, ScriptScene } from '../script/types.js'
import { findMentions, type Mention, mentionPattern } from '../story/mention.js'
import { partFinder } from '../story/part-finder.js'

/** A place in the file where a name is written: `definition` where it is given its meaning. */
export type NameUse = { span: Span; definition: boolean; scene: ScriptScene | null } & (
  | { kind: 'member'; member: CastMember; mention: Mention | null }
  | {
      kind: 'suffix'
      of: 'age' | 'outfit'
      member: CastMember
      text: string
      meaning: Located<string> | null
    }
  | { kind: 'place'; place: Place }
)

/** All uses, each place in the file once. */
export function namesIn({ cast, places, scenes }: Script, text: string): NameUse[] {
  const pattern = mentionPattern(cast)
  const byName = new Map([...places.values()].map((place) => [place.name.value.toLowerCase(), place]))
  const uses: NameUse[] = []
  for (const member of cast.values())
    uses.push({
      kind: 'member',
      member,
      mention: null,
      span: member.name.span,
      definition: true,
      scene: null,
    })
  for (const place of places.values())
    uses.push({ kind: 'place', place, span: place.name.span, definition: true, scene: null })
  for (const scene of scenes) {
    const place = scene.place && byName.get(scene.place.value.toLowerCase())
    if (place) uses.push({ kind: 'place', place, span: scene.place!.span, definition: false, scene })
    for (const { speaker } of scene.shots.flatMap(({ say }) => say?.value ?? [])) {
      const member = speaker && cast.get(speaker.value)
      if (member)
        uses.push({ kind: 'member', member, mention: null, span: speaker.span, definition: false, scene })
    }
    for (const prompt of promptsIn(scene)) uses.push(...usesIn(prompt, scene, cast, pattern, text))
  }
  const seen = new Set<string>()
  return uses.filter(({ span }) => {
    const id = `${span.file} ${span.start}-${span.end}`
    return !seen.has(id) && seen.add(id)
  })
}

const promptsIn = ({ shots }: ScriptScene): Located<string>[] => shots.flatMap(promptsOf)

function usesIn(
  prompt: Located<string>,
  scene: ScriptScene,
  cast: Script['cast'],
  pattern: RegExp,
  text: string,
): NameUse[] {
  const spanOf = partFinder(prompt, text)
  return findMentions(prompt.value, cast, pattern).flatMap((mention): NameUse[] => {
    const { member } = mention
    if (member === null) return []
    const span = spanOf(mention.start, mention.nameEnd)
    const suffixes = mention.suffixes.map((suffix): NameUse => {
      const isAge = /^\d+$/.test(suffix.text)
      const meaning = isAge
        ? (member.looks.find(({ age }) => age === Number(suffix.text))?.text ?? null)
        : (member.outfits.get(suffix.text) ?? null)
      const at = spanOf(suffix.start, suffix.end)
      const of = isAge ? 'age' : 'outfit'
      return { kind: 'suffix', of, member, text: suffix.text, meaning, span: at, definition: false, scene }
    })
    return [{ kind: 'member', member, mention, span, definition: false, scene }, ...suffixes]
  })
}

/** The narrowest use at an offset of a file. */
export function nameAt(uses: readonly NameUse[], file: string, offset: number): NameUse | null {
  const here = uses.filter(({ span }) => span.file === file && span.start <= offset && offset <= span.end)
  return here.sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start))[0] ?? null
}

/** Where a name gets its meaning. */
export function definitionOf(use: NameUse): Span | null {
  if (use.kind === 'place') return use.place.name.span
  if (use.kind === 'member') return use.member.name.span
  return use.meaning?.span ?? use.member.name.span
}

/** All uses of what `use` names, its definition among them. */
export function referencesOf(use: NameUse, uses: readonly NameUse[]): NameUse[] {
  return uses.filter((other) => {
    if (use.kind === 'place') return other.kind === 'place' && other.place === use.place
    if (use.kind === 'member') return other.kind === 'member' && other.member === use.member
    return other.kind === 'suffix' && other.member === use.member && other.text === use.text
  })
}

export type Renaming = { edits: { span: Span; text: string }[] } | { problem: string }

/** Renames a member or a place everywhere, or says why it can't be. */
export function rename(use: NameUse, to: string, script: Script, text: string): Renaming {
  if (use.kind === 'suffix')
    return { problem: 'members of the cast and places can be renamed, ages and outfits cannot' }
  const old = use.kind === 'member' ? use.member.name.value : use.place.name.value
  const problem = use.kind === 'member' ? problemOfMember(to, script) : problemOfPlace(to, script)
  if (problem !== null && to !== old) return { problem }
  const references = referencesOf(use, namesIn(script, text))
  const elsewhere = references.find(({ span }) => span.file !== script.file)
  if (elsewhere)
    return { problem: `${old} is defined in ${elsewhere.span.file}: rename it there, and here by hand` }
  const written = ({ span }: NameUse) => text.slice(span.start, span.end)
  const isPlain = references.every((each) => written(each).toLowerCase() === old.toLowerCase())
  if (!isPlain) return { problem: `${old} is written with quotes or escapes somewhere: rename it by hand` }
  return { edits: references.map(({ span }) => ({ span, text: to })) }
}

function problemOfMember(name: string, { cast }: Script): string | null {
  if (cast.has(name)) return `there is a ${name} in the cast already`
  const { diagnostics } = parseScript(`cast:\n  ${name}: somebody\nshots: [a boat]\n`, '')
  const [first] = diagnostics
  return first ? [first.message, ...first.hints].join('; ') : null
}

function problemOfPlace(name: string, { places }: Script): string | null {
  const isTaken = [...places.keys()].some((known) => known.toLowerCase() === name.toLowerCase())
  if (isTaken) return `there is a place ${name} already`
  const { value, diagnostics } = parseScript(`places:\n  ${name}: somewhere\nshots: [a boat]\n`, '')
  if (diagnostics.length > 0 || !value.places.has(name)) return `${name} cannot be the name of a place`
  return /\s[-–—]+\s/.test(name) ? 'a dash between blanks ends a place in a slugline' : null
}
