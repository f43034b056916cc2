import { quote } from '../diagnostic/make.js'
import type { Parsed } from './reader.js'
import type { SubtitlesChoice } from './types.js'

/** A track of the film, words in its pictures, or a track from a file, relative to `nameOf`'s folder. */
export function parseSubtitles(text: string, nameOf: (path: string) => string): Parsed<SubtitlesChoice> {
  if (/^(true|yes|on|soft)$/i.test(text)) return { value: { kind: 'soft' } }
  if (/^(burn|burned|burnt)$/i.test(text)) return { value: { kind: 'burn' } }
  if (/^(false|no|off|none)$/i.test(text)) return { value: { kind: 'none' } }
  if (/\.srt$/i.test(text)) return { value: { kind: 'file', file: nameOf(text) } }
  return {
    problem: `${quote(text)} is no way to show subtitles`,
    hints: ['it can be `soft` (a track), `burn` (in the pictures), `none`, or a file that ends with .srt'],
  }
}
