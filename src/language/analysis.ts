// A script's text with all that is known of it, for the questions that an editor asks. Each part is made when it is first
// asked for: an answer at the cursor does not wait for what only the list of faults needs.

import { LineIndex } from '../diagnostic/line-index.js'
import { type IncludedFiles, withIncludes } from '../script/include.js'
import { parseScript } from '../script/parse.js'
import type { Script } from '../script/types.js'
import { type CheckedScript, checkParsed } from '../story/check.js'
import { makeStoryboard } from '../story/storyboard.js'
import type { Storyboard } from '../story/types.js'
import type { Vocabulary } from '../story/vocabulary.js'

export type Analysis = {
  text: string
  lines: LineIndex
  /** The name that spans in the text carry; what is included has spans of other files. */
  file: string
  /** What could be read. */
  script: Script
  /** The storyboard of what could be read; with errors it is not of the film that is meant. */
  draft(): Storyboard
  /** All that `check` says; its storyboard is null when there are errors. */
  checked(): Pick<CheckedScript, 'diagnostics' | 'storyboard'>
}

/** Never throws. `vocabulary` is the embedded model's, for warnings; `included` are the files that the script may include. */
export function analyse(
  text: string,
  file: string,
  vocabulary: Vocabulary | null = null,
  included: IncludedFiles = new Map(),
): Analysis {
  const parsed = parseScript(text, file)
  const { value: script } = withIncludes(parsed, included)
  const lines = new LineIndex(text)
  let draft: Storyboard | null = null
  let checked: CheckedScript | null = null
  return {
    text,
    lines,
    file,
    script,
    draft: () => (draft ??= checked?.storyboard ?? makeStoryboard(script, lines).value),
    checked: () => (checked ??= checkParsed(parsed, text, [], vocabulary, included)),
  }
}
