// Everything that can be said about a script without rendering it.

import { type Checked, type Diagnostic, hasErrors } from '../diagnostic/diagnostic.js'
import { LineIndex } from '../diagnostic/line-index.js'
import { makeDiagnostic } from '../diagnostic/make.js'
import { type IncludedFiles, withIncludes } from '../script/include.js'
import { overrideScript } from '../script/overrides.js'
import { inOrder, parseScript } from '../script/parse.js'
import type { Script } from '../script/types.js'
import type { SpokenLengths } from './speech.js'
import { makeStoryboard } from './storyboard.js'
import type { Storyboard } from './types.js'
import type { Vocabulary } from './vocabulary.js'
import { checkVocabulary } from './vocabulary-check.js'

const MAX_DIAGNOSTICS = 500

/** What the storyboard says is true of a script with faults too, when it is about names and words only. */
const isAboutWords = ({ code }: Diagnostic): boolean =>
  code.startsWith('cast/') ||
  code.startsWith('model/') ||
  code === 'say/unknown-speaker' ||
  code === 'say/not-spoken' ||
  code === 'scene/unknown-place' ||
  code === 'shot/duplicate-id'

export type CheckedScript = { storyboard: Storyboard | null; script: Script; diagnostics: Diagnostic[] }

/**
 * Checks a script's text: parses it and makes its storyboard, which is null when there are errors. `file` is the name
 * that spans carry; `set` holds film keys that win over the script's, as `key=value`; with a `vocabulary`, what its model does
 * not draw is warned about; `included` are the files that it may include; `lengths` tells how long lines take that were spoken already,
 * the others are estimated. Never throws.
 */
export const checkScript = (
  text: string,
  file: string,
  set: readonly string[] = [],
  vocabulary: Vocabulary | null = null,
  included: IncludedFiles = new Map(),
  lengths: SpokenLengths = new Map(),
): CheckedScript => checkParsed(parseScript(text, file), text, set, vocabulary, included, lengths)

/** The same, when the text has been parsed already. */
export function checkParsed(
  read: Checked<Script>,
  text: string,
  set: readonly string[],
  vocabulary: Vocabulary | null,
  included: IncludedFiles,
  lengths: SpokenLengths = new Map(),
): CheckedScript {
  const whole = withIncludes(read, included)
  const { script, diagnostics: overrides } = overrideScript(whole.value, set)
  const parsed = { diagnostics: [...whole.diagnostics, ...overrides] }
  const isReadable = !parsed.diagnostics.some(
    (d) => d.code.startsWith('yaml/') || d.code === 'script/too-many-shots',
  )
  const story = isReadable ? makeStoryboard(script, new LineIndex(text), textsOf(included), lengths) : null
  const isBroken = hasErrors(parsed.diagnostics)
  if (story && vocabulary)
    story.diagnostics.push(
      ...checkVocabulary(
        script,
        story.value,
        vocabulary,
        new Map([...textsOf(included), [read.value.file, text]]),
      ),
    )
  const added = story?.diagnostics.filter((d) => !isBroken || isAboutWords(d)) ?? []
  const all = inOrder([...parsed.diagnostics, ...added], read.value.file)
  const diagnostics =
    all.length <= MAX_DIAGNOSTICS
      ? all
      : [
          ...all.slice(0, MAX_DIAGNOSTICS),
          makeDiagnostic(
            'script/too-many-errors',
            `${all.length - MAX_DIAGNOSTICS} more messages are left out`,
            null,
          ),
        ]
  return { storyboard: hasErrors(all) ? null : (story?.value ?? null), script, diagnostics }
}

/** Of the files that could be read, by name. */
export const textsOf = (included: IncludedFiles): Map<string, string> =>
  new Map([...included].flatMap(([name, file]) => ('text' in file ? [[name, file.text]] : [])))
