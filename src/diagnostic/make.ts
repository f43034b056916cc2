// Makers of diagnostics: the severity comes from the table of codes.

import { CODES, type DiagnosticCode } from './codes.js'
import type { Diagnostic, Note, Span } from './diagnostic.js'

export type Extras = { hints?: string[]; notes?: Note[]; fix?: { span: Span; text: string } | null }

/** One diagnostic; `message` has no position and no final full stop. */
export const makeDiagnostic = (
  code: DiagnosticCode,
  message: string,
  span: Span | null,
  { hints = [], notes = [], fix = null }: Extras = {},
): Diagnostic => ({ code, severity: CODES[code].severity, message, span, notes, hints, fix })

/** Words of the user inside a message: in quotes, cut to 40 characters, nothing in it that a terminal obeys. */
export function quote(text: string): string {
  const characters = [...printable(text)]
  return `"${characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : characters.join('')}"`
}

/** Control characters, line breaks and halves of characters become visible stand-ins. */
export const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu,
    (c) => (c === '\t' || c === '\n' || c === '\r' ? ' ' : '\ufffd'),
  )
