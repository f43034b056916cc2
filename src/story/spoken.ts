// Words as a voice reads them.

/** In letters that an English voice can read; null where nothing of it can be. */
export function spokenText(text: string): string | null {
  const plain = text
    .replace(/…/g, '. ')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[‘’‚]/g, "'")
    .replace(/[“”„«»"]/g, ' ')
    .replace(/\s*[–—―]\s*/g, ', ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return /[A-Za-z0-9]/.test(plain) ? plain : null
}

/** The first letters of a text that are not Latin, as a half-open range; null for none. */
export function unreadablePart(text: string): [start: number, end: number] | null {
  const match = /(?!\p{Script=Latin})\p{L}[^\p{Script=Latin}]*(?<=\p{L}|\p{M})/u.exec(text)
  return match && [match.index, match.index + match[0].length]
}

/** Characters a second of calm speech, in letters and where a sign is a syllable. */
const LETTERS = 14
const SYLLABLES = 5

/** How long it takes to say a text, about: for what has not been spoken yet, and for what no voice can read. */
export function estimatedSeconds(text: string, rate: number): number {
  const syllables =
    text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0
  const letters = [...text].length - syllables
  return Math.max(0.5, (letters / LETTERS + syllables / SYLLABLES) / rate)
}
