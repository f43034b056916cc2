// What there is to know about the text under the cursor, as Markdown.

import type { Span } from '../diagnostic/diagnostic.js'
import { KEY_INFO } from '../script/key-info.js'
import type { CastMember, ScriptScene } from '../script/types.js'
import { cameraText } from '../story/camera-text.js'
import { portraitsAt } from '../story/portrait.js'
import type { PromptBlend, Shot, Storyboard } from '../story/types.js'
import type { Analysis } from './analysis.js'
import { contextAt, levelOf } from './context.js'
import { type NameUse, nameAt, namesIn } from './names.js'

export type Hover = {
  markdown: string
  span: Span
  /** The shot whose picture belongs to it. */
  shot: Shot | null
}

/** And the blanks before its colon. */
const LONGEST_KEY = 40

/** Null where there is nothing to say. */
export function hover(analysis: Analysis, offset: number): Hover | null {
  const use = nameAt(namesIn(analysis.script, analysis.text), analysis.file, offset)
  if (use) return { markdown: aboutName(use), span: use.span, shot: null }
  const key = keyAt(analysis.text, offset)
  if (key) return { markdown: `**${key.name}**: ${KEY_INFO[key.name]!.summary}`, span: key.span, shot: null }
  const storyboard = analysis.draft()
  const shot = storyboard.shots.find(({ span }) => span.start <= offset && offset <= span.end)
  return shot ? { markdown: aboutShot(shot, storyboard), span: shot.span, shot } : null
}

/** A key of the language that the offset is in. */
function keyAt(text: string, offset: number): { name: string; span: Span } | null {
  const before = /[a-z]*$/.exec(text.slice(Math.max(0, offset - LONGEST_KEY), offset))![0]
  const after = /^[a-z]*/.exec(text.slice(offset, offset + LONGEST_KEY))![0]
  const name = before + after
  if (!Object.hasOwn(KEY_INFO, name)) return null
  const start = offset - before.length
  const end = start + name.length
  if (!/^\s*:(?:\s|$)/.test(text.slice(end, end + LONGEST_KEY))) return null
  const context = contextAt(text, start)
  const isKey = context?.key === null && context.prefix === '' && levelOf(context.path) !== null
  return isKey ? { name, span: { file: '', start, end } } : null
}

function aboutName(use: NameUse): string {
  if (use.kind === 'place') return `**${use.place.name.value}**: ${use.place.text.value}`
  if (use.kind === 'member') {
    const suffixes = use.mention?.suffixes.map(({ text }) => text) ?? []
    return aboutMember(use.member, suffixes, use.scene)
  }
  if (use.of === 'age') return aboutMember(use.member, [use.text], use.scene)
  return `**${use.member.name.value}, ${use.text}**: ${use.meaning?.value ?? 'there is no such outfit'}`
}

function aboutMember(member: CastMember, suffixes: readonly string[], scene: ScriptScene | null): string {
  const said = suffixes.find((text) => /^\d+$/.test(text))
  const year = scene?.year?.value ?? null
  const born = member.born?.value ?? null
  const age = said !== undefined ? Number(said) : year !== null && born !== null ? year - born : null
  const outfitName = suffixes.find((text) => !/^\d+$/.test(text))
  const outfit = outfitName === undefined ? null : (member.outfits.get(outfitName)?.value ?? null)
  const lines = [`**${member.name.value}**${age === null ? '' : `, ${age} years old`}`]
  if (scene === null) {
    lines.push(
      ...member.looks.map((look) => `- ${look.age === null ? '' : `${look.age}: `}${look.text.value}`),
    )
    lines.push(...[...member.outfits].map(([name, { value }]) => `- @${name}: ${value}`))
  } else if (member.looks.length > 0)
    lines.push(...portraitsAt(member, age, outfit).map(({ full, weight }) => `- ${full}${share(weight)}`))
  if (born !== null) lines.push('', `born ${born}${year === null ? '' : `, this scene is of ${year}`}`)
  return lines.join('\n')
}

const share = (weight: number): string => (weight === 1 ? '' : ` (${Math.round(weight * 100)} %)`)

function aboutShot(shot: Shot, { fps, scenes }: Storyboard): string {
  const seconds = (frames: number) => ((frames * fps.den) / fps.num).toFixed(2)
  const head = `**${shot.id}** · ${scenes[shot.scene]?.name ?? ''} · ${seconds(shot.start)} s, for ${seconds(shot.frames)} s (${shot.frames} frames)`
  if (shot.take.kind === 'card') return `${head}\n\ncard: ${shot.take.text}`
  if (shot.take.kind === 'image') return `${head}\n\npicture: ${shot.take.file}`
  const { keyframes, diffusion } = shot.take
  const waypoints = distinct(keyframes.map(({ prompt }) => promptText(prompt)))
  const shown = waypoints.length > 4 ? [...waypoints.slice(0, 2), '…', waypoints.at(-1)!] : waypoints
  const facts = [`seed ${diffusion.seed}`, diffusion.model, `camera ${cameraText(shot.camera)}`]
  if (keyframes.length > 1) facts.push(`${keyframes.length} keyframes`)
  return [
    head,
    '',
    ...shown.map((prompt) => `> ${prompt}`).flatMap((line) => [line, '']),
    facts.join(' · '),
  ].join('\n')
}

const promptText = (blend: PromptBlend): string =>
  blend.map(({ prompt, weight }) => `${prompt}${share(weight)}`).join(' + ')

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)]
