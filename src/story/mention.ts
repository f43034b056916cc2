// Names of the cast in a shot's words: `TOM`, `TOM@30`, `TOM@storm`, `TOM@30@storm`.

import type { CastMember } from '../script/types.js'

export type Suffix = { text: string; start: number; end: number }

/** Half-open range in the text; suffixes are the words behind the "@" signs. */
export type Mention = {
  name: string
  member: CastMember | null
  start: number
  end: number
  nameEnd: number
  suffixes: Suffix[]
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Letters without upper and lower case, such as Chinese, are written without spaces: there any neighbour will do. */
const BEFORE = '(?<![\\p{Lu}\\p{Ll}\\p{Lt}\\p{N}_@])'
const AFTER = '(?![\\p{Lu}\\p{Ll}\\p{Lt}\\p{N}_])'
const SUFFIXES = '((?:@[\\p{L}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_-]*[\\p{L}\\p{M}\\p{N}_])?)*)'
const ANY_NAME = '\\p{Lu}[\\p{Lu}\\p{N}_]+'
const PLAIN_NAME = new RegExp(`^${ANY_NAME}$`, 'u')

/**
 * The pattern of a cast, made once for a film: its names of several words or without capitals, longest first, then any
 * word in capitals.
 */
export function mentionPattern(cast: ReadonlyMap<string, CastMember>): RegExp {
  const names = [...cast.keys()].filter((name) => !PLAIN_NAME.test(name))
  if (names.length === 0) return PLAIN_PATTERN
  return patternOf(names.sort((a, b) => b.length - a.length).map(escaped))
}

const patternOf = (names: readonly string[]): RegExp =>
  new RegExp(`${BEFORE}(${[...names, ANY_NAME].join('|')})${AFTER}${SUFFIXES}`, 'gu')

const PLAIN_PATTERN = patternOf([])

/** All words in capitals, in order; those of the cast have a member. */
export function findMentions(
  text: string,
  cast: ReadonlyMap<string, CastMember>,
  pattern: RegExp,
): Mention[] {
  return [...text.matchAll(pattern)].map((match) => {
    const name = match[1]!
    const nameEnd = match.index + name.length
    const suffixes: Suffix[] = []
    let at = nameEnd
    for (const word of match[2]!.split('@').slice(1)) {
      suffixes.push({ text: word, start: at + 1, end: at + 1 + word.length })
      at += 1 + word.length
    }
    return { name, member: cast.get(name) ?? null, start: match.index, end: at, nameEnd, suffixes }
  })
}
