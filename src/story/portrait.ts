// What a member of the cast looks like: at an age, in an outfit.

import type { CastMember } from '../script/types.js'

/** One way to describe a member, and how much it counts. */
export type Portrait = { full: string; brief: string; weight: number }

/**
 * The looks that an age falls between, weighted by nearness; outside their range the first or last one. A member with
 * one look for all ages has that one at any age, and no age means the first look.
 */
export function portraitsAt(member: CastMember, age: number | null, outfit: string | null): Portrait[] {
  const { looks } = member
  const portrait = (index: number, weight: number): Portrait => {
    const look = looks[index]!.text.value
    return { full: dressed(look, outfit), brief: briefly(look), weight }
  }
  const above = age === null ? 0 : looks.findIndex((look) => look.age === null || look.age >= age)
  if (above <= 0) return [portrait(above === 0 ? 0 : looks.length - 1, 1)]
  const younger = looks[above - 1]!.age!
  const older = looks[above]!.age!
  const weight = (age! - younger) / (older - younger)
  return weight === 1 ? [portrait(above, 1)] : [portrait(above - 1, 1 - weight), portrait(above, weight)]
}

/** What clothes begin with, up to what else there is of the look. */
const CLOTHES = /,? (?:in|wearing|dressed in) (?:(?!,| with | and with | holding | who ).)*/gi

/** An outfit "in …" takes the place of the look's own last "in …" or "wearing …"; any other stands behind the look. */
function dressed(look: string, outfit: string | null): string {
  if (outfit === null) return look
  const isClothes = /^(in|wearing|dressed in)\b/i.test(outfit)
  const own = isClothes ? [...look.matchAll(CLOTHES)].at(-1) : undefined
  if (!own) return `${look} ${outfit}`
  return `${look.slice(0, own.index)} ${outfit}${look.slice(own.index + own[0].length)}`
}

/** What stands for a member whose full look has been said already: "a boy with red hair" becomes "the boy". */
function briefly(look: string): string {
  const head = look.split(/,| (?:with|in|wearing|dressed|who|holding|of|and)\b/i)[0]!.trim()
  return /^an? /i.test(head) ? head.replace(/^an? /i, 'the ') : head
}
