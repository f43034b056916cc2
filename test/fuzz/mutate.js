// Breaks scripts in the ways that writers, editors and attackers do.

const TOKENS = [
  '- ',
  ': ',
  '? ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '&a ',
  '*a',
  '<<: ',
  '|',
  '>-',
  '"',
  "'",
  '#',
  '!x ',
  '%',
  '---\n',
  '...\n',
  '\t',
  '\r\n',
  '\r',
  '\u0000',
  '\u001b',
  '\ufeff',
  '\ud83d',
  '\udea4',
  '\ufffe',
  '\u2028',
  '🚤',
  '海',
  'e\u0301',
  '~',
  'null',
  '1e999',
  '-1',
  '48f',
  '1:02',
  '0x10',
  'TOM',
  'TOM@30',
  'TOM@30@storm',
  'TMO',
  '@',
  '__proto__: x\n',
  'constructor: y\n',
  'toString: z\n',
  'shots:',
  'scenes:',
  'prompt:',
  'walk:',
  'card:',
  'dissolve 9s',
  'fade #fff 1s',
  'push in 1.3x',
  'EXT. SEA - DAY',
  'looks:',
  '%YAML 1.1\n',
  '%TAG ! x\n',
  '!!binary x',
  '!!set {a}',
  '!!merge <<',
]

/** @typedef {() => number} Random */

/** @type {(random: Random, count: number) => number} */
const below = (random, count) => Math.floor(random() * count)

/** @type {<T>(random: Random, list: readonly T[]) => T} */
const pick = (random, list) => list[below(random, list.length)]

/** @type {((text: string, random: Random, corpus: readonly string[]) => string)[]} */
const MUTATIONS = [
  // Characters: removed, replaced by any 16 bits, swapped.
  (text, random) => splice(text, below(random, text.length + 1), 1 + below(random, 4), ''),
  (text, random) =>
    splice(text, below(random, text.length + 1), 1, String.fromCharCode(below(random, 65536))),
  (text, random) => splice(text, below(random, text.length + 1), 1, String.fromCharCode(below(random, 128))),
  (text, random) => {
    const at = below(random, text.length + 1)
    return splice(text, at, 2, [...text.slice(at, at + 2)].reverse().join(''))
  },
  // Words of the language and of YAML, anywhere.
  (text, random) => splice(text, below(random, text.length + 1), 0, pick(random, TOKENS)),
  (text, random) => splice(text, below(random, text.length + 1), below(random, 12), pick(random, TOKENS)),
  // Lines: removed, doubled, moved, indented differently, cut off.
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 1)),
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 0, lines[at])),
  (text, random) =>
    onLines(text, random, (lines, at) =>
      lines.splice(below(random, lines.length), 0, ...lines.splice(at, 1)),
    ),
  (text, random) =>
    onLines(text, random, (lines, at) =>
      lines.splice(at, 1, ' '.repeat(below(random, 12)) + lines[at].trimStart()),
    ),
  (text, random) => text.slice(0, below(random, text.length + 1)),
  // Parts of other scripts.
  (text, random, corpus) => {
    const other = pick(random, corpus)
    const start = below(random, other.length)
    return splice(
      text,
      below(random, text.length + 1),
      below(random, 40),
      other.slice(start, start + below(random, 200)),
    )
  },
  (text, random, corpus) =>
    onLines(text, random, (lines, at) =>
      lines.splice(
        at,
        1,
        lines[at].replace(/\S.*/, '') + pick(random, pick(random, corpus).split('\n')).trim(),
      ),
    ),
  // Too much of something.
  (text, random) =>
    splice(text, below(random, text.length + 1), 0, pick(random, TOKENS).repeat(1 + below(random, 300))),
  (text, random) =>
    onLines(text, random, (lines, at) => lines.splice(at, 0, ...Array(below(random, 200)).fill(lines[at]))),
]

/** @type {(text: string, at: number, count: number, insert: string) => string} */
const splice = (text, at, count, insert) => text.slice(0, at) + insert + text.slice(at + count)

/** @type {(text: string, random: Random, change: (lines: string[], at: number) => void) => string} */
function onLines(text, random, change) {
  const lines = text.split('\n')
  change(lines, below(random, lines.length))
  return lines.join('\n')
}

/**
 * One broken script: a script of the corpus after 1 to 6 mutations, now and then with very deep nesting.
 * @param {readonly string[]} corpus
 * @param {Random} random
 */
export function mutate(corpus, random) {
  let text = pick(random, corpus)
  for (let rounds = 1 + below(random, 6); rounds > 0; rounds--)
    text = pick(random, MUTATIONS)(text, random, corpus)
  if (random() < 0.01)
    text = splice(
      text,
      below(random, text.length + 1),
      0,
      pick(random, ['[', '{a: ', '- ', '? ', '&a [*a, ']).repeat(20_000),
    )
  return text
}
