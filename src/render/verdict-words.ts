// How pairs of keyframes were judged, in words.

import { LEAST_LIKENESS, type Verdict } from '../interpolation/gate.js'
import type { Shot } from '../story/types.js'

/** One phrase, such as `dissolve: too different (likeness 0.31, 0.70 is needed); motion: morph overrules it`. */
export function describeVerdict(
  { motion, why, likeness }: Omit<Verdict, 'relit'>,
  overruledBy = 'motion: morph',
): string {
  if (why === 'asked') return `${motion}: as the script says`
  if (why === 'no model') return `${motion}: the film has no interpolation model`
  if (why === 'too different')
    return `${motion}: too different (likeness ${shown(likeness!)}, ${shown(LEAST_LIKENESS)} is needed); \`${overruledBy}\` overrules it`
  return likeness === null ? `${motion}: ${why}` : `${motion}: ${why} (likeness ${shown(likeness)})`
}

/** Null when all pairs of the shot could be morphed. */
export function dissolveWarning(
  file: string,
  { id, line }: Pick<Shot, 'id' | 'line'>,
  verdicts: readonly Verdict[],
): string | null {
  const different = verdicts.flatMap((v) => (v.why === 'too different' ? [v.likeness!] : []))
  if (different.length === 0) return null
  const pairs =
    different.length === 1
      ? 'two neighbouring keyframes are'
      : `${different.length} pairs of neighbouring keyframes are`
  const range = [...new Set([Math.min(...different), Math.max(...different)].map(shown))].join(' to ')
  return `${file}:${line}: shot ${id}: ${pairs} too different to morph (likeness ${range}, ${shown(LEAST_LIKENESS)} is needed) and dissolve; \`motion\` in the shot overrules it`
}

/** Null when the pictures on both sides of a match cut could be morphed. */
export function matchWarning(
  file: string,
  { id, line }: Pick<Shot, 'id' | 'line'>,
  { why, likeness }: Verdict,
): string | null {
  if (why !== 'too different') return null
  return `${file}:${line}: shot ${id}: its first picture is too different from the last one before it to morph (likeness ${shown(likeness!)}, ${shown(LEAST_LIKENESS)} is needed), so the match cut dissolves; \`morph\` overrules it`
}

/** Cut, not rounded, so that what is below a limit reads as below it. */
const shown = (likeness: number): string => (Math.floor(likeness * 100 + 1e-9) / 100).toFixed(2)
