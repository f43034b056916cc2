// Where a part of a text's value is written in the file.

import type { Span } from '../diagnostic/diagnostic.js'
import type { Located } from '../script/types.js'

/** From a half-open range of the value to its span; the whole text's when the part is not written as it reads. */
export type PartFinder = (start: number, end: number) => Span

/** Names have no blank space and no escapes in them, so the n-th in the value is the n-th in the file. */
export function partFinder(words: Located<string>, source: string): PartFinder {
  const { value, span } = words
  const raw = source.slice(span.start, span.end)
  return (start, end) => {
    const part = value.slice(start, end)
    let count = 0
    for (let at = value.indexOf(part); at >= 0 && at < start; at = value.indexOf(part, at + 1)) count++
    let found = raw.indexOf(part)
    while (count-- > 0 && found >= 0) found = raw.indexOf(part, found + 1)
    return found < 0
      ? span
      : { file: span.file, start: span.start + found, end: span.start + found + part.length }
  }
}
