// Where in a picture the members of the cast stand, as far as a shot's words say it.

import type { CastMember } from '../script/types.js'
import type { CastTable } from './cast.js'
import { findMentions, type Mention } from './mention.js'
import type { Standing } from './types.js'

type Side = 'left' | 'center' | 'right'

/** Shares of the picture's width: where one or two stand, and where three do. */
const PLACES: Record<'few' | 'many', Record<Side, number>> = {
  few: { left: 0.25, center: 0.5, right: 0.75 },
  many: { left: 0.19, center: 0.5, right: 0.81 },
}
const SIDES: readonly Side[] = ['left', 'center', 'right']
/** More have no place that words could tell. */
const MOST = 3

/** What a close-up shows of one is the whole picture. */
const CLOSE = /\b(?:close[- ]?up|portrait|face of)\b/i
const WIDE = /\b(?:wide|long|full|establishing) (?:shot|view)\b|\bfrom (?:afar|far away)\b/i

/**
 * One for each member that a text names and that has a seed or a reference; in the order of the text. Said places count
 * ("on the left"); who has none stands in the middle, or beside the others, the first one furthest to the left. A reference
 * counts where the words ask for no other framing than its own.
 */
export function standingsIn(text: string, { cast, pattern }: CastTable): Standing[] {
  const mentions = firstMentions(findMentions(text, cast, pattern))
  if (mentions.length === 0 || mentions.length > MOST) return []
  const sides = sidesOf(mentions.map((_, i) => saidSide(text, mentions, i)))
  const [isClose, isWide] = [CLOSE.test(text), WIDE.test(text)]
  const isWhole = isClose && mentions.length === 1
  const place = PLACES[mentions.length < MOST ? 'few' : 'many']
  const width = (mentions.length < MOST ? 0.5 : 1 / 3) * (isWide ? 0.7 : 1)
  return mentions.flatMap(({ member }, i): Standing[] => {
    const { seed } = member
    const reference = isClose || isWide ? null : member.reference
    if (seed === null && reference === null) return []
    return [
      {
        seed: seed?.value ?? null,
        reference: reference?.value ?? null,
        x: isWhole ? 0.5 : place[sides[i]!],
        width: isWhole ? null : width,
      },
    ]
  })
}

type MemberMention = Mention & { member: CastMember }

function firstMentions(mentions: readonly Mention[]): MemberMention[] {
  const seen = new Set<CastMember>()
  return mentions.filter((mention): mention is MemberMention => {
    const { member } = mention
    return member !== null && !seen.has(member) && Boolean(seen.add(member))
  })
}

/** Behind the name, or before it, within the clause and no further than the next name. */
function saidSide(text: string, mentions: readonly Mention[], i: number): Side | null {
  const { start, end } = mentions[i]!
  const after = text.slice(end, mentions[i + 1]?.start).split(/[,.;:]/)[0]!
  const before = text
    .slice(mentions[i - 1]?.end ?? 0, start)
    .split(/[,.;:]/)
    .at(-1)!
  return sideIn(after) ?? (i === 0 || /^\s*(?:on|to|at|in)\b/i.test(before) ? sideIn(before) : null)
}

function sideIn(words: string): Side | null {
  const found = /\b(?:on|to|at|in) the (?:far )?(left|right|center|centre|middle)\b/i.exec(words)?.[1]
  if (found === undefined) return null
  return /^(?:left|right)$/i.test(found) ? (found.toLowerCase() as Side) : 'center'
}

/** A place that is taken is given to the first who asked for it. */
function sidesOf(said: readonly (Side | null)[]): Side[] {
  const taken = new Set<Side>()
  const own = said.map((side) => (side !== null && !taken.has(side) && taken.add(side) ? side : null))
  const usual: readonly Side[] =
    said.length === 1 ? ['center'] : said.length === 2 && !taken.has('center') ? ['left', 'right'] : SIDES
  const free = [...usual, ...SIDES].filter((side) => !taken.has(side))
  return own.map((side) => side ?? free.shift()!)
}

/**
 * How much of each column of a picture belongs to each standing, 0…1, with soft edges; together they have at most all of it.
 * `columns` are the picture's, or its latents'.
 */
export function columnShares(standings: readonly Standing[], columns: number): Float32Array[] {
  const windows = standings.map(({ x, width }) =>
    Float32Array.from({ length: columns }, (_, column) =>
      width === null ? 1 : softWindow(((column + 0.5) / columns - x) / width),
    ),
  )
  return windows.map((own) =>
    own.map(
      (share, column) =>
        share /
        Math.max(
          1,
          windows.reduce((sum, each) => sum + each[column]!, 0),
        ),
    ),
  )
}

/** 1 in the inner two thirds, 0 outside; a raised cosine between. `d` is 0 in the middle, ±0.5 at the edges. */
function softWindow(d: number): number {
  const out = (Math.abs(d) - 1 / 3) / (1 / 2 - 1 / 3)
  return out <= 0 ? 1 : out >= 1 ? 0 : (1 + Math.cos(Math.PI * out)) / 2
}
