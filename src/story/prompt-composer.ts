// The prompts of a film: each shot's words with the cast described and in its scene's setting, within a budget.

import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Located, Script, ScriptScene } from '../script/types.js'
import type { CastTable } from './cast.js'
import { composePrompt, type Setting } from './prompt.js'
import type { ResolvedShot } from './settings.js'
import type { PromptBlend } from './types.js'

/** Characters of all prompts of a film together; a long one has a hundredth of it. */
const MAX_COMPOSED = 3_000_000

/** `talking` is who has an open mouth; nobody when left out. */
export type PromptComposer = (words: Located<string>, shot: ResolvedShot, talking?: string) => PromptBlend

/** `source` is the text of the script. Diagnostics of places are there at once, those of prompts as they are composed. */
export function promptComposer(
  script: Script,
  table: CastTable,
  source: string,
  diagnostics: Diagnostic[],
): PromptComposer {
  // An alias can repeat a shot thousands of times.
  const composedBefore = new Map<string, PromptBlend>()
  let budget = MAX_COMPOSED
  const places = new Map(
    [...script.places.values()].map((place) => [place.name.value.toLowerCase(), place.text.value]),
  )
  const placeWords = script.scenes.map((scene) => placeOf(scene, places, script, diagnostics))
  return (words, { scene, sceneIndex, settings }, talking) => {
    const setting: Setting = {
      framing: settings.camera?.value.framing ?? null,
      place: placeWords[sceneIndex]!,
      time: scene.time?.value ?? null,
      weather: scene.weather?.value ?? null,
      style: settings.style?.value ?? null,
      year: scene.year?.value ?? null,
      talking: talking ?? null,
    }
    const id = JSON.stringify([words.span.start, words.value, setting])
    const known = composedBefore.get(id)
    if (known) return known
    if (budget < 0) return []
    const composed = composePrompt(words, setting, table, source)
    diagnostics.push(...composed.diagnostics)
    budget -= composed.value.reduce((sum, { prompt }) => sum + prompt.length, 0)
    if (budget < 0)
      diagnostics.push(
        makeDiagnostic('script/too-large', 'the prompts of this film are too long together', words.span, {
          hints: ['describe the cast in fewer words'],
        }),
      )
    composedBefore.set(id, composed.value)
    return composed.value
  }
}

/** The words for a scene's place: those of `places`, else its own, in small letters when they are all capitals. */
function placeOf(
  { place }: ScriptScene,
  places: ReadonlyMap<string, string>,
  script: Script,
  diagnostics: Diagnostic[],
): string | null {
  if (place === null) return null
  const known = places.get(place.value.toLowerCase())
  if (known !== undefined) return known
  const near = nearest(place.value, script.places.keys())
  if (near !== null)
    diagnostics.push(
      makeDiagnostic(
        'scene/unknown-place',
        `there is no place ${quote(place.value)}, so its own words are used`,
        place.span,
        {
          hints: [`did you mean ${quote(near)}?`],
          fix: { span: place.span, text: near },
        },
      ),
    )
  return place.value === place.value.toUpperCase() ? place.value.toLowerCase() : place.value
}
