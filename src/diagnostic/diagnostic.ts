// The one message type of the project: what went wrong, where, and what to do about it.

import type { DiagnosticCode } from './codes.js'

/** A half-open range of UTF-16 offsets in one file. Lines and columns are made late, by LineIndex. */
export type Span = { file: string; start: number; end: number }

export type Note = { message: string; span: Span | null }

export type Severity = 'error' | 'warning' | 'info'

export type Diagnostic = {
  code: DiagnosticCode
  severity: Severity
  /** One sentence, without a position and without a final full stop. */
  message: string
  span: Span | null
  notes: Note[]
  hints: string[]
  /** An edit that would mend it: `text` replaces `span`. */
  fix: { span: Span; text: string } | null
}

/** What a stage returns: it goes on after errors, so there may be both. */
export type Checked<T> = { value: T; diagnostics: Diagnostic[] }

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((d) => d.severity === 'error')
