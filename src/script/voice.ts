import { quote } from '../diagnostic/make.js'
import { nearest } from '../diagnostic/suggest.js'
import type { Parsed } from './reader.js'

const SPEAKERS = ['man', 'woman', 'boy', 'girl', 'child'] as const
const MANNERS = ['old', 'low', 'high', 'slow', 'fast'] as const

export type Speaker = (typeof SPEAKERS)[number]
export type Manner = (typeof MANNERS)[number]

/** How somebody speaks; a null `speaker` is for their look to say. */
export type VoiceWords = { speaker: Speaker | null; manners: Manner[] }

export const VOICE_WORDS: readonly string[] = [...SPEAKERS, ...MANNERS]

/** `old woman`, `low`, `girl, fast`: at most one speaker, and how. */
export function parseVoice(text: string): Parsed<VoiceWords> {
  const voice: VoiceWords = { speaker: null, manners: [] }
  for (const match of text.matchAll(/[^\s,]+/g)) {
    const word = match[0].toLowerCase()
    const at: [number, number] = [match.index, match.index + match[0].length]
    const speaker = SPEAKERS.find((known) => known === word)
    const manner = MANNERS.find((known) => known === word)
    if (speaker && voice.speaker !== null)
      return {
        problem: `a voice is either ${quote(voice.speaker)} or ${quote(speaker)}`,
        hints: ['leave one of them'],
        at,
      }
    if (speaker) voice.speaker = speaker
    else if (manner) voice.manners.push(manner)
    else {
      const problem = `${quote(match[0])} does not tell a voice`
      const near = nearest(word, VOICE_WORDS)
      if (near !== null) return { problem, hints: [`did you mean ${quote(near)}?`], replacement: near, at }
      return {
        problem,
        hints: [`it can be: ${VOICE_WORDS.join(', ')}, or two or more such as \`old woman\``],
        at,
      }
    }
  }
  return { value: voice }
}
