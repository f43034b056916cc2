import { describe, expect, it } from 'vitest'
import { decodeArguments, encodeArguments, joinArguments, trackTimescale } from '../../src/video/arguments.js'
import { formatFfconcat } from '../../src/video/ffconcat.js'

const FILM = { num: 24000, den: 1001 }

describe('arguments', () => {
  it('keep words together, whatever they hold', () => {
    const args = joinArguments({ num: 24, den: 1 }, 'two words = "three"', '/a b/c: d.mp4')
    expect(args).toContain('title=two words = "three"')
    expect(args.at(-1)).toBe('file:/a b/c: d.mp4')
  })

  it('read frames from stdin and pin what could change bytes', () => {
    const args = encodeArguments({ width: 960, height: 576, fps: FILM }, '/out.tmp')
    const given = (flag: string) => args[args.lastIndexOf(flag) + 1]
    expect(args.slice(args.indexOf('-i'), args.indexOf('-i') + 2)).toEqual(['-i', 'pipe:0'])
    expect(given('-framerate')).toBe('24000/1001')
    expect(given('-threads')).toBe('1')
    expect(given('-video_track_timescale')).toBe('24000')
    expect(given('-f')).toBe('mp4')
  })

  it("say `each frame once` in the ffmpeg's own way", () => {
    const of = (major: number) => decodeArguments({ libavformat: { major } }, '/x.mp4', 64, 48)
    expect(of(58)).toContain('-vsync')
    expect(of(61)).toContain('-fps_mode')
    expect(of(61)).not.toContain('-vsync')
  })

  it.each([
    [{ num: 24, den: 1 }, 24000],
    [FILM, 24000],
    [{ num: 25, den: 2 }, 25000],
    [{ num: 30000, den: 1001 }, 30000],
  ])('a frame of %j is a whole number of ticks', (fps, timescale) => {
    expect(trackTimescale(fps)).toBe(timescale)
    expect(((timescale * fps.den) / fps.num) % 1).toBe(0)
  })
})

describe('ffconcat', () => {
  it('has quoted paths and durations that sum to the film', () => {
    const text = formatFfconcat(Array(300).fill({ path: "/it's a \\ film/a.mp4", frames: 7 }), FILM)
    const lines = text.trimEnd().split('\n')
    expect(lines.slice(0, 3)).toEqual([
      'ffconcat version 1.0',
      "file 'file:/it'\\''s a \\ film/a.mp4'",
      'duration 0.291958',
    ])
    const sum = lines.filter((l) => l.startsWith('duration')).reduce((s, l) => s + Number(l.slice(9)), 0)
    expect(sum).toBeCloseTo((300 * 7 * 1001) / 24000, 6)
  })

  it('refuses a path with a line break, which would be another line', () => {
    expect(() => formatFfconcat([{ path: '/a\nfile b', frames: 1 }], FILM)).toThrow('line break')
  })
})
