// What is said: a text, `NAME: text`, or a list of these.

import { isMap, isSeq, type ParsedNode } from 'yaml'
import { type Entry, isEmpty, kindOf, type Reader } from './reader.js'
import type { Located, SaidLine } from './types.js'

/** `- TOM: hello` is a mapping with one key; several keys are said one after another. Null after an error. */
export function readSay(reader: Reader, entry: Entry): Located<SaidLine[]> | null {
  const node = reader.resolve(entry.value)
  if (node === null || isEmpty(node)) {
    reader.textValue(entry, '`say`')
    return null
  }
  const items = isSeq(node) ? (node.items as (ParsedNode | null)[]) : [node]
  if (items.length === 0) reader.report('script/missing-value', '`say` is empty', entry.keySpan)
  const lines = items.flatMap((item) => readItem(reader, item, entry))
  return { value: lines, span: reader.span(node) }
}

function readItem(reader: Reader, item: ParsedNode | null, entry: Entry): SaidLine[] {
  const node = reader.resolve(item)
  if (node === null || isEmpty(node)) {
    if (!reader.isKnownBroken(item))
      reader.report(
        'script/missing-value',
        'a line of `say` is empty',
        node ? reader.span(node) : entry.keySpan,
      )
    return []
  }
  if (isSeq(node)) {
    reader.report(
      'script/wrong-type',
      `a line of \`say\` is a text or \`NAME: text\`, not ${kindOf(node)}`,
      reader.headSpan(node),
    )
    return []
  }
  if (!isMap(node)) {
    const text = reader.textOf(node, 'a line of `say`')
    return text ? [splitName(reader, text)] : []
  }
  return reader.entries(node).flatMap((line) => {
    const text = reader.textValue(line, `what ${line.key} says`)
    return text ? [{ speaker: { value: line.key, span: line.keySpan }, text }] : []
  })
}

/** `"TOM: hello"`, in quotes, is how a screenplay has it. */
function splitName(reader: Reader, text: Located<string>): SaidLine {
  const match = /^(\p{Lu}[\p{Lu}\p{N}_'’ .-]*):\s+(?=\S)/u.exec(text.value)
  if (!match) return { speaker: null, text }
  const [head, name] = match
  const rest = text.value.slice(head.length)
  return {
    speaker: { value: name!, span: partOf(reader, text, 0, name!.length) },
    text: { value: rest, span: partOf(reader, text, head.length, text.value.length) },
  }
}

/** Such a text stands in quotes, which belong to its span. */
function partOf(
  reader: Reader,
  { value, span }: Located<string>,
  from: number,
  to: number,
): Located<string>['span'] {
  if (reader.text.slice(span.start + 1, span.end - 1) !== value)
    return reader.part({ value, span }, [from, to])
  return { file: span.file, start: span.start + 1 + from, end: span.start + 1 + to }
}
