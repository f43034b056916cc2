// A line of a script on a terminal: what is shown of it, and how many columns that takes.

import { printable } from './make.js'

/** Columns shown of a long line on each side of what is marked, and of the marked part itself. */
const MARGIN = 60
const LONGEST_MARK = 120

export type Window = { before: string; marked: string; after: string }

/** A line cut around the half-open range of UTF-16 units, tabs spread to the next multiple of 8 columns. */
export function window(line: string, from: number, to: number): Window {
  const start = wholeCharacter(line, Math.max(0, from - MARGIN))
  const markEnd = wholeCharacter(line, Math.min(Math.max(from, to), from + LONGEST_MARK))
  const end = wholeCharacter(line, Math.min(line.length, markEnd + MARGIN))
  const before = spread((start > 0 ? '…' : '') + line.slice(start, from), 0)
  const marked = spread(line.slice(from, markEnd), columnsOf(before))
  const after = spread(line.slice(markEnd, end), columnsOf(before) + columnsOf(marked))
  return { before, marked, after: end < line.length ? `${after}…` : after }
}

/** Never between the halves of a surrogate pair. */
const wholeCharacter = (line: string, at: number): number =>
  /[\udc00-\udfff]/.test(line[at] ?? '') ? at - 1 : at

function spread(text: string, column: number): string {
  let result = ''
  for (const character of text) {
    if (character === '\t') result += ' '.repeat(8 - ((column + columnsOf(result)) % 8))
    else result += printable(character)
  }
  return result
}

/** Terminal columns: 2 for East Asian wide characters and emoji, 0 for marks that join the character before. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += columnsOfCharacter(character)
  return columns
}

function columnsOfCharacter(character: string): number {
  const code = character.codePointAt(0)!
  if (code < 0x300) return 1
  if (/^(?:\p{Mn}|\p{Me}|\p{Cf})$/u.test(character)) return 0
  return isWide(code) ? 2 : 1
}

/** The blocks of Unicode's EastAsianWidth.txt that are W or F, joined where what lies between is unassigned. */
const isWide = (code: number): boolean => WIDE.some(([first, last]) => code >= first && code <= last)

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x2614, 0x2615],
  [0x26aa, 0x26ab],
  [0x26bd, 0x26be],
  [0x26c4, 0x26c5],
  [0x2705, 0x2705],
  [0x2728, 0x2728],
  [0x2753, 0x2755],
  [0x2795, 0x2797],
  [0x2b1b, 0x2b1c],
  [0x2b50, 0x2b50],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2fb],
  [0x1f004, 0x1f004],
  [0x1f18e, 0x1f19a],
  [0x1f200, 0x1f64f],
  [0x1f680, 0x1f6fc],
  [0x1f7e0, 0x1f7f0],
  [0x1f90c, 0x1faff],
  [0x20000, 0x3fffd],
]
