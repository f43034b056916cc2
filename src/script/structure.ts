// What holds for any mapping of a script, wherever it stands: keys are plain, said once, and aliases lead somewhere.

import { type Alias, isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml'
import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { YamlDocument } from './compose-yaml.js'

/** What each alias stands for; one without an anchor is missing. */
export type AliasTargets = ReadonlyMap<Alias, ParsedNode>

/** One pass over the whole tree, in document order: an alias means the last anchor of its name before it. */
export function checkStructure(
  document: YamlDocument,
  text: string,
  file: string,
): { targets: AliasTargets; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const anchors = new Map<string, ParsedNode>()
  const targets = new Map<Alias, ParsedNode>()
  const visit = (node: ParsedNode | null): void => {
    if (node === null) return
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target) targets.set(node, target)
      else diagnostics.push(unknownAlias(node, anchors.keys(), file, text))
      return
    }
    if (node.anchor) anchors.set(node.anchor, node)
    if (isMap(node)) {
      checkKeys(node.items, text, file, diagnostics)
      for (const { key, value } of node.items) {
        visit(key)
        visit(value)
      }
    } else if (isSeq(node)) for (const item of node.items as (ParsedNode | null)[]) visit(item)
  }
  visit(document.contents)
  return { targets, diagnostics }
}

type Pairs = { key: ParsedNode; value: ParsedNode | null }[]

function checkKeys(pairs: Pairs, text: string, file: string, diagnostics: Diagnostic[]): void {
  const seen = new Map<string, Span>()
  for (const { key } of pairs) {
    const span = nodeSpan(key, text, file)
    const name = keyText(key)
    if (name === null) {
      diagnostics.push(
        makeDiagnostic('yaml/key', 'a key must be a plain text', span, { hints: ['write `key: value`'] }),
      )
      continue
    }
    if (name === '<<') {
      diagnostics.push(
        makeDiagnostic('yaml/merge-key', 'YAML 1.2 has no merge key', span, {
          hints: ['settings shared by shots go into the scene or into `defaults`'],
        }),
      )
      continue
    }
    const first = seen.get(name)
    if (first)
      diagnostics.push(
        makeDiagnostic('yaml/duplicate-key', `the key ${quote(name)} is here twice`, span, {
          notes: [{ message: 'it is already here', span: first }],
          hints: ['remove one of them'],
        }),
      )
    else seen.set(name, span)
  }
}

function unknownAlias(node: Alias, anchors: Iterable<string>, file: string, text: string): Diagnostic {
  const span = nodeSpan(node as ParsedNode, text, file)
  const near = nearest(node.source, anchors)
  const message = `there is no anchor ${quote(`&${node.source}`)} before this alias`
  if (near !== null)
    return makeDiagnostic('yaml/unknown-alias', message, span, {
      hints: [`did you mean ${quote(`*${near}`)}?`],
      fix: { span, text: `*${near}` },
    })
  return makeDiagnostic('yaml/unknown-alias', message, span, {
    hints: ['a text that starts with "*" needs quotes'],
  })
}

/** A key as written; null when it is a collection, an alias or empty. */
export function keyText(key: ParsedNode): string | null {
  if (!isScalar(key)) return null
  const text = key.source ?? ''
  return text === '' ? null : text
}

/** Where a node is written, without the blank space, comments and line breaks behind it. */
export function nodeSpan(node: ParsedNode, text: string, file: string): Span {
  const [start, end] = node.range
  let last = Math.max(start, Math.min(end, text.length))
  while (last > start && ' \t\r\n'.includes(text[last - 1]!)) last--
  return { file, start, end: last }
}
