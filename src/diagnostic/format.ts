// Diagnostics as text: for people, for vim, for programs.

import type { Diagnostic, Span } from './diagnostic.js'
import { formatGithub } from './github.js'
import { LineIndex, type Position } from './line-index.js'
import { printable } from './make.js'
import { columnsOf, window } from './source-line.js'

export type DiagnosticFormat = 'human' | 'short' | 'json' | 'github'

/**
 * Formats diagnostics. `sources` has the text of each file that a span names; a file without one has no positions.
 * The result ends with a line break, except that it is empty when there is nothing to say (`[]` for json).
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  { format, color }: { format: DiagnosticFormat; color: boolean },
): string {
  const indexes = new Map<string, LineIndex>()
  const place: Place = (span) => {
    const text = sources.get(span.file)
    if (text === undefined) return null
    const known = indexes.get(span.file)
    const index = known ?? new LineIndex(text)
    if (!known) indexes.set(span.file, index)
    return { index, start: index.position(span.start), end: index.position(span.end) }
  }
  if (format === 'github') return formatGithub(diagnostics, sources)
  if (format === 'json') return `${JSON.stringify(diagnostics.map((d) => jsonOf(d, place)))}\n`
  if (format === 'short') return diagnostics.map((d) => `${shortLine(d, place)}\n`).join('')
  return diagnostics.map((d) => humanBlock(d, place, color ? ANSI : PLAIN)).join('\n')
}

type Placed = { index: LineIndex; start: Position; end: Position }
type Place = (span: Span) => Placed | null

/** `path:line:col: error: message [code]`; vim's default errorformat reads it, with bytes for columns. */
const shortLine = (d: Diagnostic, place: Place): string =>
  `${location(d.span, place)}: ${d.severity}: ${printable(d.message)} [${d.code}]`

function location(span: Span | null, place: Place): string {
  if (span === null) return 'storyreel'
  const at = place(span)
  return at ? `${printable(span.file)}:${at.start.line}:${at.start.byteColumn}` : printable(span.file)
}

type Paint = Record<'bold' | 'error' | 'warning' | 'info' | 'dim', (text: string) => string>

const paint = (code: string) => (text: string) => `\u001b[${code}m${text}\u001b[0m`
const ANSI: Paint = {
  bold: paint('1'),
  error: paint('1;31'),
  warning: paint('1;33'),
  info: paint('1;36'),
  dim: paint('2'),
}
const plain = (text: string) => text
const PLAIN: Paint = { bold: plain, error: plain, warning: plain, info: plain, dim: plain }

function humanBlock(d: Diagnostic, place: Place, style: Paint): string {
  const severity = style[d.severity]
  const head = `${style.bold(location(d.span, place))}: ${severity(d.severity)}: ${style.bold(printable(d.message))} ${style.dim(`[${d.code}]`)}`
  const lines = [head]
  if (d.span) lines.push(...sourceLines(d.span, place, severity, style))
  for (const note of d.notes) {
    lines.push(`  note: ${note.span ? `${location(note.span, place)}: ` : ''}${printable(note.message)}`)
    if (note.span) lines.push(...sourceLines(note.span, place, style.info, style))
  }
  for (const hint of d.hints) lines.push(`  hint: ${printable(hint)}`)
  return `${lines.join('\n')}\n`
}

function sourceLines(span: Span, place: Place, mark: (text: string) => string, style: Paint): string[] {
  const at = place(span)
  if (!at) return []
  const line = at.index.lineText(at.start.line)
  const from = Math.min(at.start.column - 1, line.length)
  const to = at.end.line === at.start.line ? Math.min(at.end.column - 1, line.length) : line.length
  const shown = window(line, from, to)
  const number = String(at.start.line).padStart(5)
  const blank = ' '.repeat(columnsOf(shown.before))
  const carets = '^'.repeat(Math.max(1, columnsOf(shown.marked)))
  return [
    `${style.dim(`${number} |`)} ${shown.before}${shown.marked}${shown.after}`,
    `${style.dim('      |')} ${blank}${mark(carets)}`,
  ]
}

/** The diagnostic itself with positions from 1; null where there is none. */
function jsonOf(d: Diagnostic, place: Place): object {
  const positions = (span: Span | null) => {
    const at = span && place(span)
    return {
      file: span?.file ?? null,
      line: at?.start.line ?? null,
      column: at?.start.column ?? null,
      endLine: at?.end.line ?? null,
      endColumn: at?.end.column ?? null,
      byteColumn: at?.start.byteColumn ?? null,
    }
  }
  return {
    ...positions(d.span),
    severity: d.severity,
    code: d.code,
    message: d.message,
    hints: d.hints,
    notes: d.notes.map((note) => ({ ...note, ...positions(note.span) })),
    fix: d.fix && { ...d.fix, ...positions(d.fix.span) },
    span: d.span,
  }
}
