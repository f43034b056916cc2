// Diagnostics with their places, as the page and other programs want them.

import { formatDiagnostics, type LoadedScript } from '../index.js'
import type { Problem } from './events.js'

export function problemsOf({ file, text, diagnostics }: LoadedScript): Problem[] {
  const lines = text.split(/\r?\n/)
  const listed = formatDiagnostics(diagnostics, new Map([[file, text]]), { format: 'json', color: false })
  return (JSON.parse(listed) as Omit<Problem, 'source'>[]).map(
    ({ severity, code, message, hints, line, column, endColumn }) => ({
      severity,
      code,
      message,
      hints,
      line,
      column,
      endColumn,
      source: line === null ? null : (lines[line - 1] ?? null),
    }),
  )
}
