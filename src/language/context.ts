// Where in a script a cursor stands, told from the lines before it: while somebody types, the text is seldom good YAML.

import { KEYS, type Level } from '../script/keys.js'

/** Keys from the top down; `-` is an item of a list. */
export type Path = readonly string[]

export type Context = {
  path: Path
  /** The key whose value is being written; null where a key or a list's item begins. */
  key: string | null
  /** What of the key, value or item stands before the cursor, and where it starts. */
  prefix: string
  start: number
  /** Keys that the same mapping has already. */
  siblings: ReadonlySet<string>
}

type Line = {
  /** Columns of the dashes that begin it. */
  dashes: number[]
  /** Column of what follows them. */
  column: number
  key: string | null
  /** Column behind the key's colon and the blanks after it. */
  valueColumn: number
  value: string
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?)\s*:(?=\s|$)/

function readLine(text: string): Line {
  const dashes: number[] = []
  let column = /^ */.exec(text)![0].length
  for (let dash = /^-(?: +|$)/.exec(text.slice(column)); dash; dash = /^-(?: +|$)/.exec(text.slice(column))) {
    dashes.push(column)
    column += dash[0].length
  }
  const match = KEY.exec(text.slice(column))
  if (!match) return { dashes, column, key: null, valueColumn: column, value: text.slice(column) }
  const afterColon = column + match[0].length
  const valueColumn = afterColon + /^\s*/.exec(text.slice(afterColon))![0].length
  return { dashes, column, key: unquoted(match[1]!), valueColumn, value: text.slice(valueColumn) }
}

const unquoted = (key: string): string => (/^["']/.test(key) ? key.slice(1, -1) : key)
const isBlank = (text: string): boolean => /^\s*(?:#.*)?$/.test(text)

/** Null inside a comment. `offset` is a UTF-16 offset into the text. */
export function contextAt(text: string, offset: number): Context | null {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
  const before = text.slice(lineStart, offset)
  if (/(?:^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))) return null
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  const number = text.slice(0, lineStart).split('\n').length - 1
  const line = readLine(before)
  const path = pathAbove(lines, number, line)

  const flow = flowContext(before, line, lineStart)
  if (flow) return { ...flow, path: line.key === null ? path.keys : [...path.keys, line.key] }
  if (line.key !== null) {
    const prefix = before.slice(line.valueColumn)
    return {
      path: path.keys,
      key: line.key,
      prefix,
      start: lineStart + line.valueColumn,
      siblings: new Set(),
    }
  }
  const start = lineStart + line.column
  const prefix = before.slice(line.column)
  if (path.textKey !== null) return { path: path.keys, key: path.textKey, prefix, start, siblings: new Set() }
  return { path: path.keys, key: null, prefix, start, siblings: siblingsOf(lines, number, line) }
}

/** `textKey` is the key whose text, begun on a line above, goes on here. */
function pathAbove(
  lines: readonly string[],
  number: number,
  line: Line,
): { keys: string[]; textKey: string | null } {
  const keys: string[] = []
  let keyLimit = line.column
  let dashLimit = line.column
  const enter = ({ dashes }: Line, limit: number) => {
    for (const dash of [...dashes].reverse()) {
      if (dash >= limit) continue
      keys.unshift('-')
      // A list may stand right below its key, without indentation.
      keyLimit = dash + 1
      dashLimit = dash
    }
  }
  enter(line, Number.POSITIVE_INFINITY)
  let textKey: string | null = null
  for (let i = number - 1; i >= 0 && keyLimit > 0; i--) {
    const text = lines[i]!
    if (isBlank(text)) continue
    const above = readLine(text)
    if (above.key !== null && above.column < keyLimit) {
      const isText = above.value !== '' && !/^[&!#]/.test(above.value)
      if (keys.length === 0 && line.dashes.length === 0 && isText && textKey === null) textKey = above.key
      else keys.unshift(above.key)
      keyLimit = above.column
      dashLimit = above.column
      enter(above, dashLimit)
    } else enter(above, dashLimit)
  }
  return { keys, textKey }
}

function siblingsOf(lines: readonly string[], number: number, { column, dashes }: Line): Set<string> {
  const found = new Set<string>()
  const visit = (i: number): boolean => {
    const text = lines[i]!
    if (isBlank(text)) return true
    const other = readLine(text)
    if (other.column === column && other.key !== null) found.add(other.key)
    return other.column >= column && !other.dashes.some((dash) => dash < column)
  }
  if (dashes.length === 0) for (let i = number - 1; i >= 0 && visit(i); i--);
  for (let i = number + 1; i < lines.length; i++) {
    const { dashes: theirs, column: theirColumn } = readLine(lines[i]!)
    if (isBlank(lines[i]!)) continue
    if (theirColumn < column || theirs.some((dash) => dash < column)) break
    visit(i)
  }
  return found
}

/** Inside `{…}` on one line. */
function flowContext(before: string, line: Line, lineStart: number): Omit<Context, 'path'> | null {
  const from = line.key === null ? line.column : line.valueColumn
  const open = before.indexOf('{', from)
  if (open !== from || before.indexOf('}', open) >= 0) return null
  const inner = before.slice(open + 1)
  const comma = inner.lastIndexOf(',') + 1
  const part = inner.slice(comma)
  const lead = /^\s*/.exec(part)![0].length
  const start = lineStart + open + 1 + comma + lead
  const siblings = new Set([...inner.matchAll(/(?:^|,)\s*([\w-]+)\s*:/g)].map((match) => match[1]!))
  const pair = /^\s*([\w-]+)\s*:\s+/.exec(part)
  if (!pair) return { key: null, prefix: part.slice(lead), start, siblings }
  const prefix = part.slice(pair[0].length)
  return { key: pair[1]!, prefix, start: lineStart + open + 1 + comma + pair[0].length, siblings }
}

/** Which mapping of the language a path leads to; null for names, looks, texts and the like. */
export function levelOf(path: Path): Level | null {
  const at = path.join('/')
  if (at === '') return 'film'
  if (at === 'defaults') return 'defaults'
  if (at === 'scenes/-') return 'scene'
  if (at === '-' || at === 'shots/-' || at === 'scenes/-/shots/-') return 'shot'
  if (path.at(-1) === 'camera') return mayHave('camera', path.slice(0, -1)) ? 'camera' : null
  if (path.at(-1) === '-' && path.at(-2) === 'walk') return levelOf(path.slice(0, -2)) && 'waypoint'
  const cues = path.at(-1) === '-' ? path.slice(0, -1) : path
  const heard = cues.at(-1)
  if (heard === 'music' || heard === 'sound') return mayHave(heard, cues.slice(0, -1)) ? 'cue' : null
  return path.length === 2 && path[0] === 'cast' ? 'cast' : null
}

function mayHave(key: string, path: Path): boolean {
  const level = levelOf(path)
  return level !== null && (KEYS[level] as readonly string[]).includes(key)
}
