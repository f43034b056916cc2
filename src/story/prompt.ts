// Prompts: a shot's words with the cast described, then the place, the time of day, the weather and the style.

import type { Checked, Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { editDistance, nearest } from '../diagnostic/suggest.js'
import { FRAMINGS, type Framing } from '../script/names.js'
import type { CastMember, Located } from '../script/types.js'
import { normalizeBlend } from './blend.js'
import { findMentions, type Mention, mentionPattern } from './mention.js'
import { type PartFinder, partFinder } from './part-finder.js'
import { isPlainCapitals } from './plain-capitals.js'
import { type Portrait, portraitsAt } from './portrait.js'
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

/** The cast of a film; `near` remembers the words in capitals that were compared with its names. */
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

/** Different words in capitals of a film that are compared with the names of its cast. */
const MAX_COMPARED = 1_000
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
      described.push({
        mention,
        ...describe(mention, mention.member, setting.year, finder, diagnostics),
      })
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

function checkPlainWord(mention: Mention, { cast, near: seen }: CastTable, finder: PartFinder): Diagnostic[] {
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

function describe(
  mention: Mention,
  member: CastMember,
  year: number | null,
  finder: PartFinder,
  diagnostics: Diagnostic[],
): Pick<Described, 'who' | 'portraits'> {
  let age: number | null = null
  let outfit: string | null = null
  let outfitName: string | null = null
  for (const suffix of mention.suffixes) {
    const span = finder(suffix.start, suffix.end)
    const isAge = /^\d+$/.test(suffix.text)
    if (isAge ? age !== null : outfitName !== null) {
      diagnostics.push(
        makeDiagnostic(
          'cast/repeated-suffix',
          `${quote(mention.name)} has two ${isAge ? 'ages' : 'outfits'} here`,
          span,
          {
            hints: ['leave one of them'],
          },
        ),
      )
    } else if (isAge) {
      age = Number(suffix.text)
      if (member.looks[0]!.age === null)
        diagnostics.push(
          makeDiagnostic('cast/age-ignored', `${quote(mention.name)} looks the same at any age`, span, {
            notes: [{ message: 'its one look is here', span: member.looks[0]!.text.span }],
            hints: ['give `looks` by age, or leave the age out'],
          }),
        )
    } else {
      outfitName = suffix.text
      outfit = member.outfits.get(suffix.text)?.value ?? null
      if (outfit === null) diagnostics.push(unknownOutfit(member, suffix.text, span))
    }
  }
  const known = age ?? ageIn(year, member)
  if (member.looks[0]!.age !== null && member.looks.length > 1)
    checkAge(mention, member, known, finder, diagnostics)
  const portraits = portraitsAt(member, known, outfit)
  const who = `${mention.name} ${member.looks.length > 1 ? known : ''} ${outfit}`
  return { who, portraits }
}

const ageIn = (year: number | null, member: CastMember): number | null =>
  year === null || member.born === null ? null : year - member.born.value

function checkAge(
  mention: Mention,
  member: CastMember,
  age: number | null,
  finder: PartFinder,
  diagnostics: Diagnostic[],
): void {
  const span = finder(mention.start, mention.nameEnd)
  if (age === null)
    diagnostics.push(
      makeDiagnostic(
        'cast/age-unknown',
        `nothing says how old ${quote(mention.name)} is here, so the youngest look is taken`,
        span,
        {
          hints: [
            member.born === null
              ? `write ${mention.name}@${member.looks[0]!.age}, or say when ${mention.name} was \`born\` and give the scene a \`year\``
              : `give the scene a \`year\`, or write ${mention.name}@${member.looks[0]!.age}`,
          ],
        },
      ),
    )
  else if (age < 0)
    diagnostics.push(
      makeDiagnostic(
        'cast/not-born',
        `${quote(mention.name)} is not born yet, so the youngest look is taken`,
        span,
        {
          notes: [{ message: 'the year of birth is here', span: member.born!.span }],
          hints: ['change the `year` of the scene, or write the age behind the name'],
        },
      ),
    )
}

function unknownOutfit(member: CastMember, name: string, span: Span): Diagnostic {
  const outfits = [...member.outfits.keys()]
  const near = nearest(name, outfits)
  const message = `${quote(member.name.value)} has no outfit ${quote(name)}`
  if (near !== null)
    return makeDiagnostic('cast/unknown-outfit', message, span, {
      hints: [`did you mean ${quote(near)}?`],
      fix: { span, text: near },
    })
  return makeDiagnostic('cast/unknown-outfit', message, span, {
    hints: [outfits.length > 0 ? `it can be: ${outfits.join(', ')}` : 'describe it under `outfits`'],
  })
}

/** `who` is the same for the same member at the same age in the same outfit. */
type Described = { mention: Mention; who: string; portraits: Portrait[] }

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
