// A walk from one age to another one passes the looks that lie between.

import type { CastTable } from './cast.js'
import { findMentions, type Mention } from './mention.js'

/**
 * Texts between two prompts of a walk that differ in nothing but ages: at each age for which a member who grows older (or
 * younger) has a look, in order. `TOM@8 in a meadow` to `TOM@75 in a meadow` passes `TOM@30 in a meadow`. None for others.
 */
export function agesBetween(from: string, to: string, table: CastTable): string[] {
  const start = agesIn(from, table)
  const end = agesIn(to, table)
  if (start.length === 0 || skeletonOf(from, start) !== skeletonOf(to, end)) return []
  const parts = new Set<number>()
  for (const [i, { age, mention }] of start.entries()) {
    const change = end[i]!.age - age
    for (const look of mention.member!.looks) {
      const part = look.age === null || change === 0 ? 0 : (look.age - age) / change
      if (part > 0 && part < 1) parts.add(part)
    }
  }
  return [...parts]
    .sort((a, b) => a - b)
    .map((part) => withAges(from, start, (age, i) => Math.round(age + (end[i]!.age - age) * part)))
}

type Aged = { mention: Mention; age: number; start: number; end: number }

/** Members with an age behind their names. */
const agesIn = (text: string, { cast, pattern }: CastTable): Aged[] =>
  findMentions(text, cast, pattern).flatMap((mention) => {
    const suffix = mention.suffixes.find((s) => /^\d+$/.test(s.text))
    if (mention.member === null || suffix === undefined) return []
    return [{ mention, age: Number(suffix.text), start: suffix.start, end: suffix.end }]
  })

const skeletonOf = (text: string, ages: readonly Aged[]): string => withAges(text, ages, () => 0)

function withAges(text: string, ages: readonly Aged[], ageOf: (age: number, i: number) => number): string {
  let result = ''
  let at = 0
  for (const [i, { age, start, end }] of ages.entries()) {
    result += text.slice(at, start) + ageOf(age, i)
    at = end
  }
  return result + text.slice(at)
}
