// Scenes and shots of a script, as a tree with spans.

import type { Span } from '../diagnostic/diagnostic.js'
import type { Script, ScriptShot } from '../script/types.js'
import type { Analysis } from './analysis.js'

export type Outline = {
  name: string
  detail: string
  kind: 'cast' | 'place' | 'scene' | 'shot'
  span: Span
  children: Outline[]
}

/** The whole film in the order of the file: cast, places, scenes with their shots. */
export function outlineOf({ script, file }: Analysis): Outline[] {
  const names = [
    ...[...script.cast.values()].map((member) => entry('cast', member.name, member.looks[0]?.text)),
    ...[...script.places.values()].map((place) => entry('place', place.name, place.text)),
  ]
  return [...names.filter(({ span }) => span.file === file), ...scenesOf(script)].sort(
    (a, b) => a.span.start - b.span.start,
  )
}

type Text = { value: string; span: Span }

const entry = (kind: 'cast' | 'place', name: Text, text: Text | undefined): Outline => ({
  name: name.value,
  detail: text?.value ?? '',
  kind,
  span: { ...name.span, end: Math.max(name.span.end, text?.span.end ?? 0) },
  children: [],
})

function scenesOf({ scenes }: Script): Outline[] {
  return scenes.flatMap((scene, i): Outline[] => {
    const shots = scene.shots.map((shot, k) => shotOf(shot, `${i + 1}.${k + 1}`))
    // A film without scenes is one scene without a name.
    if (scene.heading === null && scenes.length === 1) return shots
    const name = scene.heading?.value ?? `scene ${i + 1}`
    return [{ name, detail: `${shots.length} shots`, kind: 'scene', span: scene.span, children: shots }]
  })
}

function shotOf({ id, content, span }: ScriptShot, number: string): Outline {
  const words =
    content.kind === 'walk'
      ? content.prompts.map(({ value }) => value).join(' → ')
      : content.kind === 'card'
        ? content.text.value
        : content.kind === 'image'
          ? (content.prompt ?? content.file).value
          : content.prompt.value
  return { name: id?.value ?? number, detail: words.slice(0, 120), kind: 'shot', span, children: [] }
}

/** Line ranges (from 1) of more than one line that can be folded: top-level keys, scenes, shots. */
export function foldsOf({ text, lines, script }: Analysis): { first: number; last: number }[] {
  const spans = script.scenes.flatMap((scene) => [scene.span, ...scene.shots.map((shot) => shot.span)])
  const folds = spans.map((span) => ({
    first: lines.lineAt(span.start),
    last: lines.lineAt(Math.max(span.start, span.end - 1)),
  }))
  return [...folds, ...topLevel(text)].filter(({ first, last }) => last > first)
}

/** From each key in column 0 to the last line before the next that is not blank. */
function topLevel(text: string): { first: number; last: number }[] {
  const folds: { first: number; last: number }[] = []
  let open: { first: number; last: number } | null = null
  text.split('\n').forEach((line, i) => {
    if (/^[^\s#-].*:/.test(line)) {
      if (open) folds.push(open)
      open = { first: i + 1, last: i + 1 }
    } else if (open && line.trim() !== '') open.last = i + 1
  })
  return open ? [...folds, open] : folds
}
