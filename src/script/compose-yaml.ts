// Text to a YAML document, with its faults as diagnostics. Hostile text is turned away before it costs anything:
// too long, too deep, too many tokens.

import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser, type YAMLError } from 'yaml'
import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { LineIndex } from '../diagnostic/line-index.js'
import { makeDiagnostic } from '../diagnostic/make.js'
import { MAX_SCRIPT_BYTES } from './decode.js'

/** The language needs 8 levels; the parser's stack has up to two entries a level. */
const MAX_STACK = 128
/** About 7,000 lines. */
const MAX_TOKENS = 40_000
/** Text that is not YAML at all brings an error for every character. */
const MAX_STREAM_ERRORS = 20

export type YamlDocument = Document.Parsed<ParsedNode>

export type Composed = {
  document: YamlDocument | null
  diagnostics: Diagnostic[]
  /** From this offset on, what was read may not be what was meant. */
  reliableUntil: number
  /** Lines with a fault, from 1. */
  faultLines: ReadonlySet<number>
  lines: LineIndex
}

/** Composes YAML 1.2 core. Never throws. */
export function composeYaml(text: string, file: string): Composed {
  const refused = (diagnostic: Diagnostic): Composed => ({
    document: null,
    diagnostics: [diagnostic],
    reliableUntil: 0,
    faultLines: new Set(),
    lines: new LineIndex(''),
  })
  const at = (start: number, end: number): Span => ({ file, start, end })
  if (text.length > MAX_SCRIPT_BYTES)
    return refused(
      makeDiagnostic('script/too-large', `the script has more than ${MAX_SCRIPT_BYTES / 1e6} MB`, at(0, 0), {
        hints: ['is it really a script?'],
      }),
    )
  const control = CONTROL.exec(text)
  if (control) return refused(controlCharacter(text, control.index, file))

  const tokens: CST.Token[] = []
  // The lexer stumbles over a list right after a byte order mark, so it does not get to see it.
  const hasMark = text.startsWith('\ufeff')
  const parser = new Parser()
  if (hasMark) parser.offset = 1
  let count = 0
  let streamErrors = 0
  const open: Open = { brackets: [], quote: null }
  for (const lexeme of new Lexer().lex(hasMark ? text.slice(1) : text)) {
    noteOpen(open, lexeme, parser.offset)
    for (const token of parser.next(lexeme)) {
      tokens.push(token)
      if (token.type === 'error') streamErrors++
    }
    if (parser.stack.length > MAX_STACK)
      return refused(
        makeDiagnostic(
          'yaml/too-deep',
          'lists and mappings are nested too deeply',
          at(parser.offset - 1, parser.offset),
          {
            hints: ['a script needs no more than 8 levels; is a bracket left open?'],
          },
        ),
      )
    if (++count > MAX_TOKENS)
      return refused(
        makeDiagnostic(
          'script/too-large',
          `the script has more than ${MAX_TOKENS} words of YAML`,
          at(parser.offset, parser.offset),
          {
            hints: ['split it into several films'],
          },
        ),
      )
    if (streamErrors >= MAX_STREAM_ERRORS) break
  }
  for (const token of parser.end()) tokens.push(token)
  return composeTokens(tokens, open, text, file)
}

/** Where brackets were opened that are not closed, and where the last text in quotes starts. */
type Open = { brackets: number[]; quote: number | null }

function noteOpen(open: Open, lexeme: string, offset: number): void {
  if (lexeme === '[' || lexeme === '{') open.brackets.push(offset)
  else if (lexeme === ']' || lexeme === '}') open.brackets.pop()
  else if (lexeme[0] === '"' || lexeme[0] === "'") open.quote = offset
}

function composeTokens(tokens: CST.Token[], open: Open, text: string, file: string): Composed {
  // The library makes an Error with a stack for each fault; nobody reads the stacks, and they cost seconds.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  let documents: YamlDocument[]
  try {
    const composer = new Composer({
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
    })
    documents = [...composer.compose(tokens, true, text.length)] as YamlDocument[]
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
  const document = documents[0]!
  const diagnostics: Diagnostic[] = []
  const lines = new LineIndex(text)
  const faultLines = new Set<number>()
  let reliableUntil = Number.POSITIVE_INFINITY
  // One slip makes several complaints; the first on a line is the one to mend.
  const faults = documents.flatMap((d) => d.errors).map((error) => yamlFault(error, open, text, file))
  for (const { diagnostic, isLocal } of faults.sort(
    (a, b) => a.diagnostic.span!.start - b.diagnostic.span!.start,
  )) {
    const line = lines.lineAt(diagnostic.span!.start)
    const isFollowUp = faultLines.has(line)
    faultLines.add(line)
    if (isFollowUp) continue
    if (!isLocal) reliableUntil = Math.min(reliableUntil, lines.lineStart(line))
    if (diagnostics.length < MAX_STREAM_ERRORS) diagnostics.push(diagnostic)
  }
  for (const warning of documents.flatMap((d) => d.warnings))
    if (warning.code === 'TAG_RESOLVE_FAILED')
      diagnostics.push(
        makeDiagnostic(
          'yaml/tag',
          'a word that starts with "!" is a YAML tag and means nothing here',
          spanOf(warning, text, file),
          {
            hints: ['put the text in quotes'],
          },
        ),
      )
  const second = documents[1]
  if (second)
    diagnostics.push(
      makeDiagnostic(
        'yaml/documents',
        'a script is one YAML document; a second one starts here',
        { file, start: second.range[0], end: Math.min(text.length, second.range[0] + 3) },
        { hints: ['remove the line `---`, or make two files'] },
      ),
    )
  return { document, diagnostics, reliableUntil, faultLines, lines }
}

/** Faults after which the parser is back in step at the next line. */
const LOCAL = new Set<YAMLError['code']>([
  'BLOCK_AS_IMPLICIT_KEY',
  'BAD_DQ_ESCAPE',
  'TAB_AS_INDENT',
  'BAD_SCALAR_START',
])

const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function controlCharacter(text: string, index: number, file: string): Diagnostic {
  const code = text.charCodeAt(index)
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  const isHalf = code >= 0xd800 && code <= 0xdfff
  return makeDiagnostic(
    'script/control-character',
    isHalf
      ? `half of a character (${name}), which is not text`
      : `a control character (${name}), which is not text`,
    { file, start: index, end: index + 1 },
    { hints: ['delete it'], fix: { span: { file, start: index, end: index + 1 }, text: '' } },
  )
}

function spanOf(error: YAMLError, text: string, file: string): Span {
  const start = Math.max(0, Math.min(error.pos[0], text.length))
  const lineEnd = text.indexOf('\n', start)
  const limit = lineEnd < 0 ? text.length : Math.max(lineEnd, start)
  return { file, start, end: Math.max(start, Math.min(error.pos[1], limit)) }
}

type Fault = { diagnostic: Diagnostic; isLocal: boolean }

function yamlFault(error: YAMLError, open: Open, text: string, file: string): Fault {
  const unclosed = unclosedFault(error, open, text, file)
  if (unclosed) return { diagnostic: unclosed, isLocal: false }
  const isLocal = LOCAL.has(error.code)
  const span = spanOf(error, text, file)
  if (error.code === 'TAB_AS_INDENT') {
    const hints = ['use spaces (vim: `:set expandtab | retab`)']
    return { diagnostic: makeDiagnostic('yaml/tab', 'a tab cannot indent YAML', span, { hints }), isLocal }
  }
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') {
    const colon = /:(?=\s|$)/.exec(text.slice(span.start, span.start + 1024))
    if (colon) span.end = span.start + colon.index + 1
  }
  const [message, hint] = WORDING[error.code] ?? [lowerFirst(error.message.split('\n')[0]!), null]
  return { diagnostic: makeDiagnostic('yaml/syntax', message, span, { hints: hint ? [hint] : [] }), isLocal }
}

/** The library notices at the end of the file what should be mended at its beginning. */
function unclosedFault(error: YAMLError, open: Open, text: string, file: string): Diagnostic | null {
  const isQuote = error.code === 'MISSING_CHAR' && error.message.includes('quote')
  const isBracket =
    (error.code === 'MISSING_CHAR' || error.code === 'BAD_INDENT') && error.message.startsWith('Flow')
  const start = isQuote ? open.quote : isBracket ? (open.brackets.at(-1) ?? null) : null
  if (start === null) return null
  const sign = text[start]!
  const closing = { '[': ']', '{': '}' }[sign]
  const message = isQuote
    ? `the text that starts with this ${sign} never ends`
    : `this ${sign} is never closed`
  const hints = [closing ? `add a ${closing} where it ends` : `add a ${sign} where it ends`]
  return makeDiagnostic('yaml/syntax', message, { file, start, end: start + 1 }, { hints })
}

const COLON_HINT = 'put a text with ": " in it into quotes'

/** Kinder words for the faults that prose brings about; the others keep the library's. */
const WORDING: Partial<Record<YAMLError['code'], [string, string]>> = {
  BLOCK_AS_IMPLICIT_KEY: ['a second ": " on the line starts a mapping inside a mapping', COLON_HINT],
  MULTILINE_IMPLICIT_KEY: ['a key must be on one line', 'is a ":" missing, or a text not indented?'],
  BAD_SCALAR_START: ['a plain text cannot start with this character', 'put the text in quotes'],
  BAD_ALIAS: ['a text that starts with "*" or "&" is an alias or anchor in YAML', 'put the text in quotes'],
  BAD_DQ_ESCAPE: [
    'an unknown escape in a text in double quotes',
    'write \\\\ for a backslash, or use single quotes',
  ],
  KEY_OVER_1024_CHARS: ['a key is longer than 1,024 characters', COLON_HINT],
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
