import { describe, expect, test } from 'vitest'
import { parseCamera } from '../../src/script/camera.js'
import { parseColor } from '../../src/script/color.js'
import { parseDuration, parseSeconds } from '../../src/script/duration.js'
import { parseFrameRate } from '../../src/script/frame-rate.js'
import { parseSize } from '../../src/script/size.js'
import { parseSlugline } from '../../src/script/slugline.js'
import { parseTransition } from '../../src/script/transition.js'

const meant = <T>(parsed: { value: T } | { problem: string }) => ('value' in parsed ? parsed.value : null)

test.each([
  ['3s', { seconds: 3 }],
  ['1.5s', { seconds: 1.5 }],
  ['250ms', { seconds: 0.25 }],
  ['48f', { frames: 48 }],
  ['1:02', { seconds: 62 }],
  ['1:00:02.5', { seconds: 3602.5 }],
  ['3', { seconds: 3 }],
  ['.5', { seconds: 0.5 }],
  ['10 s', { seconds: 10 }],
  ['36000', { seconds: 36000 }],
  ['36001', null],
  ['0s', null],
  ['-1s', null],
  ['1e3s', null],
  ['1:2', null],
  ['1:60', null],
  ['1.5f', null],
  ['3m', null],
  ['∞', null],
])('duration %s', (text, duration) => expect(meant(parseDuration(text))).toEqual(duration))

test('distances of keyframes are times of 0.05 s to 60 s', () => {
  expect(['0.5', '250ms', '0.05s', '60s'].map((t) => meant(parseSeconds(t)))).toEqual([0.5, 0.25, 0.05, 60])
  expect(['0.04s', '61s', '12f', 'x'].map((t) => meant(parseSeconds(t)))).toEqual([null, null, null, null])
})

test.each([
  ['24', { num: 24, den: 1 }],
  ['23.976', { num: 24000, den: 1001 }],
  ['23.98', { num: 24000, den: 1001 }],
  ['29.97', { num: 30000, den: 1001 }],
  ['59.94', { num: 60000, den: 1001 }],
  ['24000/1001', { num: 24000, den: 1001 }],
  ['50/2', { num: 25, den: 1 }],
  ['12.5', { num: 25, den: 2 }],
  ['1', { num: 1, den: 1 }],
  ['120', { num: 120, den: 1 }],
  ['0.5', null],
  ['121', null],
  ['24/0', null],
  ['24fps', null],
])('frame rate %s', (text, rate) => expect(meant(parseFrameRate(text))).toEqual(rate))

test.each([
  ['960x576', { width: 960, height: 576 }],
  ['960 x 576', { width: 960, height: 576 }],
  ['960×576', { width: 960, height: 576 }],
  ['16x7680', { width: 16, height: 7680 }],
  ['961x576', null],
  ['14x576', null],
  ['7682x576', null],
  ['960', null],
])('size %s', (text, size) => expect(meant(parseSize(text))).toEqual(size))

test.each([
  ['hold', 'hold', null, null],
  ['push in', 'push', null, null],
  ['push in 1.3x', 'push', null, 1.3],
  ['Pull Out 2', 'pull', null, 2],
  ['pan  left', 'pan', 'left', null],
  ['tilt down 1.5×', 'tilt', 'down', 1.5],
])('camera %s', (text, kind, direction, rate) =>
  expect(meant(parseCamera(text))).toEqual({ kind, direction, rate }),
)

test('camera moves that are none', () => {
  for (const text of [
    'push',
    'zoom in',
    'pan up',
    'push in 0.5x',
    'push in 5x',
    'hold 2x',
    '1.3x',
    'roll',
    'push in fast',
    '2',
  ])
    expect([text, meant(parseCamera(text))]).toEqual([text, null])
})

test.each([
  ['cut', { kind: 'cut', duration: null, color: null }],
  ['dissolve', { kind: 'dissolve', duration: null, color: null }],
  ['dissolve 500ms', { kind: 'dissolve', duration: { seconds: 0.5 }, color: null }],
  ['fade', { kind: 'fade', duration: null, color: 0 }],
  ['fade 12f', { kind: 'fade', duration: { frames: 12 }, color: 0 }],
  ['fade white', { kind: 'fade', duration: null, color: 0xffffff }],
  ['fade #a0b0c0 2s', { kind: 'fade', duration: { seconds: 2 }, color: 0xa0b0c0 }],
  ['Fade RebeccaPurple 2', { kind: 'fade', duration: { seconds: 2 }, color: 0x663399 }],
])('transition %s', (text, transition) => expect(meant(parseTransition(text))).toEqual(transition))

test('colours', () => {
  expect(['black', 'WHITE', '#fff', '#12345F', 'tomato'].map((c) => meant(parseColor(c)))).toEqual([
    0, 0xffffff, 0xffffff, 0x12345f, 0xff6347,
  ])
  expect(['#12', 'blakc', 'hasOwnProperty', ''].map((c) => meant(parseColor(c)))).toEqual([
    null,
    null,
    null,
    null,
  ])
})

describe('sluglines', () => {
  const partsOf = (heading: string) => {
    const line = parseSlugline(heading)
    return line && [line.interior, line.place?.text ?? null, line.time?.text ?? null, line.more?.text ?? null]
  }
  test.each([
    ['EXT. HARBOUR - DAWN', [false, 'HARBOUR', 'dawn', null]],
    ['INT. HOUSE - KITCHEN - NIGHT', [true, 'HOUSE - KITCHEN', 'night', null]],
    ['INT./EXT. CAR - DAY - RAIN', [null, 'CAR', 'day', 'rain']],
    ['I/E CAR – DAY', [null, 'CAR', 'day', null]],
    ['ext forest', [false, 'forest', null, null]],
    ['EXT. SEA - LATER', [false, 'SEA', null, null]],
    ['EXT. SEA - SOMETIME - FOG - RAIN', [false, 'SEA', 'sometime', 'fog, rain']],
    ['EXT. NEW-TOWN - DAY', [false, 'NEW-TOWN', 'day', null]],
    ['EXT. 海 - NIGHT', [false, '海', 'night', null]],
  ])('%s', (heading, parts) => expect(partsOf(heading)).toEqual(parts))

  test('other headings are free names', () => {
    for (const heading of ['The end', 'INTERMISSION', 'EXTRA', 'EXT.', 'INT'])
      expect(partsOf(heading)).toBeNull()
  })

  test('parts know where they stand', () => {
    const heading = 'EXT.  OLD HARBOUR  -  DAWN'
    const { place, time } = parseSlugline(heading)!
    for (const part of [place!, time!])
      expect(heading.slice(part.start, part.end).toLowerCase()).toBe(part.text.toLowerCase())
  })
})
