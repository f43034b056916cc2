// The CLIP byte-pair tokenizer, built from vocab.json and merges.txt.
// Equal to transformers' CLIPTokenizer (models/clip/tokenization_clip.py, the Rust-backed one); no ftfy.

import { mergeWord } from './byte-pairs.js'

/** Texts of the special tokens; `pad` is what short prompts are filled up with. */
export type SpecialTokens = { bos: string; eos: string; pad: string; unk: string }

export type TokenizerFiles = {
  /** vocab.json: token → id. */
  vocab: Record<string, number>
  /** merges.txt: a `#version` line, then one pair a line, best first. */
  merges: string
  special: SpecialTokens
  /** Ids a prompt has, BOS and EOS included. */
  maxLength: number
  /** They are found in any letter case, where no letter and no digit touches a letter or a digit of theirs. */
  learned?: readonly LearnedWord[]
}

/** A token's id, or the ids of a learned word's vectors, which belong together. */
export type Token = number | readonly number[]

/** A word that has vectors of its own (textual inversion), whose ids lie beyond the vocabulary. */
export type LearnedWord = { word: string; ids: readonly number[] }

export type Tokenizer = {
  readonly maxLength: number
  /** Ids of the special tokens. */
  readonly bos: number
  readonly eos: number
  readonly pad: number
  /** Null in a vocabulary without one. */
  readonly comma: number | null
  /** The whole text, however long, without BOS and EOS. */
  tokens(text: string): Token[]
}

// Unicode White_Space, spelled out: JavaScript's \s has U+FEFF and lacks U+0085.
const SPACE = '\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const SPACES = new RegExp(`[${SPACE}]+`, 'gu')
const PIECES = new RegExp(
  `<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^${SPACE}\\p{L}\\p{N}]+`,
  'gu',
)
// The byte-level step splits once more; only a special token's text in other letter case is affected by it.
const SPECIAL_PARTS = /\p{L}+|[^\p{L}]+/gu

/** Throws an Error naming the token when a special token isn't in the vocabulary. */
export function createTokenizer(files: TokenizerFiles): Tokenizer {
  const vocab = new Map(Object.entries(files.vocab))
  const ranks = parseMerges(files.merges)
  const bytes = byteAlphabet()
  const idOf = (token: string): number => {
    const id = vocab.get(token)
    if (id === undefined) throw new Error(`the tokenizer's vocabulary lacks ${JSON.stringify(token)}`)
    return id
  }
  const bos = idOf(files.special.bos)
  const eos = idOf(files.special.eos)
  const pad = idOf(files.special.pad)
  const unk = idOf(files.special.unk)
  const special = new Set(Object.values(files.special).filter((token) => token !== ''))
  const specialPattern = new RegExp(`(${[...special].map(escapePattern).join('|')})`, 'u')
  const learned = new Map((files.learned ?? []).map(({ word, ids }) => [wordKey(word), ids]))
  const learnedPattern = learnedWords([...learned.keys()])
  const known = new Map<string, number[]>()

  const wordIds = (word: string): number[] => {
    let ids = known.get(word)
    if (ids === undefined) {
      ids = mergeWord(toByteSymbols(word, bytes), ranks).map((token) => vocab.get(token) ?? unk)
      if (known.size < 10_000) known.set(word, ids)
    }
    return ids
  }

  const plainTokens = (text: string): number[] =>
    text
      .split(specialPattern)
      .flatMap((part) => (special.has(part) ? [idOf(part)] : splitWords(part).flatMap(wordIds)))

  return {
    maxLength: files.maxLength,
    bos,
    eos,
    pad,
    comma: vocab.get(',</w>') ?? null,
    tokens(text) {
      if (learnedPattern === null) return plainTokens(text)
      return text.split(learnedPattern).flatMap((part, i): Token[] => {
        const ids = i % 2 === 1 ? learned.get(wordKey(part)) : undefined
        return ids === undefined ? plainTokens(part) : [ids]
      })
    },
  }
}

const wordKey = (word: string): string => word.normalize('NFC').toLowerCase().replace(SPACES, ' ').trim()

/** Captures learned words, longer ones first; null without any. */
function learnedWords(words: readonly string[]): RegExp | null {
  if (words.length === 0) return null
  const choices = words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => {
      const isOpen = (letter: string) => !/[\p{L}\p{N}]/u.test(letter)
      const before = isOpen(word[0]!) ? '' : '(?<![\\p{L}\\p{N}])'
      const after = isOpen(word.at(-1)!) ? '' : '(?![\\p{L}\\p{N}])'
      return before + escapePattern(word).replaceAll(' ', `[${SPACE}]+`) + after
    })
  return new RegExp(`(${choices.join('|')})`, 'iu')
}

function splitWords(text: string): string[] {
  const clean = lowercase(text.normalize('NFC').replace(SPACES, ' '))
  return (clean.match(PIECES) ?? []).flatMap((piece) =>
    piece.startsWith('<|') && piece.endsWith('text|>') ? piece.match(SPECIAL_PARTS)! : [piece],
  )
}

/** Letter by letter, as the Rust tokenizer does: a final sigma stays a plain one. */
const lowercase = (text: string): string => Array.from(text, (letter) => letter.toLowerCase()).join('')

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

function parseMerges(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#version'))
  return new Map(lines.map((line, rank) => [line.trimEnd(), rank]))
}

function toByteSymbols(word: string, alphabet: string[]): string[] {
  const symbols = Array.from(new TextEncoder().encode(word), (byte) => alphabet[byte]!)
  symbols[symbols.length - 1] += '</w>'
  return symbols
}

/** GPT-2's printable stand-ins for the 256 bytes (openai/gpt-2 src/encoder.py). */
function byteAlphabet(): string[] {
  const isPrintable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174
  let extra = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : extra++))
}
