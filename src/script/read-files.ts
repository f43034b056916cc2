// Files that change a model or that a shot starts from: LoRAs, learned words, pictures.

import { isMap, isSeq, type ParsedNode } from 'yaml'
import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { nameFrom } from './file-name.js'
import type { Entry, Reader } from './reader.js'
import type { EmbeddingUse, Located, LoraUse } from './types.js'

/** Beyond this a LoRA leaves nothing of the model. */
const MAX_WEIGHT = 10

/** `lora:` one or a list, each `FILE`, `FILE:WEIGHT` or `{file: FILE, weight: WEIGHT}`. An empty list is none. */
export const readLoras = (reader: Reader, entry: Entry): Located<LoraUse>[] =>
  itemsOf(reader, entry).flatMap((item) => readLora(reader, item) ?? [])

/** `embedding:` one or a list, each `FILE`, `WORD=FILE` or `{file: FILE, word: WORD}`. An empty list is none. */
export const readEmbeddings = (reader: Reader, entry: Entry): Located<EmbeddingUse>[] =>
  itemsOf(reader, entry).flatMap((item) => readEmbedding(reader, item) ?? [])

/** A file's name, as it is opened: relative to the folder of the file that names it. */
export function readFileName(reader: Reader, entry: Entry): Located<string> | null {
  const path = reader.textValue(entry, `\`${entry.key}\``)
  return path && { value: nameFrom(path.value, reader.file), span: path.span }
}

function readLora(reader: Reader, item: Entry): Located<LoraUse> | null {
  const keys = partsOf(reader, item, ['file', 'weight'])
  if (keys) {
    const file = fileOf(reader, item, keys)
    const entry = keys.get('weight')
    const weight = entry
      ? reader.number(entry, '`weight`', { min: -MAX_WEIGHT, max: MAX_WEIGHT, integer: false })
      : { value: 1 }
    return file && weight && { value: { file: file.value, weight: weight.value }, span: file.span }
  }
  const located = reader.textValue(item, 'a LoRA')
  if (located === null) return null
  const match = /^(.+):([^:/\\]*)$/.exec(located.value)
  const [, path, said] = match && !/^[a-z]$/i.test(match[1]!) ? match : [null, located.value, null]
  const weight = said === null ? 1 : Number(said)
  if (said?.trim() === '' || !(Math.abs(weight) <= MAX_WEIGHT)) {
    const range: [number, number] = [located.value.length - said!.length, located.value.length]
    reader.report('value/lora', `${quote(said!)} is no weight of a LoRA`, reader.part(located, range), {
      hints: [`it can be -${MAX_WEIGHT} to ${MAX_WEIGHT}: \`style.safetensors:0.8\``],
    })
    return null
  }
  return { value: { file: nameFrom(path!, reader.file), weight }, span: located.span }
}

function readEmbedding(reader: Reader, item: Entry): Located<EmbeddingUse> | null {
  const keys = partsOf(reader, item, ['file', 'word'])
  if (keys) {
    const file = fileOf(reader, item, keys)
    const entry = keys.get('word')
    const word = entry ? reader.textValue(entry, '`word`') : { value: null }
    return file && word && { value: { file: file.value, word: word.value }, span: file.span }
  }
  const located = reader.textValue(item, 'an embedding')
  if (located === null) return null
  const at = located.value.indexOf('=')
  const [word, path] =
    at < 1 ? [null, located.value] : [located.value.slice(0, at).trim(), located.value.slice(at + 1).trim()]
  if (path === '') {
    reader.report('script/missing-value', 'there is no file behind the "="', located.span)
    return null
  }
  return { value: { file: nameFrom(path, reader.file), word }, span: located.span }
}

/** One item, or those of a list, each as the value of the key. */
function itemsOf(reader: Reader, entry: Entry): Entry[] {
  const node = reader.resolve(entry.value)
  if (node === null || !isSeq(node)) return [entry]
  return (node.items as (ParsedNode | null)[]).map((value) => ({ ...entry, value }))
}

/** The keys of an item that is a mapping; null for any other. */
function partsOf(reader: Reader, item: Entry, known: readonly string[]): Map<string, Entry> | null {
  const node = reader.resolve(item.value)
  if (node === null || !isMap(node)) return null
  const found = new Map<string, Entry>()
  for (const entry of reader.entries(node)) {
    if (known.includes(entry.key)) {
      found.set(entry.key, entry)
      continue
    }
    const near = nearest(entry.key, known)
    reader.report(
      `value/${item.key}` as 'value/lora',
      `\`${item.key}\` has no key ${quote(entry.key)}`,
      entry.keySpan,
      {
        hints: [near ? `did you mean ${quote(near)}?` : `it can have: ${known.join(', ')}`],
        fix: near ? { span: entry.keySpan, text: near } : null,
      },
    )
  }
  return found
}

function fileOf(reader: Reader, item: Entry, keys: ReadonlyMap<string, Entry>): Located<string> | null {
  const entry = keys.get('file')
  if (entry) return readFileName(reader, entry)
  reader.report(
    'script/missing-value',
    `\`${item.key}\` has no \`file\``,
    reader.headSpan(reader.resolve(item.value)!),
  )
  return null
}
