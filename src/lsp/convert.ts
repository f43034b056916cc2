// Our messages, outlines and completions as the protocol has them. Both count UTF-16 units.

import {
  CompletionItemKind,
  DiagnosticSeverity,
  type DocumentSymbol,
  InsertTextFormat,
  type CompletionItem as ProtocolCompletion,
  type Diagnostic as ProtocolDiagnostic,
  type Range,
  SymbolKind,
} from 'vscode-languageserver/node'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Diagnostic, Severity, Span } from '../diagnostic/diagnostic.js'
import type { Completion } from '../language/complete.js'
import type { Outline } from '../language/outline.js'

type Offsets = Pick<Span, 'start' | 'end'>

export const rangeOf = ({ start, end }: Offsets, document: TextDocument): Range => ({
  start: document.positionAt(start),
  end: document.positionAt(Math.max(start, end)),
})

const SEVERITY: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
}

/** Hints are lines of the message; an edit that mends it travels as `data`, for the code action. */
export function diagnosticOf(diagnostic: Diagnostic, document: TextDocument): ProtocolDiagnostic {
  const { code, severity, message, span, notes, hints, fix } = diagnostic
  return {
    range: rangeOf(span ?? { start: 0, end: 0 }, document),
    severity: SEVERITY[severity],
    code,
    source: 'storyreel',
    message: [message, ...hints.map((hint) => `hint: ${hint}`)].join('\n'),
    relatedInformation: notes.flatMap((note) =>
      note.span
        ? [{ location: { uri: document.uri, range: rangeOf(note.span, document) }, message: note.message }]
        : [],
    ),
    ...(fix && { data: { range: rangeOf(fix.span, document), text: fix.text } }),
  }
}

const COMPLETION_KIND: Record<Completion['kind'], CompletionItemKind> = {
  key: CompletionItemKind.Property,
  member: CompletionItemKind.Class,
  place: CompletionItemKind.Module,
  age: CompletionItemKind.Value,
  outfit: CompletionItemKind.Value,
  word: CompletionItemKind.EnumMember,
}

export const completionOf = (
  { label, kind, text, start, detail }: Completion,
  offset: number,
  document: TextDocument,
): ProtocolCompletion => ({
  label,
  kind: COMPLETION_KIND[kind],
  detail,
  insertTextFormat: InsertTextFormat.PlainText,
  filterText: text,
  textEdit: { range: rangeOf({ start, end: offset }, document), newText: text },
})

const SYMBOL_KIND: Record<Outline['kind'], SymbolKind> = {
  cast: SymbolKind.Class,
  place: SymbolKind.Module,
  scene: SymbolKind.Namespace,
  shot: SymbolKind.Event,
}

export function symbolOf(outline: Outline, document: TextDocument): DocumentSymbol {
  const range = rangeOf(outline.span, document)
  return {
    name: outline.name,
    detail: outline.detail,
    kind: SYMBOL_KIND[outline.kind],
    range,
    selectionRange: { start: range.start, end: range.start },
    children: outline.children.map((child) => symbolOf(child, document)),
  }
}
