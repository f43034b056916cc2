// The cast and the places: who and where, said once for the whole film.

import { isMap } from 'yaml'
import { quote } from '../diagnostic/make.js'
import { readEmbeddings, readFileName, readLoras } from './read-files.js'
import { readKeys } from './read-keys.js'
import { readSeed } from './read-settings.js'
import type { Entry, Reader } from './reader.js'
import type { CastMember, Located, Look, Place } from './types.js'
import { parseVoice } from './voice.js'

/** Cast, places, and the looks and outfits of a member. */
const MAX_NAMES = 200
const AGE = { min: 0, max: 10_000, integer: false }
export const YEAR = { min: -1_000_000, max: 1_000_000, integer: true }

/** `cast:`. A member with faults stays in the map, so that mentions of the name are not faults as well. */
export function readCast(reader: Reader, entry: Entry): Map<string, CastMember> {
  const cast = new Map<string, CastMember>()
  for (const member of named(reader, reader.mapping(entry, '`cast`') ?? [])) {
    if (checkName(reader, member)) cast.set(member.key, readMember(reader, member))
  }
  return cast
}

/** The entries of a mapping of names, at most 200. */
function named(reader: Reader, entries: readonly Entry[]): readonly Entry[] {
  const extra = entries[MAX_NAMES]
  if (extra)
    reader.report('script/too-many-names', `there are more than ${MAX_NAMES} names here`, extra.keySpan, {
      hints: ['take out those that no shot needs'],
    })
  return entries.slice(0, MAX_NAMES)
}

/** Capitals tell a name from a word; `A` and `I` are words. Scripts without capitals, such as Chinese, need none. */
function checkName(reader: Reader, { key, keySpan }: Entry): boolean {
  const capitals = key.toUpperCase()
  if (key !== capitals) {
    const fix = /^[\p{L}\p{N}_' .-]+$/u.test(key) ? { span: keySpan, text: capitals } : null
    reader.report('cast/bad-name', `a name of the cast is in capitals, unlike ${quote(key)}`, keySpan, {
      hints: [`write ${quote(capitals)} here and in the shots`],
      fix,
    })
    return false
  }
  if (
    !/^\p{L}(?:[\p{L}\p{M}\p{N}_'’ .-]*[\p{L}\p{M}\p{N}])?$/u.test(key) ||
    /^[AI]$/.test(key) ||
    key.length > 64
  ) {
    reader.report('cast/bad-name', `${quote(key)} cannot be a name of the cast`, keySpan, {
      hints: ['a name is letters and digits, starts with a letter, and is not just "A" or "I"'],
    })
    return false
  }
  return true
}

function readMember(reader: Reader, entry: Entry): CastMember {
  const name = { value: entry.key, span: entry.keySpan }
  const member: CastMember = {
    name,
    looks: [],
    born: null,
    outfits: new Map(),
    seed: null,
    reference: null,
    model: null,
    voice: null,
    lora: [],
    embedding: [],
  }
  const node = reader.resolve(entry.value)
  if (node === null || !isMap(node)) {
    const text = reader.textValue(entry, `the look of ${quote(entry.key)}`)
    return text ? { ...member, looks: [{ age: null, text }] } : member
  }
  const keys = readKeys(reader, reader.entries(node), 'cast')
  const looks = keys.get('looks')
  const born = keys.get('born')
  const outfits = keys.get('outfits')
  const [seed, reference, model] = [keys.get('seed'), keys.get('reference'), keys.get('model')]
  const voice = keys.get('voice')
  const lora = keys.get('lora')
  const embedding = keys.get('embedding')
  if (!looks)
    reader.report('cast/no-look', `${quote(entry.key)} has no \`looks\``, entry.keySpan, {
      hints: ['write what can be seen: `looks: a boy with red hair`'],
    })
  return {
    name,
    looks: looks ? readLooks(reader, looks) : [],
    born: born ? reader.number(born, '`born`', YEAR) : null,
    outfits: outfits ? readOutfits(reader, outfits) : new Map(),
    seed: seed ? readSeed(reader, seed) : null,
    reference: reference ? readFileName(reader, reference) : null,
    model: model ? reader.textValue(model, '`model`') : null,
    voice: voice ? reader.parsed(voice, '`voice`', 'value/voice', parseVoice) : null,
    lora: lora ? readLoras(reader, lora) : [],
    embedding: embedding ? readEmbeddings(reader, embedding) : [],
  }
}

function readLooks(reader: Reader, entry: Entry): Look[] {
  const node = reader.resolve(entry.value)
  if (node === null || !isMap(node)) {
    const text = reader.textValue(entry, '`looks`')
    return text ? [{ age: null, text }] : []
  }
  const entries = reader.entries(node)
  if (entries.length === 0) reader.report('script/missing-value', '`looks` is empty', entry.keySpan)
  const looks: (Look & { age: number })[] = []
  for (const look of named(reader, entries)) {
    const age = readAge(reader, look)
    const text = reader.textValue(look, 'a look')
    if (age !== null && text !== null) looks.push({ age, text })
  }
  return looks.sort((a, b) => a.age - b.age)
}

function readAge(reader: Reader, { key, keySpan }: Entry): number | null {
  const age = /^\d+(\.\d+)?$/.test(key) ? Number(key) : Number.NaN
  if (age >= AGE.min && age <= AGE.max) return age
  reader.report('value/number', `the looks of a member go by age, and ${quote(key)} is not an age`, keySpan, {
    hints: ['write `8: a boy with red hair`, or one text for all ages; clothes go under `outfits`'],
  })
  return null
}

function readOutfits(reader: Reader, entry: Entry): Map<string, Located<string>> {
  const outfits = new Map<string, Located<string>>()
  for (const outfit of named(reader, reader.mapping(entry, '`outfits`') ?? [])) {
    if (!/^\p{L}[\p{L}\p{M}\p{N}_-]*$/u.test(outfit.key)) {
      reader.report('cast/bad-name', `${quote(outfit.key)} cannot be the name of an outfit`, outfit.keySpan, {
        hints: ['one word that starts with a letter, as it is written behind an "@"'],
      })
      continue
    }
    const text = reader.textValue(outfit, 'an outfit')
    if (text) outfits.set(outfit.key, text)
  }
  return outfits
}

/** `places:`, by name as written. */
export function readPlaces(reader: Reader, entry: Entry): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const place of named(reader, reader.mapping(entry, '`places`') ?? [])) {
    const text = reader.textValue(place, `the place ${quote(place.key)}`)
    if (text) places.set(place.key, { name: { value: place.key, span: place.keySpan }, text })
  }
  return places
}
