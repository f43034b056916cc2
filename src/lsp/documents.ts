// Open scripts with what is known of them, analysed once a version.

import { fileURLToPath } from 'node:url'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { type Analysis, analyse } from '../language/analysis.js'
import type { IncludedFiles } from '../script/include.js'
import type { Vocabulary } from '../story/vocabulary.js'

export type Script = { document: TextDocument; file: string; analysis: Analysis }

/** The last analysis of each document; a new version is analysed when somebody asks. */
export function analysisCache(
  vocabulary: () => Vocabulary | null,
  included: (uri: string) => IncludedFiles | undefined,
) {
  const known = new Map<string, { version: number; script: Script }>()
  return {
    of(document: TextDocument): Script {
      const { uri, version } = document
      const found = known.get(uri)
      if (found?.version === version) return found.script
      const file = pathOf(uri)
      const script = {
        document,
        file,
        analysis: analyse(document.getText(), file, vocabulary(), included(uri)),
      }
      known.set(uri, { version, script })
      return script
    },
    forget: (uri: string) => known.delete(uri),
  }
}

/** A document that is no file keeps its URI for a name. */
export const pathOf = (uri: string): string => (uri.startsWith('file:') ? fileURLToPath(uri) : uri)
