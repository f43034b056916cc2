// Diagnostics as GitHub Actions reads them off the log: annotations at the very lines of a pull request.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

import type { Diagnostic, Severity } from './diagnostic.js'
import { LineIndex } from './line-index.js'

const COMMAND: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'notice' }

/** One line each; the result is empty when there is nothing to say. */
export function formatGithub(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): string {
  const indexes = new Map([...sources].map(([file, text]) => [file, new LineIndex(text)]))
  return diagnostics.map((diagnostic) => `${annotation(diagnostic, indexes)}\n`).join('')
}

function annotation(
  { code, severity, message, span, hints }: Diagnostic,
  indexes: ReadonlyMap<string, LineIndex>,
): string {
  const properties: [string, string | number][] = [['title', code]]
  const index = span && indexes.get(span.file)
  if (span) properties.push(['file', span.file])
  if (span && index) {
    const start = index.position(span.start)
    const end = index.position(span.end)
    properties.push(['line', start.line], ['col', start.column], ['endLine', end.line])
    // GitHub reads an end column only on the line of the start.
    if (end.line === start.line) properties.push(['endColumn', end.column])
  }
  const text = [message, ...hints.map((hint) => `hint: ${hint}`)].join('\n')
  const listed = properties.map(([name, value]) => `${name}=${escapeProperty(`${value}`)}`).join(',')
  return `::${COMMAND[severity]} ${listed}::${escapeData(text)}`
}

const escapeData = (text: string): string =>
  text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')

const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
