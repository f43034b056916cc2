import { expect, test } from 'vitest'
import type { Verdict } from '../../src/interpolation/gate.js'
import { describeVerdict, dissolveWarnings, matchWarning } from '../../src/render/verdict-words.js'

const verdict = (
  why: Verdict['why'],
  likeness: number | null,
  motion: Verdict['motion'] = 'dissolve',
  detail: number | null = null,
): Verdict => ({ motion, why, likeness, detail, relit: false })
const ghost = (detail: number) => verdict('ghosts', 0.85, 'dissolve', detail)

test('a verdict says what, why, and how to overrule it', () => {
  expect(describeVerdict(verdict('too different', 0.6999))).toBe(
    'dissolve: too different (likeness 0.69, 0.70 is needed); `motion: morph` overrules it',
  )
  expect(describeVerdict(ghost(0.8999))).toBe(
    'dissolve: a morph would ghost (detail 0.89, 0.90 is needed); `motion: morph` overrules it',
  )
  expect(describeVerdict(verdict('alike', 0.95, 'morph'))).toBe('morph: alike (likeness 0.95)')
  expect(describeVerdict(verdict('nearly equal', null, 'hold'))).toBe('hold: nearly equal')
  expect(describeVerdict(verdict('asked', 0.2, 'morph'))).toBe('morph: as the script says')
})

test('a shot is warned of once, at its line, and only of what it did not ask for', () => {
  const shot = { id: '1.2', line: 7 }
  const warnings = (...verdicts: Verdict[]) => dissolveWarnings('f.yaml', shot, verdicts)
  expect(warnings(verdict('alike', 0.9, 'morph'), verdict('asked', null))).toEqual([])
  expect(warnings(verdict('too different', 0.3))).toEqual([
    'f.yaml:7: shot 1.2: two neighbouring keyframes are too different to morph (likeness 0.30, 0.70 is needed) and dissolve; `motion` in the shot overrules it',
  ])
  const three = [0.5, 0.2, 0.4].map((likeness) => verdict('too different', likeness))
  expect(warnings(...three, ghost(0.7), ghost(0.6))).toEqual([
    expect.stringMatching(/3 pairs .*likeness 0\.20 to 0\.50/),
    expect.stringMatching(/2 pairs .*would ghost in a morph \(detail 0\.60 to 0\.70, 0\.90 is needed\)/),
  ])
})

test('a match cut that dissolves is warned of', () => {
  const shot = { id: '1.2', line: 7 }
  expect(matchWarning('f.yaml', shot, verdict('alike', 0.9, 'morph'))).toBeNull()
  expect(matchWarning('f.yaml', shot, verdict('too different', 0.3))).toMatch(
    /^f\.yaml:7: shot 1\.2: .*0\.30, 0\.70 is needed\), so the match cut dissolves; `morph` overrules it/,
  )
  expect(matchWarning('f.yaml', shot, ghost(0.5))).toMatch(/would ghost .*detail 0\.50, 0\.90 is needed/)
})
