// A line of speech as a node. Pure.

import type { Line, Shot } from '../story/types.js'
import { keyOf, type Manifest, type SpeechNode } from './node.js'

/** Raised when the code that speaks changes its samples. */
const FORMAT = 1

/** Null for a line that no voice can read. `engine` is what speaks, with its version. */
export function planLine({ spoken, voice }: Line, id: string, engine: string): SpeechNode | null {
  if (spoken === null) return null
  const { base, pitch, size, rate } = voice
  const manifest: Manifest = [
    ['kind', `speech ${FORMAT}`],
    ['engine', engine],
    ['text', spoken],
    ['voice', [base, pitch, size, rate]],
  ]
  return { kind: 'speech', id, key: keyOf(manifest), manifest, text: spoken, voice }
}

/** One for each line that can be heard, with its place in the shot. */
export const planSpeech = ({ id, lines = [] }: Shot, engine: string): { node: SpeechNode; line: Line }[] =>
  lines.flatMap((line, i) => {
    const node = planLine(line, `${id}/speech ${i + 1}`, engine)
    return node === null ? [] : [{ node, line }]
  })
