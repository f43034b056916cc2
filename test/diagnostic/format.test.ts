import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostic/diagnostic.js'
import { formatDiagnostics } from '../../src/diagnostic/format.js'
import { makeDiagnostic, quote } from '../../src/diagnostic/make.js'
import { columnsOf } from '../../src/diagnostic/source-line.js'

const text = 'title: x\nshots:\n  - {prompt: 海边, promt: a}\n\t- y\n'
const file = 'film.yaml'
const sources = new Map([[file, text]])
const at = (part: string) => ({ file, start: text.indexOf(part), end: text.indexOf(part) + part.length })
const unknown = makeDiagnostic('shot/unknown-key', 'a shot has no key "promt"', at('promt'), {
  hints: ['did you mean "prompt"?'],
  notes: [{ message: 'the film is here', span: at('title') }],
  fix: { span: at('promt'), text: 'prompt' },
})
const format = (diagnostics: Diagnostic[], how: 'human' | 'short' | 'json', color = false) =>
  formatDiagnostics(diagnostics, sources, { format: how, color })

describe('short', () => {
  test('has the line and the byte column from 1', () => {
    expect(format([unknown], 'short')).toBe(
      'film.yaml:3:22: error: a shot has no key "promt" [shot/unknown-key]\n',
    )
  })

  test('is read by vim as file, line, column and message (%f:%l:%c: %m)', () => {
    for (const line of format([unknown, { ...unknown, message: 'two\nlines' }], 'short')
      .trimEnd()
      .split('\n'))
      expect(line).toMatch(/^[^:]+:\d+:\d+: (error|warning|info): .+ \[[a-z/-]+\]$/)
  })

  test('without a span or a source still says something', () => {
    expect(format([{ ...unknown, span: null }], 'short')).toMatch(/^storyreel: error: /)
    expect(format([{ ...unknown, span: { file: 'other', start: 3, end: 4 } }], 'short')).toMatch(
      /^other: error: /,
    )
    expect(format([], 'short')).toBe('')
  })
})

describe('human', () => {
  test('puts carets under the columns of a terminal, wide characters counted twice', () => {
    expect(format([unknown], 'human')).toBe(
      [
        'film.yaml:3:22: error: a shot has no key "promt" [shot/unknown-key]',
        '    3 |   - {prompt: 海边, promt: a}',
        '      |                    ^^^^^',
        '  note: film.yaml:1:1: the film is here',
        '    1 | title: x',
        '      | ^^^^^',
        '  hint: did you mean "prompt"?',
        '',
      ].join('\n'),
    )
  })

  test('spreads tabs the same way over the line and the carets', () => {
    const lines = format([makeDiagnostic('yaml/tab', 'a tab', at('- y'))], 'human').split('\n')
    expect(lines[1]).toBe(`    4 | ${' '.repeat(8)}- y`)
    expect(lines[2]).toBe(`      | ${' '.repeat(8)}^^^`)
  })

  test('shows a window of a very long line', () => {
    const long = `${'x'.repeat(100_000)}HERE${'y'.repeat(100_000)}`
    const output = formatDiagnostics(
      [makeDiagnostic('value/text', 'long', { file, start: 100_000, end: 100_004 })],
      new Map([[file, long]]),
      { format: 'human', color: false },
    )
    const [, source, carets] = output.split('\n')
    expect(source!.length).toBeLessThan(300)
    expect(source!.slice(carets!.indexOf('^'), carets!.lastIndexOf('^') + 1)).toBe('HERE')
  })

  test('never hands a control character to the terminal', () => {
    const evil = 'a\u001b[2Jb\u0007\u202ec'
    const output = formatDiagnostics(
      [
        makeDiagnostic(
          'script/control-character',
          `bad ${quote(evil)}`,
          { file, start: 1, end: 2 },
          { hints: [evil] },
        ),
      ],
      new Map([[file, evil]]),
      { format: 'human', color: false },
    )
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)
  })

  test('has colours only when asked', () => {
    expect(format([unknown], 'human')).not.toContain('\u001b')
    expect(format([unknown], 'human', true)).toContain('\u001b[1;31merror')
  })
})

describe('json', () => {
  test('is one array with positions in units and bytes', () => {
    const [found] = JSON.parse(format([unknown], 'json'))
    expect(found).toMatchObject({
      file,
      line: 3,
      column: 18,
      endLine: 3,
      endColumn: 23,
      byteColumn: 22,
      severity: 'error',
      code: 'shot/unknown-key',
      hints: ['did you mean "prompt"?'],
      fix: { text: 'prompt', line: 3, column: 18 },
      notes: [{ message: 'the film is here', line: 1, column: 1 }],
    })
    expect(JSON.parse(format([], 'json'))).toEqual([])
  })
})

test('columns of a terminal', () => {
  expect(['a', '海', '🚤', 'e\u0301', 'ﾊ', 'Ａ', '가', '\u200d'].map(columnsOf)).toEqual([
    1, 2, 2, 1, 1, 2, 2, 0,
  ])
})

test('quoted words are short and plain', () => {
  expect(quote('a\nb')).toBe('"a b"')
  expect(quote('x'.repeat(99))).toBe(`"${'x'.repeat(39)}…"`)
})
