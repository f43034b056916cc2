// Warnings about characters on cards and in captions that no font can show.

import type { Diagnostic, Span } from '../diagnostic/diagnostic.js'
import { makeDiagnostic, quote } from '../diagnostic/make.js'
import type { Shot, Storyboard } from './types.js'

/** Which fonts to look for, by what is written. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'Japanese'],
  [/\p{Script=Hangul}/u, 'Korean'],
  [/\p{Script=Han}/u, 'Chinese or Japanese'],
  [/\p{Script=Hebrew}/u, 'Hebrew'],
  [/\p{Script=Arabic}/u, 'Arabic'],
  [/\p{Script=Devanagari}/u, 'Devanagari'],
  [/\p{Script=Thai}/u, 'Thai'],
]

/** More would fill the line. */
const SHOWN = 8

/** What is set in type in a shot: words on a card, the caption, and subtitles in the picture. */
const typesetIn = ({ take, caption, lines = [] }: Shot, { subtitles }: Storyboard): string =>
  [
    take.kind === 'card' ? take.text : '',
    caption ?? '',
    ...(subtitles?.kind === 'burn' ? lines.map(({ text }) => text) : []),
  ].join('\n')

export const typesetText = (storyboard: Storyboard): string =>
  storyboard.shots.map((shot) => typesetIn(shot, storyboard)).join('\n')

/** One for each shot that has some of the `missing` characters, at the first of them where `sources` has it as it is. */
export function checkGlyphs(
  storyboard: Storyboard,
  missing: ReadonlySet<string>,
  sources: ReadonlyMap<string, string>,
): Diagnostic[] {
  if (missing.size === 0) return []
  return storyboard.shots.flatMap((shot) => {
    const found = [...new Set(typesetIn(shot, storyboard).normalize('NFC'))].filter((character) =>
      missing.has(character),
    )
    if (found.length === 0) return []
    const shown = `${found.slice(0, SHOWN).join(' ')}${found.length > SHOWN ? ' …' : ''}`
    const script = SCRIPTS.find(([pattern]) => found.some((character) => pattern.test(character)))?.[1]
    return makeDiagnostic(
      'font/missing-glyphs',
      `no font on this machine has ${quote(shown)}, so boxes are drawn`,
      spanOf(shot.span, found, sources),
      { hints: [script ? `install a ${script} font` : 'install a font that has it, or leave it out'] },
    )
  })
}

function spanOf(shot: Span, characters: readonly string[], sources: ReadonlyMap<string, string>): Span {
  const text = sources.get(shot.file)?.slice(shot.start, shot.end) ?? ''
  const [first] = characters
    .flatMap((character) => {
      const at = text.indexOf(character)
      return at < 0 ? [] : [{ at, length: character.length }]
    })
    .toSorted((a, b) => a.at - b.at)
  if (first === undefined) return { ...shot, end: shot.start + text.search(/\r?\n|$/) }
  const start = shot.start + first.at
  return { ...shot, start, end: start + first.length }
}
