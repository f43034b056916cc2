// How pairs of keyframes were judged, in words.

import { LEAST_DETAIL, LEAST_LIKENESS, type Verdict } from '../interpolation/gate.js'
import type { Shot } from '../story/types.js'

/** One phrase, such as `dissolve: too different (likeness 0.31, 0.70 is needed); motion: morph overrules it`. */
export function describeVerdict(verdict: Judged, overruledBy = 'motion: morph'): string {
  const { motion, why, likeness } = verdict
  if (why === 'asked') return `${motion}: as the script says`
  if (why === 'no model') return `${motion}: the film has no interpolation model`
  const lack = lackOf(verdict)
  if (lack) return `${motion}: ${lack.so} (${range(lack, [verdict])}); \`${overruledBy}\` overrules it`
  return likeness === null ? `${motion}: ${why}` : `${motion}: ${why} (likeness ${shown(likeness)})`
}

/** Of the shot's pairs that could not be morphed; one warning a reason. */
export function dissolveWarnings(
  file: string,
  { id, line }: Pick<Shot, 'id' | 'line'>,
  verdicts: readonly Verdict[],
): string[] {
  return Object.values(LACKS).flatMap((lack) => {
    const unfit = verdicts.filter((v) => lackOf(v) === lack)
    if (unfit.length === 0) return []
    const which =
      unfit.length === 1 ? 'two neighbouring keyframes' : `${unfit.length} pairs of neighbouring keyframes`
    return `${file}:${line}: shot ${id}: ${which} ${lack.pairs} (${range(lack, unfit)}) and dissolve; \`motion\` in the shot overrules it`
  })
}

/** Null when the pictures on both sides of a match cut could be morphed. */
export function matchWarning(
  file: string,
  { id, line }: Pick<Shot, 'id' | 'line'>,
  verdict: Verdict,
): string | null {
  const lack = lackOf(verdict)
  if (lack === null) return null
  return `${file}:${line}: shot ${id}: its first picture ${lack.match} (${range(lack, [verdict])}), so the match cut dissolves; \`morph\` overrules it`
}

/** Whether the pair dissolves without having been told to. */
export const couldNotMorph = (verdict: Judged): boolean => lackOf(verdict) !== null

type Judged = Omit<Verdict, 'relit'>
/** Why pictures dissolve that were not told to. */
const LACKS = {
  'too different': {
    so: 'too different',
    pairs: 'are too different to morph',
    match: 'is too different from the last one before it to morph',
    measure: 'likeness',
    least: LEAST_LIKENESS,
  },
  ghosts: {
    so: 'a morph would ghost',
    pairs: 'would ghost in a morph',
    match: 'would ghost in a morph from the last one before it',
    measure: 'detail',
    least: LEAST_DETAIL,
  },
} as const

type Lack = (typeof LACKS)[keyof typeof LACKS]

const lackOf = ({ why }: Judged): Lack | null => (why in LACKS ? LACKS[why as keyof typeof LACKS] : null)

/** Such as `likeness 0.31 to 0.50, 0.70 is needed`. */
function range({ measure, least }: Lack, verdicts: readonly Judged[]): string {
  const values = verdicts.map((v) => v[measure]!)
  const ends = [...new Set([Math.min(...values), Math.max(...values)].map(shown))].join(' to ')
  return `${measure} ${ends}, ${shown(least)} is needed`
}

/** Cut, not rounded, so that what is below a limit reads as below it. */
const shown = (share: number): string => (Math.floor(share * 100 + 1e-9) / 100).toFixed(2)
