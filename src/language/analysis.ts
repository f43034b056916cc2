// A script's text with all that is known of it, for the questions that an editor asks.

import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { LineIndex } from '../diagnostic/line-index.js'
import type { Script } from '../script/types.js'
import { checkScript } from '../story/check.js'
import { makeStoryboard } from '../story/storyboard.js'
import type { Storyboard } from '../story/types.js'
import type { Vocabulary } from '../story/vocabulary.js'

export type Analysis = {
  text: string
  lines: LineIndex
  script: Script
  diagnostics: readonly Diagnostic[]
  /** Null when the script has errors. */
  storyboard: Storyboard | null
  /** What the storyboard would be as far as the script can be read. */
  draft: () => Storyboard
}

/** Never throws. `vocabulary` is the embedded model's, for warnings. */
export function analyse(text: string, file: string, vocabulary: Vocabulary | null = null): Analysis {
  const { script, storyboard, diagnostics } = checkScript(text, file, [], vocabulary)
  const lines = new LineIndex(text)
  let draft = storyboard
  return {
    text,
    lines,
    script,
    diagnostics,
    storyboard,
    draft: () => (draft ??= makeStoryboard(script, lines).value),
  }
}
