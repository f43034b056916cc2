// The words of a prompt.

/** Half-open range in the text. */
export type Token = {
  /** In small letters, without accents and without a possessive 's; empty for what is no word, such as a number. */
  word: string
  start: number
  end: number
  /** True behind a comma, a full stop and the like, and for the first word. */
  isApart: boolean
  /** `start` where a sentence begins; elsewhere it is most often a name. Where all words have one it tells nothing. */
  capital: 'none' | 'start' | 'name'
}

/** A hyphen joins two words. Inside `blank` ranges, which are in order, there are no words. */
export function tokensOf(text: string, blank: readonly { start: number; end: number }[] = []): Token[] {
  const raw = [...text.matchAll(/[\p{L}\p{M}\p{N}_]+(?:['’]\p{L}+)*/gu)]
  const isTitle = raw.every(([word]) => word.length < 4 || /^[\p{Lu}\p{N}]/u.test(word))
  let end = 0
  let blankAt = 0
  return raw.map((match) => {
    const [written] = match
    const start = match.index
    const between = text.slice(end, start)
    const isFirst = end === 0 || /[.!?:]\s/.test(between)
    const isApart = end === 0 || /[^\s-]/.test(between)
    end = start + written.length
    while (blankAt < blank.length && blank[blankAt]!.end <= start) blankAt++
    const isBlank = blankAt < blank.length && blank[blankAt]!.start < end
    const isWord = !isBlank && !/[\p{N}_]/u.test(written)
    const isCapital = /^\p{Lu}/u.test(written)
    const isSign = written.length > 1 && written === written.toUpperCase() && isCapital
    return {
      word: isWord ? plainWord(written) : '',
      start,
      end,
      isApart,
      capital: isTitle || !isCapital ? 'none' : isFirst && !isSign ? 'start' : 'name',
    }
  })
}

const plainWord = (written: string): string =>
  written
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['’]s?$/, '')
    .replaceAll('’', "'")
