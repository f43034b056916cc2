// Ten thousand strings for tokenizers, by the generator of tools/golden/strings.py.

const WORDS = [
  "a an the fox Fox FOX lighthouse keeper's daughter at dawn they're walking it's he'll never",
  "we've don't I'm o'clock rock'n'roll storybook illustration soft light, watercolour painting,",
  '8k 1234567890 v1.5 caf\u00e9 cafe\u0301 na\u00efve fa\u00e7ade \u00fcber stra\u00dfe STRASSE',
  '\u0130stanbul \u039f\u0394\u039f\u03a3 \u03bb\u03cc\u03b3\u03bf\u03c2',
  '\u043f\u0440\u0438\u0432\u0435\u0442 \u041c\u0418\u0420 \u4f60\u597d\u4e16\u754c',
  '\u65e5\u672c\u8a9e\u306e\u6587 \u3053\u3093\u306b\u3061\u306f \ud55c\uad6d\uc5b4',
  '\u05e9\u05dc\u05d5\u05dd \u0627\u0644\u0633\u0644\u0627\u0645 \u0928\u092e\u0938\u094d\u0924\u0947',
  '\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \ufb01ne \u212bngstr\u00f6m (red hair:1.3) [rain] "quoted"',
  '\u201ccurly\u201d it\u2019s ... -- \u2014 \u2026 #tag @name $5 100% a&b x\u00b2 \u00bd \u2167',
  '<|endoftext|> <|startoftext|> <|EndOfText|> end</w> \u0120word',
]
  .join(' ')
  .split(' ')
const EMOJI = [
  '\u{1f600} \u{1f98a} \u2764 \u2764\ufe0f \u2603\ufe0f \u{1f44d}\u{1f3fd}',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466} \u{1f3f3}\ufe0f\u200d\u{1f308}',
  '\u{1f1e9}\u{1f1ea} \u{1f1ef}\u{1f1f5} 1\ufe0f\u20e3 #\ufe0f\u20e3 \u00a9 \u2122',
  '\u{1f9d1}\u{1f3ff}\u200d\u{1f680} \u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '\u{1d54f} \u{10400}',
]
  .join(' ')
  .split(' ')
const PIECES = [
  "'",
  "'s",
  "'t",
  "'re",
  "'ve",
  "'m",
  "'ll",
  "'d",
  "'S",
  "'LL",
  "''",
  '\u2019s',
  "n't",
  "s'",
  '!',
  '?!',
  '.',
  ',',
  ',,',
  ';',
  ':',
  '-',
  '_',
  '/',
  '\\',
  '(',
  ')',
  '<',
  '|',
  '>',
  '0',
  '7',
  '42',
  'x',
  'Q',
]
const SPACES = [
  ' ',
  ' ',
  ' ',
  '  ',
  ', ',
  '\t',
  '\n',
  '\r\n',
  '\u00a0',
  '\u3000',
  '\u2028',
  '\u0085',
  '\u200b',
  '\ufeff',
  '',
]
const BLOCKS: [first: number, last: number][] = [
  [0x20, 0x7e],
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x180, 0x24f],
  [0x250, 0x2ff],
  [0x300, 0x36f],
  [0x370, 0x3ff],
  [0x400, 0x4ff],
  [0x531, 0x58a],
  [0x591, 0x5f4],
  [0x600, 0x6ff],
  [0x900, 0x97f],
  [0xe01, 0xe5b],
  [0x10a0, 0x10ff],
  [0x1100, 0x11ff],
  [0x1e00, 0x1eff],
  [0x1f00, 0x1ffe],
  [0x2000, 0x206f],
  [0x2070, 0x209c],
  [0x20a0, 0x20bf],
  [0x2100, 0x218b],
  [0x2190, 0x23ff],
  [0x2460, 0x24ff],
  [0x2500, 0x27bf],
  [0x3000, 0x303f],
  [0x3041, 0x30ff],
  [0x3400, 0x4db5],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0xe000, 0xe0ff],
  [0xf900, 0xfa6d],
  [0xfb00, 0xfb06],
  [0xfe00, 0xfe0f],
  [0xff01, 0xff5e],
  [0x10400, 0x1044f],
  [0x1d400, 0x1d7cb],
  [0x1f300, 0x1f5ff],
  [0x1f600, 0x1f64f],
  [0x20000, 0x2a6d6],
  [0xe0020, 0xe007f],
]

/** Numerical Recipes' linear congruence. */
class Draws {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state * limit) / 2 ** 32)
  }

  of<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.below(choices.length)]!
  }
}

const repeat = (count: number, make: () => string): string[] => Array.from({ length: count }, make)

function string(draws: Draws): string {
  const kind = draws.below(10)
  const count = 1 + draws.below(40)
  const letterOf = ([first, last]: [number, number]) =>
    String.fromCodePoint(first + draws.below(last - first + 1))
  if (kind < 3) {
    const space = draws.of(SPACES)
    return repeat(count, () => draws.of(WORDS)).join(space)
  }
  if (kind === 3) return repeat(count <= 4 ? 300 : count, () => draws.of(WORDS)).join(' ')
  if (kind === 4)
    return repeat(count, () => draws.of(PIECES) + (draws.below(3) === 0 ? draws.of(SPACES) : '')).join('')
  if (kind === 5)
    return repeat(count, () => draws.of(EMOJI) + (draws.below(2) === 0 ? draws.of(SPACES) : '')).join('')
  if (kind === 6) return repeat(count, () => String.fromCharCode(draws.below(0xa0))).join('')
  if (kind === 7) {
    const block = draws.of(BLOCKS)
    return repeat(count, () => letterOf(block)).join('')
  }
  if (kind === 8) return repeat(count, () => draws.of(draws.of([WORDS, EMOJI, PIECES, SPACES]))).join('')
  return repeat(count, () => letterOf(draws.of(BLOCKS))).join('')
}

export function strings(count: number, seed = 1): string[] {
  const draws = new Draws(seed)
  return repeat(count, () => string(draws))
}
