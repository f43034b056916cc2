// Bytes to text. Everything after this works on UTF-16 offsets of the text.

import type { Diagnostic } from '../diagnostic/diagnostic.js'
import { makeDiagnostic } from '../diagnostic/make.js'

/** Longest script in bytes; a feature film's screenplay has a tenth of it. */
export const MAX_SCRIPT_BYTES = 2_000_000

/**
 * Decodes a script's UTF-8. A byte order mark at the start stays in the text, so that offsets are those of the file.
 * On invalid bytes or too many of them the text is empty and a diagnostic says why.
 */
export function decodeScript(bytes: Uint8Array, file: string): { text: string; diagnostics: Diagnostic[] } {
  const fail = (code: 'script/too-large' | 'script/encoding', message: string, hint: string, at = 0) => ({
    text: '',
    diagnostics: [makeDiagnostic(code, message, { file, start: at, end: at }, { hints: [hint] })],
  })
  if (bytes.length > MAX_SCRIPT_BYTES) {
    const found = (bytes.length / 1e6).toFixed(1)
    return fail(
      'script/too-large',
      `the script has ${found} MB, more than ${MAX_SCRIPT_BYTES / 1e6} MB`,
      'is it really a script?',
    )
  }
  const isUtf16 =
    bytes.length >= 2 &&
    ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
  if (isUtf16)
    return fail(
      'script/encoding',
      'the script is UTF-16, not UTF-8',
      'save it as UTF-8 (vim: `:set fileencoding=utf-8 nobomb`)',
    )
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), diagnostics: [] }
  } catch {
    const { line, byte } = firstBadByte(bytes)
    return fail(
      'script/encoding',
      `line ${line} is not UTF-8: byte ${byte} of it belongs to no character`,
      'save the script as UTF-8 (vim: `:set fileencoding=utf-8`)',
    )
  }
}

/** Line and byte in the line, both from 1, where UTF-8 decoding fails. */
function firstBadByte(bytes: Uint8Array): { line: number; byte: number } {
  const isGood = (length: number, stream: boolean) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream })
      return true
    } catch {
      return false
    }
  }
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isGood(middle, true)) good = middle
    else bad = middle
  }
  // A character that was begun and not ended is bad from its first byte on.
  while (!isGood(good, false)) good--
  const before = bytes.subarray(0, good)
  const line = before.reduce((count, b) => count + (b === 10 ? 1 : 0), 1)
  return { line, byte: good - before.lastIndexOf(10) }
}
