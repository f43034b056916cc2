import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import { parseColor } from './color.js'
import { parseDuration } from './duration.js'
import type { Parsed } from './reader.js'
import type { Transition } from './types.js'

const KINDS = ['cut', 'dissolve', 'fade']
const LATER = ['wipe', 'slide', 'iris']
const HINTS = ['it can be `cut`, `dissolve 1s`, `fade black 1s`']

/** `cut`, `dissolve [1s]`, `fade [colour] [1s]`. */
export function parseTransition(text: string): Parsed<Transition> {
  const words = [...text.matchAll(/\S+/g)].map((m) => ({
    word: m[0].toLowerCase(),
    at: [m.index, m.index + m[0].length] as [number, number],
  }))
  const [first, ...rest] = words
  const kind = first!.word
  if (LATER.includes(kind))
    return {
      problem: `the transition ${quote(kind)} is not rendered yet and is ignored`,
      code: 'script/not-yet',
      at: first!.at,
    }
  if (kind !== 'cut' && kind !== 'dissolve' && kind !== 'fade') {
    const near = nearest(kind, KINDS)
    const problem = `${quote(kind)} is not a transition`
    if (near === null) return { problem, hints: HINTS, at: first!.at }
    return { problem, hints: [`did you mean ${quote(near)}?`], replacement: near, at: first!.at }
  }
  const transition: Transition = { kind, duration: null, color: kind === 'fade' ? 0x000000 : null }
  if (kind === 'fade' && rest.length > 0 && !isLength(rest[0]!.word)) {
    const { word, at } = rest.shift()!
    const color = parseColor(word)
    if ('problem' in color) return { ...color, code: 'value/color', at }
    transition.color = color.value
  }
  if (kind !== 'cut' && rest.length > 0) {
    const { word, at } = rest.shift()!
    const duration = parseDuration(word)
    if ('problem' in duration) return { ...duration, code: 'value/duration', at }
    transition.duration = duration.value
  }
  const extra = rest[0]
  if (extra)
    return { problem: `${quote(extra.word)} is too much for \`${kind}\``, hints: HINTS, at: extra.at }
  return { value: transition }
}

const isLength = (word: string) => /^[\d.]/.test(word)
