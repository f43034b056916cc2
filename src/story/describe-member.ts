// A member of the cast as a shot shows it: at which age, in which outfit.

import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { CastMember } from '../script/types.js'
import type { Mention } from './mention.js'
import type { PartFinder } from './part-finder.js'
import { type Portrait, portraitsAt } from './portrait.js'

/** A mention of a member; `who` is the same for the same member at the same age in the same outfit. */
export type Described = { mention: Mention; who: string; portraits: Portrait[] }

/** The ages and outfits behind its name count, then the scene's `year`. */
export function describeMember(
  mention: Mention,
  member: CastMember,
  year: number | null,
  finder: PartFinder,
  diagnostics: Diagnostic[],
): Described {
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
  return { mention, who, portraits }
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
