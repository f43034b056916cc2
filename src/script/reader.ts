// Reading values out of the YAML tree: each function takes a node, reports what is wrong with it, and gives the value
// with its span, or null. A value is never guessed.

import { type Alias, isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml'
import type { DiagnosticCode } from '../diagnostic/codes.js'
import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { type Extras, makeDiagnostic, quote } from '../diagnostic/make.js'
import { keyText, nodeSpan } from './structure.js'
import type { Located } from './types.js'

/** Aliases may unfold into this many nodes; enough for any script, and done in no time. */
const MAX_VISITS = 200_000
/** An encoder sees about 300 characters of a prompt. */
export const MAX_TEXT_LENGTH = 2_000
/** More faults than anybody reads; the rest of the reading goes on. */
const MAX_REPORTS = 2_000

export type Entry = { key: string; keySpan: Span; value: ParsedNode | null }

/** What a value's text means, or why it means nothing. */
export type Parsed<T> = { value: T } | Problem
export type Problem = {
  problem: string
  code?: DiagnosticCode
  hints?: string[]
  replacement?: string
  at?: [number, number]
}

export class Reader {
  readonly file: string
  readonly text: string
  readonly diagnostics: Diagnostic[] = []
  readonly #targets: ReadonlyMap<Alias, ParsedNode>
  #visits = 0

  constructor(text: string, file: string, targets: ReadonlyMap<Alias, ParsedNode>) {
    this.text = text
    this.file = file
    this.#targets = targets
  }

  report(code: DiagnosticCode, message: string, span: Span, extras?: Extras): void {
    if (this.diagnostics.length < MAX_REPORTS)
      this.diagnostics.push(makeDiagnostic(code, message, span, extras))
  }

  span(node: ParsedNode): Span {
    return nodeSpan(node, this.text, this.file)
  }

  /** A node's first line: what to underline when the whole of it is meant. */
  headSpan(node: ParsedNode): Span {
    const span = this.span(node)
    return this.firstLine(span)
  }

  firstLine(span: Span): Span {
    const lineEnd = this.text.slice(span.start, span.end).search(/\r?\n/)
    return lineEnd < 0 ? span : { ...span, end: span.start + lineEnd }
  }

  /** Follows an alias; null for a missing value, for an alias without anchor, and when there were too many. */
  resolve(node: ParsedNode | null): ParsedNode | null {
    if (node === null) return null
    if (++this.#visits > MAX_VISITS) {
      if (this.#visits === MAX_VISITS + 1)
        this.report(
          'yaml/too-many-aliases',
          'the aliases of this script unfold into too much',
          this.headSpan(node),
          {
            hints: ['use fewer aliases inside aliases'],
          },
        )
      return null
    }
    return isAlias(node) ? (this.#targets.get(node as Alias) ?? null) : node
  }

  /** True when nothing was reported yet by the structure check about a missing node. */
  isKnownBroken(node: ParsedNode | null): boolean {
    return (node !== null && isAlias(node) && !this.#targets.has(node as Alias)) || this.#visits > MAX_VISITS
  }

  /** The entries of a mapping whose keys are good, each key once. */
  entries(node: ParsedNode): Entry[] {
    if (!isMap(node)) return []
    const entries = new Map<string, Entry>()
    for (const pair of node.items as { key: ParsedNode; value: ParsedNode | null }[]) {
      const key = keyText(pair.key)
      if (key === null || key === '<<' || entries.has(key)) continue
      entries.set(key, { key, keySpan: this.span(pair.key), value: pair.value })
    }
    return [...entries.values()]
  }

  /** A mapping's entries, or null after an error. */
  mapping(entry: Entry, what: string): Entry[] | null {
    const node = this.#present(entry)
    if (node === null) return null
    if (isMap(node)) return this.entries(node)
    this.report('script/wrong-type', `${what} is a mapping, not ${kindOf(node)}`, this.headSpan(node), {
      hints: ['write `key: value` lines, indented'],
    })
    return null
  }

  /** A list's items, or null after an error. */
  list(entry: Entry, what: string): (ParsedNode | null)[] | null {
    const node = this.#present(entry)
    if (node === null) return null
    if (isSeq(node)) return node.items as (ParsedNode | null)[]
    this.report('script/wrong-type', `${what} is a list, not ${kindOf(node)}`, this.headSpan(node), {
      hints: ['begin each item with "- "'],
    })
    return null
  }

  /** A text of 1 to 2,000 characters. Numbers and words such as `true` count as the text they are written as. */
  textValue(entry: Entry, what: string): Located<string> | null {
    const node = this.#present(entry)
    return node === null ? null : this.textOf(node, what)
  }

  textOf(node: ParsedNode, what: string): Located<string> | null {
    const source = this.resolve(node)
    if (source === null) return null
    if (!isScalar(source)) {
      this.report('script/wrong-type', `${what} is a text, not ${kindOf(source)}`, this.headSpan(source), {
        hints: isMap(source) ? ['put a text with ": " in it into quotes'] : [],
      })
      return null
    }
    const value = (source.source ?? '').trim()
    const span = this.span(source)
    if (value === '') {
      this.report('script/missing-value', `${what} is empty`, span)
      return null
    }
    if (value.length > MAX_TEXT_LENGTH) {
      this.report(
        'value/text',
        `${what} has ${value.length} characters, more than ${MAX_TEXT_LENGTH}`,
        this.firstLine(span),
      )
      return null
    }
    return { value, span }
  }

  /** A value in a notation of its own, such as a duration. */
  parsed<T>(
    entry: Entry,
    what: string,
    code: DiagnosticCode,
    parse: (text: string) => Parsed<T>,
  ): Located<T> | null {
    const located = this.textValue(entry, what)
    if (located === null) return null
    const result = parse(located.value)
    if ('value' in result) return { value: result.value, span: located.span }
    const span = this.part(located, result.at)
    this.report(result.code ?? code, result.problem, span, {
      hints: result.hints ?? [],
      fix: result.replacement === undefined ? null : { span, text: result.replacement },
    })
    return null
  }

  number(
    entry: Entry,
    what: string,
    range: { min: number; max: number; integer: boolean },
  ): Located<number> | null {
    return this.parsed(entry, what, 'value/number', (text): Parsed<number> => {
      const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
      const kind = range.integer ? 'a whole number' : 'a number'
      const hints = [`it can be ${range.min} to ${range.max}`]
      if (Number.isNaN(value) || (range.integer && !Number.isInteger(value)))
        return { problem: `${what} is ${kind}, not ${quote(text)}`, hints }
      if (value < range.min || value > range.max)
        return { problem: `${what} is out of range: ${quote(text)}`, hints }
      return { value }
    })
  }

  /** The span of a part of a text, when the text stands in the file as it is; else the whole text's first line. */
  part(located: Located<string>, range: [number, number] | undefined): Span {
    const { value, span } = located
    if (range === undefined || this.text.slice(span.start, span.end) !== value) return this.firstLine(span)
    return { file: span.file, start: span.start + range[0], end: span.start + range[1] }
  }

  #present(entry: Entry): ParsedNode | null {
    const node = this.resolve(entry.value)
    if (node !== null && !isEmpty(node)) return node
    if (!this.isKnownBroken(entry.value))
      this.report('script/missing-value', `${quote(entry.key)} has no value`, entry.keySpan)
    return null
  }
}

/** True for nothing at all, `~` and `null`. */
export const isEmpty = (node: ParsedNode): boolean =>
  isScalar(node) && (node.value === null || (node.source ?? '').trim() === '')

export function kindOf(node: ParsedNode): string {
  if (isMap(node)) return 'a mapping'
  if (isSeq(node)) return 'a list'
  return isEmpty(node) ? 'nothing' : 'a text'
}
