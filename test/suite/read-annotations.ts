// The annotations of a suite script: `# error: 7:9-14 shot/unknown-key`, half-open, columns in UTF-16 units from 1.

import type { Diagnostic } from '../../src/diagnostic/diagnostic.js'
import { LineIndex } from '../../src/diagnostic/line-index.js'

/** The annotation lines of a text, without their "# ". */
export const readAnnotations = (text: string): string[] =>
  [...text.matchAll(/^\ufeff?# ((?:error|warning|info): \S+ \S+)\r?$/gm)].map((match) => match[1]!)

/** A diagnostic in the form of an annotation. */
export function annotationOf({ severity, span, code }: Diagnostic, text: string): string {
  if (span === null) return `${severity}: - ${code}`
  const index = new LineIndex(text)
  const start = index.position(span.start)
  const end = index.position(span.end)
  const last = end.line === start.line ? end.column : `${end.line}:${end.column}`
  return `${severity}: ${start.line}:${start.column}-${last} ${code}`
}
