// Screenplay sluglines: `INT. KITCHEN - NIGHT`.

/** A part of a slugline with its half-open range in it. */
export type Part = { text: string; start: number; end: number }

export type Slugline = {
  interior: boolean | null
  place: Part | null
  /** Lower case. */
  time: Part | null
  /** What stands behind the time: weather and the like. Lower case. */
  more: Part | null
}

/** Times of day that a slugline may say. */
export const TIMES: ReadonlySet<string> = new Set(
  (
    'dawn sunrise daybreak morning day daytime noon midday afternoon sunset dusk twilight evening night midnight ' +
    'early_morning late_morning early_afternoon late_afternoon golden_hour blue_hour magic_hour late_night'
  )
    .split(' ')
    .map((time) => time.replace('_', ' ')),
)

/** Screenplay directions about time that cannot be seen in a picture. */
const UNSEEN = new Set([
  'continuous',
  'later',
  'moments later',
  'same',
  'same time',
  'same day',
  'flashback',
  'present day',
])

/**
 * Reads `INT. PLACE - TIME [- more]`, or EXT., INT./EXT., I/E. Null for a heading of another form, which is a free name.
 * A time of day that is known ends the place, so that `INT. HOUSE - KITCHEN - NIGHT` has the place `HOUSE - KITCHEN`.
 */
export function parseSlugline(heading: string): Slugline | null {
  const match = /^(INT\.?\s*\/\s*EXT\.?|EXT\.?\s*\/\s*INT\.?|I\/E\.?|INT\.?|EXT\.?)\s+(?=\S)/i.exec(heading)
  if (!match) return null
  const prefix = match[1]!.toUpperCase()
  const interior = /INT.*EXT|EXT.*INT|I\/E/.test(prefix) ? null : prefix.startsWith('INT')
  const parts = splitParts(heading, match[0].length)
  const known = parts.findIndex((part, i) => i > 0 && (TIMES.has(part.text.toLowerCase()) || isUnseen(part)))
  const timeAt = known > 0 ? known : 1
  const time = parts[timeAt] && !isUnseen(parts[timeAt]) ? lower(parts[timeAt]) : null
  const more = parts.slice(timeAt + 1).filter((part) => !isUnseen(part))
  return {
    interior,
    place: joined(parts.slice(0, timeAt), heading),
    time,
    more:
      more.length === 0
        ? null
        : { ...joined(more, heading)!, text: more.map((p) => p.text.toLowerCase()).join(', ') },
  }
}

const isUnseen = (part: Part): boolean => UNSEEN.has(part.text.toLowerCase())

const lower = (part: Part): Part => ({ ...part, text: part.text.toLowerCase() })

function splitParts(heading: string, from: number): Part[] {
  const parts: Part[] = []
  let start = from
  const push = (end: number) => {
    const text = heading.slice(start, end)
    const lead = text.length - text.trimStart().length
    if (text.trim() !== '')
      parts.push({ text: text.trim(), start: start + lead, end: start + lead + text.trim().length })
  }
  for (const dash of heading.slice(from).matchAll(/\s+[-–—]+\s+/g)) {
    push(from + dash.index)
    start = from + dash.index + dash[0].length
  }
  push(heading.length)
  return parts
}

function joined(parts: Part[], heading: string): Part | null {
  const first = parts[0]
  const last = parts.at(-1)
  return first && last
    ? { text: heading.slice(first.start, last.end), start: first.start, end: last.end }
    : null
}
