// Prompts: a shot's words with the cast described, then the place, the time of day, the weather and the style.

import type { Checked, Diagnostic } from '../diagnostic/diagnostic.js'
import { makeDiagnostic } from '../diagnostic/make.js'
import { FRAMINGS, type Framing } from '../script/names.js'
import type { Located } from '../script/types.js'
import { normalizeBlend } from './blend.js'
import { type CastTable, checkPlainWord } from './cast.js'
import { type Described, describeMember } from './describe-member.js'
import { findMentions } from './mention.js'
import { partFinder } from './part-finder.js'
import type { Portrait } from './portrait.js'
import type { PromptBlend } from './types.js'

export type Setting = {
  /** How much the picture shows, as the camera has it. */
  framing: Framing | null
  place: string | null
  time: string | null
  weather: string | null
  style: string | null
  year: number | null
  /** Whose mouth is open. */
  talking: string | null
}

/** The longest prompt with the cast described in it; an encoder sees the first 300 characters or so. */
const MAX_PROMPT_LENGTH = 8_000

/** Ways to describe a crowd of ageing members that are looked at, before the heaviest four are kept. */
const MAX_COMBINATIONS = 8
/** Members between two looks in one prompt, beyond which the heavier look is taken. */
const MAX_BLENDED = 8

/** Composes a shot's prompt. `source` is the text of the file, for the spans of single names. */
export function composePrompt(
  words: Located<string>,
  setting: Setting,
  table: CastTable,
  source: string,
): Checked<PromptBlend> {
  const diagnostics: Diagnostic[] = []
  const mentions = findMentions(words.value, table.cast, table.pattern)
  const finder = partFinder(words, source)
  const described: Described[] = []
  for (const mention of mentions) {
    if (mention.member === null) diagnostics.push(...checkPlainWord(mention, table, finder))
    else if (mention.member.looks.length > 0)
      described.push(describeMember(mention, mention.member, setting.year, finder, diagnostics))
  }
  const value = normalizeBlend(
    combinations(described).map(({ portraits, weight }) => ({
      prompt: joinParts([
        framed(replaceMentions(words.value, described, portraits, setting.talking), setting.framing),
        setting.place,
        setting.time,
        setting.weather,
        setting.style,
      ]),
      weight,
    })),
  )
  const longest = Math.max(...value.map(({ prompt }) => prompt.length))
  if (longest > MAX_PROMPT_LENGTH)
    diagnostics.push(
      makeDiagnostic(
        'value/text',
        `with the cast described, this prompt has more than ${MAX_PROMPT_LENGTH} characters`,
        words.span,
        { hints: ['name fewer members in it, or describe them in fewer words'] },
      ),
    )
  return { value, diagnostics }
}

/** All ways to pick one portrait for each mention. The same member at the same age is picked the same way everywhere. */
function combinations(described: readonly Described[]): { portraits: Portrait[]; weight: number }[] {
  const ids = described.map(
    ({ mention, portraits }) => `${mention.name} ${portraits.map((p) => p.weight).join(' ')}`,
  )
  const blended = new Map<string, Portrait[]>()
  described.forEach(({ portraits }, i) => {
    if (portraits.length > 1 && blended.size < MAX_BLENDED) blended.set(ids[i]!, portraits)
  })
  let all: { picks: Map<string, number>; weight: number }[] = [{ picks: new Map(), weight: 1 }]
  for (const [id, portraits] of blended)
    all = all
      .flatMap(({ picks, weight }) =>
        portraits.map((portrait, i) => ({
          picks: new Map(picks).set(id, i),
          weight: weight * portrait.weight,
        })),
      )
      .sort((a, b) => b.weight - a.weight)
      .slice(0, MAX_COMBINATIONS)
  return all.map(({ picks, weight }) => ({
    weight,
    portraits: described.map((each, i) => each.portraits[picks.get(ids[i]!) ?? heaviest(each.portraits)]!),
  }))
}

const heaviest = (portraits: readonly Portrait[]): number =>
  portraits[1] && portraits[1].weight > portraits[0]!.weight ? 1 : 0

/** The first mention of a member gets the full look, later ones a short one; other ages and outfits are full again. */
function replaceMentions(
  text: string,
  described: readonly Described[],
  portraits: readonly Portrait[],
  talking: string | null,
): string {
  let result = ''
  let at = 0
  const said = new Set<string>()
  for (const [i, { mention, who }] of described.entries()) {
    if (result.length > MAX_PROMPT_LENGTH) break
    const { full, brief } = portraits[i]!
    const isTalking = mention.name === talking && !said.has(who)
    result += text.slice(at, mention.start) + (said.has(who) ? brief : full) + (isTalking ? ' talking' : '')
    said.add(who)
    at = mention.end
  }
  return result + text.slice(at)
}

/** `close-up of TOM`; a prompt that says itself how much it shows is left as it is. */
export function framed(prompt: string, framing: Framing | null): string {
  const says = framing === null || FRAMINGS.some((words) => hasWords(prompt, words))
  return says ? prompt : `${framing} of ${prompt}`
}

/** Comma-separated; a part whose words stand in the prompt already is left out. */
function joinParts(parts: readonly (string | null)[]): string {
  let prompt = ''
  for (const part of parts) {
    const words = part?.trim().replace(/[.,;\s]+$/, '') ?? ''
    if (words === '' || hasWords(prompt, words)) continue
    prompt = prompt === '' ? words : `${prompt}, ${words}`
  }
  return prompt
}

function hasWords(prompt: string, part: string): boolean {
  const text = prompt.toLowerCase()
  const words = part.toLowerCase()
  const isLetter = (c: string | undefined) => c !== undefined && /[\p{Ll}\p{N}]/u.test(c)
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const end = at + words.length
    if (!(isLetter(text[at - 1]) && isLetter(words[0])) && !(isLetter(text[end]) && isLetter(words.at(-1))))
      return true
  }
  return false
}
