import { describe, expect, test } from 'vitest'
import { checkScript } from '../../src/story/check.js'
import { lineId } from '../../src/story/speech.js'
import { spokenText, unreadablePart } from '../../src/story/spoken.js'
import type { Line } from '../../src/story/types.js'

/** Checked as if every line took `seconds`. */
function check(text: string, seconds?: number) {
  const first = checkScript(text, 'x')
  if (seconds === undefined) return first
  const lines = first.storyboard!.shots.flatMap((shot) => shot.lines ?? [])
  const lengths = new Map(lines.map(({ spoken, voice }) => [lineId(spoken!, voice), seconds]))
  return checkScript(text, 'x', [], null, new Map(), lengths)
}
const linesOf = (text: string, seconds?: number): Line[][] =>
  check(text, seconds).storyboard!.shots.map(({ lines = [] }) => lines)
const framesOf = (text: string, seconds: number) =>
  check(text, seconds).storyboard!.shots.map(({ frames }) => frames)

const CAST = `cast:
  TOM: {looks: a man in a coat, voice: low}
  MIA: {born: 1950, looks: {8: a girl in a dress, 30: a woman in a coat, 80: an old woman}}
`

describe('who speaks', () => {
  test('plain words belong to the one member in the picture, else to a narrator', () => {
    const text = `${CAST}shots:
  - {prompt: TOM and a boat, say: hello}
  - {prompt: TOM and MIA@8, say: hello}
  - {prompt: a boat, say: hello}
  - {card: TOM, say: hello}
`
    expect(linesOf(text).map(([line]) => line!.speaker)).toEqual(['TOM', null, null, null])
  })

  test('each form of a name', () => {
    const text = `${CAST}shots:
  - {prompt: a, say: {TOM: one, MIA: two}}
  - {prompt: a, say: "TOM: three"}
  - {prompt: a, say: [{MIA: four}, "MIA: five", six, {NARRATOR: seven}]}
`
    expect(linesOf(text).flatMap((lines) => lines.map(({ speaker, text }) => [speaker, text]))).toEqual([
      ['TOM', 'one'],
      ['MIA', 'two'],
      ['TOM', 'three'],
      ['MIA', 'four'],
      ['MIA', 'five'],
      [null, 'six'],
      [null, 'seven'],
    ])
  })
})

describe('voices', () => {
  const voiceOf = (text: string) => linesOf(text)[0]![0]!.voice
  const said = (looks: string, more = '') =>
    voiceOf(`cast: {TOM: {looks: ${looks}${more}}}\nshots: [{prompt: TOM, say: hello}]\n`)

  test('as somebody looks', () => {
    expect(said('a man with a beard').base).toBe('man')
    expect(said('a queen in a red dress').base).toBe('woman')
    expect(said('a girl').size).toBeGreaterThan(1.05)
    expect(said('an old man').rate).toBeLessThan(said('a man').rate)
  })

  test('as old as somebody is, by the scene or by the name', () => {
    const at = (year: number) =>
      voiceOf(`${CAST}scenes:\n  - {scene: A, year: ${year}, shots: [{prompt: MIA, say: hello}]}\n`)
    expect(at(1958).size).toBeGreaterThan(at(1980).size)
    expect(at(2030).rate).toBeLessThan(at(1980).rate)
    expect(voiceOf(`${CAST}shots: [{prompt: MIA@8, say: hello}]\n`)).toEqual(at(1958))
  })

  test('as the script says: the member before the shot', () => {
    expect(said('a man', ', voice: woman').base).toBe('woman')
    const narrated = (voice: string) => voiceOf(`voice: ${voice}\nshots: [{prompt: a, say: hello}]\n`)
    expect(narrated('man')).toEqual({ base: 'man', pitch: 1, size: 1, rate: 1 })
    expect(narrated('low').size).toBeLessThan(1)
    expect(narrated('high').size).toBeGreaterThan(1)
    expect(narrated('slow').rate).toBeLessThan(narrated('fast').rate)
    const text = `${CAST}shots: [{prompt: TOM, voice: girl, say: hello}]\n`
    expect(voiceOf(text).base).toBe('man')
  })

  test('two members do not have one voice', () => {
    const text = 'cast: {TOM: a man, TIM: a man}\nshots: [{prompt: a, say: [{TOM: hello}, {TIM: hello}]}]\n'
    const [tom, tim] = linesOf(text)[0]!.map(({ voice }) => voice.size)
    expect(tom).not.toBe(tim)
  })
})

describe('time', () => {
  test('lines follow one another', () => {
    const [lines] = linesOf('- {prompt: a, say: [one, two]}\n', 2)
    expect(lines!.map(({ startSeconds }) => startSeconds)).toEqual([0.3, 2.65])
  })

  test('a shot is as long as what is said in it, unless it says how long it is', () => {
    expect(framesOf('- {prompt: a, say: hello}\n', 1)).toEqual([72])
    expect(framesOf('- {prompt: a, say: hello}\n', 5)).toEqual([139])
    expect(framesOf('defaults: {duration: 1s}\nshots: [{prompt: a, say: hello}]\n', 5)).toEqual([139])
    expect(framesOf('- {prompt: a, duration: 1s, say: hello}\n', 5)).toEqual([24])
  })

  test('nobody speaks before the one before is done, and that counts for the length', () => {
    const text = '- {prompt: a, duration: 1s, say: one}\n- {prompt: b, say: two}\n- {prompt: c, say: three}\n'
    const { storyboard } = check(text, 4)
    const [one, two, three] = storyboard!.shots
    // The first line ends 3.3 s after the first cut.
    expect(two!.lines![0]!.startSeconds).toBeCloseTo(3.3 + 0.35, 6)
    expect(two!.frames).toBe(Math.round((3.65 + 4 + 0.5) * 24))
    expect(three!.lines![0]!.startSeconds).toBeCloseTo(0.3, 1)
    expect(one!.frames).toBe(24)
  })

  test('a dissolve does not let two speak at once', () => {
    const text = '- {prompt: a, say: one}\n- {prompt: b, transition: dissolve 2s, say: two}\n'
    const [a, b] = check(text, 4).storyboard!.shots
    const ends = (a!.start + 0) / 24 + a!.lines![0]!.startSeconds + 4
    expect(b!.start / 24 + b!.lines![0]!.startSeconds).toBeGreaterThan(ends)
    const last = b!.lines![0]!
    expect(last.startSeconds + last.seconds).toBeLessThanOrEqual(b!.frames / 24 + 1e-6)
  })

  test('what goes on after its shot is told with the exact time, where it was measured', () => {
    const text = 'shots:\n  - {prompt: a, duration: 2s, say: a long line}\n'
    const [warning, ...more] = check(text, 3).diagnostics
    expect(more).toEqual([])
    expect(warning).toMatchObject({
      code: 'say/too-long',
      severity: 'warning',
      message: 'what is said goes on for 1.3 s after the end of the shot',
      span: { start: text.indexOf('a long'), end: text.indexOf('}') },
    })
    expect(warning!.hints[0]).toContain('`duration: 3.8s`')
    expect(check(text.replace('2s', '3.8s'), 3).diagnostics).toEqual([])
    expect(check(text).diagnostics).toEqual([])
  })
})

describe('words as a voice reads them', () => {
  test('signs and accents', () => {
    expect(spokenText('“Café” — it’s naïve… Ångström')).toBe("Cafe, it's naive. Angstrom")
    expect(spokenText('船来了')).toBe(null)
    expect(spokenText('…')).toBe(null)
    expect(spokenText('Ahoy 船, 3 men')).toBe('Ahoy , 3 men')
  })
  test('what can not be read', () => {
    expect(unreadablePart('Café, 3 men!')).toBe(null)
    expect(unreadablePart('Ahoy 船来 了, you')).toEqual([5, 9])
  })
})
