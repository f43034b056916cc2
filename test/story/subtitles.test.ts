import { describe, expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'
import { formatSrt, formatVtt, parseSrt, splitText, subtitlesOf, textsIn } from '../../src/story/subtitles.js'
import type { Line } from '../../src/story/types.js'

const LONG =
  'The sea takes, and the sea gives. That is how it has always been, and how it will be when nobody is left to tell of it; so my father said, and his father before him, on this very rock.'

describe('lines', () => {
  test('are at most 42 characters long, two at a time, and lose no word', () => {
    for (const text of [
      LONG,
      'word '.repeat(100),
      `${'x'.repeat(100)} y`,
      'Hello.',
      '船来了，海给予，海带走。'.repeat(9),
    ]) {
      const parts = splitText(text)
      for (const lines of parts) {
        expect(lines.length).toBeLessThanOrEqual(2)
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(42)
      }
      expect(parts.flat().join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
    }
  })
  test('break at the ends of sentences and clauses, and are of nearly one length', () => {
    const parts = splitText(LONG)
    expect(parts[0]).toEqual(['The sea takes, and the sea gives.'])
    for (const lines of parts) expect(lines.at(-1)).toMatch(/[.,;]$/)
    expect(splitText('A line that is a little longer than forty-two letters')).toEqual([
      ['A line that is a little', 'longer than forty-two letters'],
    ])
    expect(splitText('Short.')).toEqual([['Short.']])
    const half = 'x'.repeat(21)
    expect(splitText(`${half} ${half}`)).toEqual([[half, half]])
    expect(splitText(`${half} ${half.slice(1)}`)).toEqual([[`${half} ${half.slice(1)}`]])
  })
})

/** One shot of 5 s and one of 3 s, with lines as given. */
function filmOf(...lines: Partial<Line>[]) {
  const { storyboard } = checkScript('- {card: A, duration: 5s}\n- {card: B, duration: 3s}\n', 'x')
  const line = {
    speaker: null,
    text: 'Hello.',
    spoken: 'Hello.',
    startSeconds: 0.3,
    seconds: 2,
    isMeasured: true,
  }
  const voice = { base: 'man', pitch: 1, size: 1, rate: 1 } as const
  const [a, b] = storyboard!.shots
  return { ...storyboard!, shots: [{ ...a!, lines: lines.map((each) => ({ ...line, voice, ...each })) }, b!] }
}

describe('times', () => {
  test('a subtitle stays a little after its words, and long enough to be read', () => {
    expect(subtitlesOf(filmOf({}))).toEqual([{ start: 0.3, end: 2.6, lines: ['Hello.'] }])
    expect(subtitlesOf(filmOf({ seconds: 0.4 }))).toEqual([{ start: 0.3, end: 1.3, lines: ['Hello.'] }])
  })
  test('none overlap, and none outlasts the film', () => {
    const [one, two] = subtitlesOf(filmOf({ seconds: 1 }, { startSeconds: 1.4, seconds: 20 }))
    expect(one).toMatchObject({ start: 0.3, end: 1.4 })
    expect(two).toMatchObject({ start: 1.4, end: 8 })
    expect(subtitlesOf(filmOf({ startSeconds: 9 }))).toEqual([])
  })
  test('pieces of a long line share its time by their letters', () => {
    const pieces = subtitlesOf(filmOf({ text: LONG, seconds: 6 }))
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces[0]!.start).toBe(0.3)
    for (const [i, piece] of pieces.slice(1).entries()) expect(piece.start).toBe(pieces[i]!.end)
    const last = pieces.at(-1)!
    expect(last.end).toBeCloseTo(6.6, 2)
  })
  test('frames of one shot', () => {
    const film = filmOf({ startSeconds: 4, seconds: 2 })
    const subtitles = subtitlesOf(film)
    expect(textsIn(subtitles, film.shots[0]!, 120, film)).toEqual([{ from: 96, to: 120, text: 'Hello.' }])
    expect(textsIn(subtitles, film.shots[1]!, 72, film)).toEqual([{ from: 0, to: 31, text: 'Hello.' }])
  })
})

describe('files', () => {
  const subtitles = [
    { start: 0.3, end: 2.65, lines: ['One & <two>'] },
    { start: 3_661.001, end: 3_662, lines: ['Three', 'four'] },
  ]
  test('SubRip, there and back', () => {
    const text = formatSrt(subtitles)
    expect(text).toBe(
      '1\n00:00:00,300 --> 00:00:02,650\nOne & <two>\n\n2\n01:01:01,001 --> 01:01:02,000\nThree\nfour\n',
    )
    expect(parseSrt(text)).toEqual(subtitles)
    expect(parseSrt(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toEqual(subtitles)
  })
  test('what is no SubRip', () => {
    for (const text of [
      '',
      'once upon a time',
      '1\n00:00:02,000 --> 00:00:01,000\nback\n',
      '1\n0 --> 1\nx\n',
    ])
      expect(parseSrt(text)).toBe(null)
  })
  test('WebVTT', () => {
    expect(formatVtt(subtitles.slice(0, 1))).toBe(
      'WEBVTT\n\n00:00:00.300 --> 00:00:02.650\nOne &amp; &lt;two&gt;\n',
    )
  })
})
