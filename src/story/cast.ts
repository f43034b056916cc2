// The cast of a film, and whom its texts name.

import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { editDistance } from '../diagnostic/suggest.js'
import type { CastMember, Located } from '../script/types.js'
import { findMentions, type Mention, mentionPattern } from './mention.js'
import { type PartFinder, partFinder } from './part-finder.js'
import { isPlainCapitals } from './plain-capitals.js'

/** Different words in capitals of a film that are compared with the names of its cast. */
const MAX_COMPARED = 1_000

/** `near` remembers the words in capitals that were compared with its names. */
export type CastTable = {
  cast: ReadonlyMap<string, CastMember>
  pattern: RegExp
  near: Map<string, string | null>
}

export const castTable = (cast: ReadonlyMap<string, CastMember>): CastTable => ({
  cast,
  pattern: mentionPattern(cast),
  near: new Map(),
})

/** Those whom texts name, in order, each once, with where it is named first. */
export function membersIn(
  texts: readonly Located<string>[],
  { cast, pattern }: CastTable,
  source: string,
): { member: CastMember; span: Span }[] {
  const found = new Map<CastMember, Span>()
  for (const words of texts)
    for (const { member, start, nameEnd } of findMentions(words.value, cast, pattern))
      if (member && !found.has(member)) found.set(member, partFinder(words, source)(start, nameEnd))
  return [...found].map(([member, span]) => ({ member, span }))
}

/** A word in capitals that names nobody: a slip in a name, or a name with an "@" that is not in the cast. */
export function checkPlainWord(
  mention: Mention,
  { cast, near: seen }: CastTable,
  finder: PartFinder,
): Diagnostic[] {
  const { name } = mention
  const isName = mention.suffixes.length > 0
  if (!isName && isPlainCapitals(name)) return []
  if (!seen.has(name) && seen.size < MAX_COMPARED) seen.set(name, nearName(name, cast.keys()))
  const near = seen.get(name) ?? null
  const span = finder(mention.start, mention.nameEnd)
  const message = `there is no ${quote(name)} in the cast`
  if (near !== null)
    return [
      makeDiagnostic('cast/unknown-name', message, span, {
        hints: [`did you mean ${quote(near)}?`, 'a plain word is written in small letters'],
        fix: { span, text: near },
      }),
    ]
  if (!isName) return []
  return [makeDiagnostic('cast/unknown-name', message, span, { hints: ['describe it under `cast`'] })]
}

/** One slip in a name of 3 to 5 letters, two in a longer one. */
function nearName(word: string, names: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = 3
  for (const name of names) {
    const limit = name.length < 3 ? 0 : name.length <= 5 ? 1 : 2
    if (Math.abs(name.length - word.length) > limit) continue
    const distance = editDistance(word, name)
    if (distance <= limit && distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best
}
