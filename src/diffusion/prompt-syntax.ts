// The attention syntax of AUTOMATIC1111's web UI (modules/prompt_parser.py, parse_prompt_attention), and exactly what it
// makes of odd input too.

/** A run of words, with what the encoder's output for each of its tokens is multiplied by. */
export type PromptPart = { text: string; weight: number }

/** `'break'` is where the word BREAK starts a new chunk. */
export type PromptPiece = PromptPart | 'break'

const ROUND = 1.1
const SQUARE = 1 / 1.1

// Python's \s and \w, spelled out: JavaScript's have other letters in them.
const SPACE = '[\\t-\\r\\x1c-\\x20\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const WORD = '[\\p{L}\\p{N}_]'
const SIGNS = new RegExp(
  `\\\\[()[\\]\\\\]|\\\\|[([]|:${SPACE}*([+-]?[.\\d]+)${SPACE}*\\)|[)\\]]|[^\\\\()[\\]:]+|:`,
  'gu',
)
const BREAK = new RegExp(`${SPACE}*(?<!${WORD})BREAK(?!${WORD})${SPACE}*`, 'u')
/** What BREAK weighs as long as no bracket around it changes that; then it is a word like any other, as in the web UI. */
const BREAK_WEIGHT = -1

/**
 * `(x)` multiplies by 1.1, `[x]` divides by it, `(x:w)` multiplies by w; nested ones multiply. `\(` `\)` `\[` `\]` `\\` are
 * plain characters, and a backslash before anything else is dropped. A bracket that nobody closes lasts to the end; one
 * that closes nothing is text, and so is what stands for a weight but is no number. Neighbours of equal weight are joined.
 */
export function parsePrompt(prompt: string): PromptPiece[] {
  const parts: PromptPart[] = []
  const round: number[] = []
  const square: number[] = []
  const multiply = (from: number, factor: number) => {
    for (let i = from; i < parts.length; i++) parts[i]!.weight *= factor
  }
  const say = (text: string) => {
    for (const [i, part] of text.split(BREAK).entries()) {
      if (i > 0) parts.push({ text: 'BREAK', weight: BREAK_WEIGHT })
      parts.push({ text: part, weight: 1 })
    }
  }

  for (const [sign, weight] of prompt.matchAll(SIGNS)) {
    const closed =
      weight !== undefined || sign === ')' ? round.at(-1) : sign === ']' ? square.at(-1) : undefined
    if (sign.startsWith('\\')) parts.push({ text: sign.slice(1), weight: 1 })
    else if (sign === '(') round.push(parts.length)
    else if (sign === '[') square.push(parts.length)
    else if (closed === undefined) say(sign)
    else if (sign === ']') {
      square.pop()
      multiply(closed, SQUARE)
    } else {
      round.pop()
      const factor = weight === undefined ? ROUND : Number(weight)
      if (!Number.isFinite(factor)) say(sign.slice(0, -1))
      multiply(closed, Number.isFinite(factor) ? factor : ROUND)
    }
  }
  for (const from of round) multiply(from, ROUND)
  for (const from of square) multiply(from, SQUARE)
  return joinEqual(parts).map((part) =>
    part.text === 'BREAK' && part.weight === BREAK_WEIGHT ? 'break' : part,
  )
}

function joinEqual(parts: readonly PromptPart[]): PromptPart[] {
  const joined: PromptPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (last?.weight === part.weight) last.text += part.text
    else joined.push({ ...part })
  }
  return joined.length > 0 ? joined : [{ text: '', weight: 1 }]
}
