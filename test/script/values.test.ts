import { describe, expect, test } from 'vitest'
import { parseCamera, STILL } from '../../src/script/camera.js'
import { parseColor } from '../../src/script/color.js'
import { parseDuration, parseSeconds } from '../../src/script/duration.js'
import { parseFrameRate } from '../../src/script/frame-rate.js'
import { parseSize } from '../../src/script/size.js'
import { parseSlugline } from '../../src/script/slugline.js'
import { parseTransition } from '../../src/script/transition.js'
import type { Transition } from '../../src/script/types.js'

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
  ['hold', {}],
  ['push in', { zoom: [1, 1.25] }],
  ['push in 1.3x', { zoom: [1, 1.3] }],
  ['Pull Out 2', { zoom: [2, 1] }],
  ['pan  left', { zoom: [1.25, 1.25], pan: [1, -1] }],
  ['tilt down 1.5×', { zoom: [1.5, 1.5], tilt: [1, -1] }],
  ['push in 1.3x, pan left', { zoom: [1, 1.3], pan: [1, -1] }],
  ['pull out 1.3x , tilt up 1.2x', { zoom: [1.56, 1.2], tilt: [-1, 1] }],
  ['pan right, tilt up 2x', { zoom: [2, 2], pan: [-1, 1], tilt: [-1, 1] }],
  ['roll left', { roll: [0, -5] }],
  ['roll right 10°', { roll: [0, 10] }],
  ['roll right 12.5 degrees', { roll: [0, 12.5] }],
  ['roll right 7deg 1.2x, push in', { zoom: [1.2, 1.5], roll: [0, 7] }],
  ['shake', { shake: 0.3 }],
  ['hold, shake 0.1', { shake: 0.1 }],
  ['push in, parallax', { zoom: [1, 1.25], parallax: 0.5 }],
  ['pan left, parallax 1', { zoom: [1.25, 1.25], pan: [1, -1], parallax: 1 }],
  ['close-up, push in', { zoom: [1, 1.25], framing: 'close-up' }],
  ['Wide Shot', { framing: 'wide shot' }],
  ['push in, linear', { zoom: [1, 1.25], ease: 'linear' }],
  ['Ease Out, pan right', { zoom: [1.25, 1.25], pan: [-1, 1], ease: 'out' }],
  ['ease in-out', {}],
])('camera %s', (text, camera) => expect(meant(parseCamera(text))).toEqual({ ...STILL, ...camera }))

test.each([
  ['push', '"push" is not a camera move', 0, 4],
  ['pan up', '"pan up" is not a camera move', 0, 6],
  ['push in 0.5x', 'a camera rate of "0.5x" is out of range', 8, 12],
  ['push in 5x', 'a camera rate of "5x" is out of range', 8, 10],
  ['hold 2x', '`hold` has no rate', 5, 7],
  ['linear 2', '`linear` has no amount', 7, 8],
  ['1.3x', 'a camera move is missing here', 0, 4],
  ['push in,', 'a camera move is missing here', 8, 8],
  ['roll', '"roll" is not a camera move', 0, 4],
  ['push in fast', '"push in fast" is not a camera move', 0, 12],
  ['push in 1.3x 1.4x', '"1.4x" is one amount too many', 13, 17],
  ['hold, push in', '"hold" and "push in" do not go together', 6, 13],
  ['pan left 1.2x,  pan right', '"pan left 1.2x" and "pan right" do not go together', 16, 25],
  ['closeup', '"closeup" is not a camera move', 0, 7],
  ['close-up, wide shot', '"close-up" and "wide shot" do not go together', 10, 19],
  ['close-up 2x', '`close-up` has no amount', 9, 11],
  ['shake 1.5', 'a strength of "1.5" is out of range', 6, 9],
  ['shake 2x', '"2x" is not a strength', 6, 8],
  ['push in, roll left 200°', 'an angle of "200°" is out of range', 19, 23],
  ['roll left 5m', '"5m" is not an angle', 10, 12],
])('no camera: %s', (text, problem, from, to) => {
  const parsed = parseCamera(text)
  expect(parsed).toMatchObject({ problem, at: [from, to] })
})

test.each<[string, Partial<Transition>]>([
  ['cut', { kind: 'cut' }],
  ['dissolve', { kind: 'dissolve' }],
  ['dissolve 500ms', { kind: 'dissolve', duration: { seconds: 0.5 } }],
  ['fade', { kind: 'fade', color: 0 }],
  ['fade 12f', { kind: 'fade', duration: { frames: 12 }, color: 0 }],
  ['fade white', { kind: 'fade', color: 0xffffff }],
  ['fade #a0b0c0 2s', { kind: 'fade', duration: { seconds: 2 }, color: 0xa0b0c0 }],
  ['Fade RebeccaPurple 2', { kind: 'fade', duration: { seconds: 2 }, color: 0x663399 }],
  ['wipe', { kind: 'wipe', direction: 'left' }],
  ['wipe 12f', { kind: 'wipe', direction: 'left', duration: { frames: 12 } }],
  ['Wipe  Up 2s', { kind: 'wipe', direction: 'up', duration: { seconds: 2 } }],
  ['slide right', { kind: 'slide', direction: 'right' }],
  ['iris', { kind: 'iris', direction: 'in' }],
  ['iris out 1s', { kind: 'iris', direction: 'out', duration: { seconds: 1 } }],
  ['whip pan', { kind: 'whip pan', direction: 'right' }],
  ['whip-pan left 6f', { kind: 'whip pan', direction: 'left', duration: { frames: 6 } }],
  ['match cut', { kind: 'match cut' }],
  ['Match-Cut 0.5s', { kind: 'match cut', duration: { seconds: 0.5 } }],
  ['morph 1s', { kind: 'morph', duration: { seconds: 1 } }],
])('transition %s', (text, transition) =>
  expect(meant(parseTransition(text))).toEqual({
    duration: null,
    color: null,
    direction: null,
    ...transition,
  }),
)

test.each([
  ['wip left', [0, 3], 'wipe'],
  ['whip 1s', [0, 4], 'whip pan'],
  ['whippan left', [0, 7], 'whip pan'],
  ['wipe lft 1s', [5, 8], 'left'],
  ['whip pan up', [9, 11], undefined],
  ['iris left', [5, 9], undefined],
  ['match cut left', [10, 14], undefined],
  ['dissolve black', [9, 14], undefined],
  ['wipe left soon', [10, 14], undefined],
  ['wipe left 1s 2s', [13, 15], undefined],
])('transition %s is refused at its word', (text, at, replacement) =>
  expect(parseTransition(text)).toMatchObject({
    problem: expect.any(String),
    at,
    ...(replacement ? { replacement } : {}),
  }),
)

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
