// explain: the plan as a shot list.

import { resolve } from 'node:path'
import { plan } from '../index.js'
import {
  explainPlan,
  type NodeExplanation,
  type PlanExplanation,
  type ShotExplanation,
} from '../render/explain-plan.js'
import { describeVerdict } from '../render/verdict-words.js'
import type { Storyboard } from '../story/types.js'
import type { StudioFlags } from './options.js'
import { formatClock, pluralOf } from './progress-words.js'
import { loadScript, storyboardOf } from './script-file.js'
import { defaultOutput } from './script-paths.js'
import { withStudio } from './studio.js'

export type ExplainFlags = StudioFlags & { json?: boolean; set: string[]; output?: string }

export async function explainScript(script: string, flags: ExplainFlags): Promise<void> {
  const output = resolve(flags.output ?? (script === '-' ? 'film.mp4' : defaultOutput(script)))
  const { storyboard, explained } = await withStudio(flags, async (studio) => {
    const { store, host } = studio
    const storyboard = storyboardOf(await loadScript(script, flags.set, store))
    return { storyboard, explained: await explainPlan(await plan(storyboard, studio), output, store, host) }
  })
  process.stdout.write(
    flags.json ? `${JSON.stringify(explained, null, 2)}\n` : shotList(storyboard, explained),
  )
}

function shotList(storyboard: Storyboard, { shots, mix, movie }: PlanExplanation): string {
  const seconds = (frames: number) => (frames * storyboard.fps.den) / storyboard.fps.num
  const lines = [`${storyboard.title} · ${formatClock(seconds(storyboard.frames))} · ${shots.length} shots`]
  let scene: string | null = null
  for (const shot of shots) {
    if (shot.scene !== scene) lines.push('', shot.scene)
    scene = shot.scene
    const length = seconds(shot.frames).toFixed(1)
    lines.push(
      `  ${shot.id.padEnd(6)} ${formatClock(seconds(shot.start))}  ${length} s  line ${shot.line}  ${shot.prompt}`,
    )
    lines.push(...shot.speech.map(({ speaker, text }) => `         ${speaker ?? 'NARRATOR'}: ${text}`))
    lines.push(...acrossLines(shot), ...motionLines(shot))
    const reasons = new Map<string, string[]>()
    for (const { kind, reason } of shot.nodes) {
      if (reason) reasons.set(reason, [...(reasons.get(reason) ?? []), kind])
    }
    for (const [reason, kinds] of reasons) lines.push(`         ${formatKinds(kinds)}: ${reason}`)
  }
  if (mix?.reason) lines.push('', `sound: ${shortened(mix.reason)}`)
  const toMake = [...shots.flatMap((s) => s.nodes), ...(mix ? [mix] : [])].filter((n) => n.reason).length
  if (toMake > 0) lines.push('', `${toMake} nodes would be made, and the film joined.`)
  else
    lines.push('', movie === null ? 'Everything is up to date.' : `Only the film would be joined: ${movie}.`)
  return `${lines.join('\n')}\n`
}

/** A shot that got longer moves every sound behind it. */
const shortened = (reason: string): string =>
  reason.length <= MOST_OF_A_REASON ? reason : `${reason.slice(0, MOST_OF_A_REASON)}…`

const MOST_OF_A_REASON = 200

/** How the film gets from the shot before, where that was looked at. */
function acrossLines({ nodes }: ShotExplanation): string[] {
  const node = nodes.find(isAcross)
  if (!node?.verdict || node.verdict.why === 'asked') return []
  return [`         match cut: ${describeVerdict(node.verdict, 'morph')}`]
}

const isAcross = ({ kind, id }: NodeExplanation): boolean =>
  kind === 'inbetween' && /\/(match cut|morph)$/.test(id)

/** How the pairs of keyframes are gone through, alike neighbours on one line. */
function motionLines({ motion, nodes }: ShotExplanation): string[] {
  if (motion === 'hold' || motion === 'cut') return [`         motion ${motion}: as the script says`]
  const lines: { first: number; last: number; words: string; key: string }[] = []
  const inbetweens = nodes.filter((node) => node.kind === 'inbetween' && !isAcross(node))
  for (const [i, { verdict }] of inbetweens.entries()) {
    const before = lines.at(-1)
    const key = verdict ? `${verdict.motion} ${verdict.why}` : ''
    const isAlone = verdict?.why === 'too different'
    if (before && before.key === key && !isAlone) before.last = i + 1
    else if (verdict) lines.push({ first: i + 1, last: i + 1, words: describeVerdict(verdict), key })
    else lines.push({ first: i + 1, last: i + 1, words: '', key })
  }
  return lines
    .filter(({ words }) => words !== '')
    .map(({ first, last, words }) => {
      const which = first === last ? `${first}` : `${first} to ${last}`
      return `         in-betweens ${which}: ${first === last ? words : words.replace(/ \(likeness [^)]*\)/, '')}`
    })
}

function formatKinds(kinds: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, n]) => (n === 1 ? kind : `${n} ${pluralOf(kind)}`)).join(', ')
}
