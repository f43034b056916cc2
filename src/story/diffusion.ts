// How a shot's pictures are diffused: by which model, with which files, from what.

import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { promptsOf } from '../script/prompts.js'
import type { Located, ScriptShot } from '../script/types.js'
import { type CastTable, membersIn } from './cast.js'
import { filesOf } from './files.js'
import { framed } from './prompt.js'
import { BUILT_IN, type ResolvedShot } from './settings.js'
import { standingsIn } from './standing.js'
import type { Diffusion } from './types.js'

/** `source` is the text of the script, for the spans of single names. */
export function diffusionOf(
  { shot, settings, seed }: ResolvedShot,
  table: CastTable,
  source: string,
  diagnostics: Diagnostic[],
): Diffusion {
  const prompts = promptsOf(shot)
  const members = membersIn(prompts, table, source)
  const framing = settings.camera?.value.framing ?? null
  const standings = prompts[0] ? standingsIn(framed(prompts[0].value, framing), table) : []
  const model = shot.settings.model ?? modelOf(members, diagnostics) ?? settings.model
  return {
    model: model?.value ?? BUILT_IN.model,
    seed,
    steps: settings.steps?.value ?? null,
    guidance: settings.guidance?.value ?? null,
    scheduler: settings.scheduler?.value ?? null,
    negative: settings.negative?.value ?? '',
    ...filesOf(
      settings,
      members.map(({ member }) => member),
    ),
    ...(standings.length > 0 && { standings }),
    ...sourceOf(shot),
  }
}

/** The one of the first member who has one. */
function modelOf(members: ReturnType<typeof membersIn>, diagnostics: Diagnostic[]): Located<string> | null {
  const own = members.filter(({ member }) => member.model !== null)
  const [first] = own
  const other = own.find(({ member }) => member.model!.value !== first!.member.model!.value)
  if (other) {
    const [one, two] = [first!.member, other.member]
    diagnostics.push(
      makeDiagnostic(
        'cast/two-models',
        `${quote(two.name.value)} has another model than ${quote(one.name.value)}, whose model paints this shot`,
        other.span,
        {
          notes: [{ message: `the model of ${quote(one.name.value)} is here`, span: one.model!.span }],
          hints: ['give the shot a `model` of its own, or show them in two shots'],
        },
      ),
    )
  }
  return first?.member.model ?? null
}

const sourceOf = ({ content }: ScriptShot): Pick<Diffusion, 'source'> => {
  if (content.kind !== 'image') return {}
  const strength = content.strength?.value ?? BUILT_IN.strength
  return { source: { image: content.file.value, mask: null, strength } }
}
