// A film as a list of shots, to be read: when, what, in which words, and why it would be made. Pure.

import type { NodeExplanation, PlanExplanation, ShotExplanation } from '../render/explain-plan.js'
import { couldNotMorph, describeVerdict } from '../render/verdict-words.js'
import { formatClock, formatCounts, pluralOf } from './progress-words.js'

export type FilmHead = {
  title: string
  size: { width: number; height: number }
  fps: { num: number; den: number }
  frames: number
}

/** Null columns don't wrap: each thing is a line of its own, for grep. */
export type Page = { columns: number | null; color: boolean }

const INDENT = 12
/** Narrower text is harder to read than a long line. */
const LEAST_COLUMNS = 60
const MOST_COLUMNS = 110
/** Of one shot; a walk may have dozens. */
const MOST_REASONS = 2
/** Longer texts are told by where they differ. */
const LONG = 60
/** A shot that got longer moves every sound behind it. */
const MOST_OF_A_REASON = 200

export function shotList(film: FilmHead, { shots, mix, movie }: PlanExplanation, page: Page): string {
  const paint = (code: number, text: string) => (page.color ? `\u001b[${code}m${text}\u001b[0m` : text)
  const seconds = (frames: number) => (frames * film.fps.den) / film.fps.num
  const rate = Number((film.fps.num / film.fps.den).toFixed(3))
  const scenes = new Set(shots.map(({ scene }) => scene)).size
  const lines = [
    ...(film.title === '' ? [] : [paint(1, film.title)]),
    [
      formatClock(seconds(film.frames)),
      counted(shots.length, 'shot'),
      ...(scenes > 1 ? [counted(scenes, 'scene')] : []),
      `${film.size.width}x${film.size.height}`,
      `${rate} fps`,
    ].join(' · '),
  ]
  const put = (text: string, hang = 0) =>
    lines.push(
      ...wrap(text.replace(/\s*\n\s*/g, ' / '), page.columns, INDENT, hang).map((line) =>
        `${' '.repeat(INDENT)}${line}`.trimEnd(),
      ),
    )
  let scene: string | null = null
  for (const [i, shot] of shots.entries()) {
    if (shot.scene !== scene) lines.push('', paint(1, shot.scene))
    scene = shot.scene
    lines.push('', headOf(shot, seconds, i === 0, paint))
    const what = shot.nodes.find(({ kind }) => kind === 'card' || kind === 'image')?.kind
    for (const [at, words] of shot.prompt.split(' → ').entries())
      put(at > 0 ? `→ ${words}` : what ? `${what}: ${words}` : words, at && 2)
    if (shot.caption !== null) put(`caption: ${shot.caption}`)
    for (const { speaker, text } of shot.speech) put(`${speaker ?? 'NARRATOR'}: ${text}`)
    for (const line of [...acrossLines(shot), ...motionLines(shot)]) put(line, 2)
    for (const line of reasonsOf(shot)) put(paint(33, line), 2)
  }
  if (mix?.reason) lines.push('', `sound: ${cut(mix.reason)}`)
  lines.push('', ...endOf([...shots.flatMap((s) => s.nodes), ...(mix ? [mix] : [])], movie, shots))
  return `${lines.join('\n')}\n`
}

const counted = (n: number, what: string): string => `${n} ${n === 1 ? what : pluralOf(what)}`

/** `+ harbour   0:02   4.0 s  line 34  dissolve 1 s · pull out 1.25x` */
function headOf(
  shot: ShotExplanation,
  seconds: (frames: number) => number,
  isFirst: boolean,
  paint: (code: number, text: string) => string,
): string {
  const { id, start, frames, line } = shot
  const sign = signOf(shot)
  const details = [
    shot.transition && transitionWords(shot.transition, seconds, isFirst),
    cameraWords(shot.camera),
    shot.look === 'none' ? null : shot.look,
  ].filter((words) => words !== null && words !== '')
  return [
    `${sign === ' ' ? sign : paint(sign === '+' ? 32 : 33, sign)} ${paint(1, id.padEnd(INDENT - 3))}`,
    formatClock(seconds(start)).padStart(5),
    `${seconds(frames).toFixed(1)} s`.padStart(7).padEnd(8),
    paint(2, `line ${line}`.padEnd(8)),
    details.join(' · '),
  ]
    .join(' ')
    .trimEnd()
}

/** `+` all of it is new, `~` something would be made again, else nothing. */
function signOf({ nodes }: ShotExplanation): '+' | '~' | ' ' {
  if (nodes.every(({ reason }) => reason === null)) return ' '
  return nodes.every(({ reason }) => reason === 'new') ? '+' : '~'
}

/** Why something would be made again: what began it, and not what follows from that. */
function reasonsOf(shot: ShotExplanation): string[] {
  if (signOf(shot) !== '~') return []
  const byReason = new Map<string, NodeExplanation[]>()
  for (const node of shot.nodes) {
    if (node.reason === null) continue
    byReason.set(node.reason, [...(byReason.get(node.reason) ?? []), node])
  }
  const roots = [...byReason].filter(([reason]) => !isInherited(reason))
  if (roots.length === 0) {
    const fromBefore = [...byReason.keys()].some((reason) => reason.startsWith('shot before: '))
    return [fromBefore ? 'the shot before it changed' : cut([...byReason.keys()].join('; '))]
  }
  const told = roots.slice(0, MOST_REASONS).map(([reason, nodes]) => {
    const counts: Record<string, number> = {}
    for (const { kind } of nodes) counts[kind] = (counts[kind] ?? 0) + 1
    return `${formatCounts(counts).replace(/^1 /, '')}: ${cut(shortChange(reason))}`
  })
  const left = roots.length - told.length
  return left === 0 ? told : [...told, `and ${left} more`]
}

/** Only inputs changed, and they say themselves why. */
const isInherited = (reason: string): boolean =>
  reason.startsWith('shot before: ') ||
  reason
    .split(', ')
    .every((phrase) =>
      /^(keyframe|image|card|frame|inbetween|spacing|depth|match cut|morph|probe|picture|from|to)( \d+)? (changed|removed)$/.test(
        phrase,
      ),
    )

/** `prompt changed: "a long text" → "a lengthy text"` is told by the words that differ. */
function shortChange(reason: string): string {
  return reason.replace(/"([^"]*)" → "([^"]*)"/g, (whole, before: string, after: string) => {
    if (before.length + after.length < LONG) return whole
    const [a, b] = [before.split(' '), after.split(' ')]
    let head = 0
    while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++
    let tail = 0
    while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
    const part = (words: string[]) =>
      `"${head > 0 ? '… ' : ''}${words.slice(head, words.length - tail).join(' ')}${tail > 0 ? ' …' : ''}"`
    return `${part(a)} → ${part(b)}`
  })
}

const cut = (reason: string): string =>
  reason.length <= MOST_OF_A_REASON ? reason : `${reason.slice(0, MOST_OF_A_REASON)}…`

const COLORS: Readonly<Record<number, string>> = { 0: 'black', 16777215: 'white' }

function transitionWords(
  into: NonNullable<ShotExplanation['transition']>,
  seconds: (frames: number) => number,
  isFirst: boolean,
): string {
  if (into.kind === 'cut') return ''
  // Of a fade into the film only the second half is seen.
  const length = Number(seconds(isFirst ? into.frames / 2 : into.frames).toFixed(2))
  const detail =
    into.kind === 'fade'
      ? (COLORS[into.color] ?? `#${into.color.toString(16).padStart(6, '0')}`)
      : 'direction' in into
        ? into.direction
        : null
  return [into.kind, detail, `${length} s`].filter((word) => word !== null).join(' ')
}

/** As a script has the usual moves. */
const MOVES: readonly (readonly [RegExp, string])[] = [
  [/^hold$/, ''],
  [/^zoom 1 to (\S+?)(?=,|$)/, 'push in $1x'],
  [/^zoom (\S+) to 1(?=,|$)/, 'pull out $1x'],
  [/^zoom (\S+), pan -1 to 1(?=,|$)/, 'pan right $1x'],
  [/^zoom (\S+), pan 1 to -1(?=,|$)/, 'pan left $1x'],
  [/^zoom (\S+), tilt -1 to 1(?=,|$)/, 'tilt up $1x'],
  [/^zoom (\S+), tilt 1 to -1(?=,|$)/, 'tilt down $1x'],
]

const cameraWords = (camera: string): string =>
  MOVES.reduce((words, [pattern, move]) => words.replace(pattern, move), camera)

/** How the film gets from the shot before, where that was looked at. */
function acrossLines({ nodes }: ShotExplanation): string[] {
  const node = nodes.find(isAcross)
  if (!node?.verdict || node.verdict.why === 'asked') return []
  return [`match cut: ${describeVerdict(node.verdict, 'morph')}`]
}

const isAcross = ({ kind, id }: NodeExplanation): boolean =>
  kind === 'inbetween' && /\/(match cut|morph)$/.test(id)

/** How the pairs of keyframes are gone through, alike neighbours on one line. */
function motionLines({ motion, nodes }: ShotExplanation): string[] {
  if (motion === 'hold' || motion === 'cut') return [`motion ${motion}: as the script says`]
  const lines: { first: number; last: number; words: string; key: string }[] = []
  const inbetweens = nodes.filter((node) => node.kind === 'inbetween' && !isAcross(node))
  for (const [i, { verdict }] of inbetweens.entries()) {
    const before = lines.at(-1)
    const key = verdict ? `${verdict.motion} ${verdict.why}` : ''
    const isAlone = verdict != null && couldNotMorph(verdict)
    if (before && before.key === key && !isAlone) before.last = i + 1
    else if (verdict) lines.push({ first: i + 1, last: i + 1, words: describeVerdict(verdict), key })
    else lines.push({ first: i + 1, last: i + 1, words: '', key })
  }
  return lines
    .filter(({ words }) => words !== '')
    .map(({ first, last, words }) => {
      const which = first === last ? `${first}` : `${first} to ${last}`
      return `in-betweens ${which}: ${first === last ? words : words.replace(/ \(likeness [^)]*\)/, '')}`
    })
}

function endOf(
  nodes: readonly NodeExplanation[],
  movie: string | null,
  shots: readonly ShotExplanation[],
): string[] {
  const toMake = nodes.filter(({ reason }) => reason !== null)
  if (toMake.length === 0)
    return [movie === null ? 'Everything is up to date.' : `Only the film would be joined: ${movie}.`]
  const counts: Record<string, number> = {}
  for (const { kind } of new Map(toMake.map((node) => [node.key, node])).values())
    counts[kind] = (counts[kind] ?? 0) + 1
  const signs = shots.map(signOf)
  const legend = [
    ...(signs.includes('+') ? ['+ is new'] : []),
    ...(signs.includes('~') ? ['~ is made again'] : []),
    ...(signs.includes(' ') ? ['the others are in the cache'] : []),
  ]
  return [`To make: ${formatCounts(counts)}; then the film is joined.`, `${legend.join(', ')}.`]
}

/** Lines that fit behind an indent; those after the first stand `hang` columns further right. */
function wrap(text: string, columns: number | null, indent: number, hang: number): string[] {
  if (columns === null) return [text]
  const width = Math.max(LEAST_COLUMNS, Math.min(columns, MOST_COLUMNS)) - indent
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const wider = line === '' ? word : `${line} ${word}`
    if (wider.length > width && line.trim() !== '') {
      lines.push(line)
      line = ' '.repeat(hang) + word
    } else line = wider
  }
  return [...lines, line]
}
