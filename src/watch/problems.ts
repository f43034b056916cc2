// Diagnostics with their places, as the page and other programs want them.

import { formatDiagnostics, type LoadedScript } from '../index.js'
import type { Problem } from './events.js'

type Listed = Omit<Problem, 'source'> & { file: string | null }

/** Lines are the script's; what is wrong in an included file says so in its words. */
export function problemsOf({ file, text, sources, diagnostics }: LoadedScript): Problem[] {
  const lines = text.split(/\r?\n/)
  const listed = formatDiagnostics(diagnostics, sources, { format: 'json', color: false })
  return (JSON.parse(listed) as Listed[]).map((problem) => {
    const { severity, code, message, hints, line, column, endColumn } = problem
    if (problem.file !== null && problem.file !== file) {
      const told = `${problem.file}:${line}: ${message}`
      return { severity, code, message: told, hints, line: null, column: null, endColumn: null, source: null }
    }
    const source = line === null ? null : (lines[line - 1] ?? null)
    return { severity, code, message, hints, line, column, endColumn, source }
  })
}
