import { describe, expect, test } from 'vitest'
import { hasErrors } from '../../src/diagnostic/diagnostic.js'
import { LineIndex } from '../../src/diagnostic/line-index.js'
import { NO_SETTINGS } from '../../src/script/read-shot.js'
import type { Duration, FrameRate, Script, ScriptShot, Transition } from '../../src/script/types.js'
import { makeStoryboard } from '../../src/story/storyboard.js'
import { keyframeFrames, shotFrames } from '../../src/story/timeline.js'
import type { Storyboard } from '../../src/story/types.js'
import { randomNumbers } from '../fuzz/random.js'

const seconds = (...list: number[]): Duration[] => list.map((s) => ({ seconds: s }))
const NTSC: FrameRate = { num: 30000, den: 1001 }

describe('frames of shots', () => {
  test('never drift: an hour of 3.3 s shots ends at the hour’s frame', () => {
    for (const fps of [{ num: 24, den: 1 }, NTSC, { num: 24000, den: 1001 }, { num: 25, den: 2 }]) {
      const frames = shotFrames(Array(1091).fill({ seconds: 3.3 }), fps)
      const sum = frames.reduce((total, n) => total + n, 0)
      expect(sum).toBe(Math.round((1091 * 3.3 * fps.num) / fps.den))
      expect(Math.max(...frames) - Math.min(...frames)).toBeLessThanOrEqual(1)
    }
  })

  test('frames as a length are exact wherever they stand', () => {
    const frames = shotFrames(
      [...seconds(0.021, 1.013), { frames: 48 }, ...seconds(2.2), { frames: 7 }],
      NTSC,
    )
    expect([frames[2], frames[4]]).toEqual([48, 7])
  })

  test('are exact for ten hours of microseconds', () => {
    expect(
      shotFrames(seconds(35999.999999, 0.000001), { num: 120, den: 1 }).reduce((a, b) => a + b),
    ).toBeLessThanOrEqual(4_320_001)
    expect(shotFrames(seconds(36000), { num: 120000, den: 1001 })).toEqual([
      Math.round((36000 * 120000) / 1001),
    ])
  })
})

test('keyframes lie evenly and include both ends', () => {
  for (const [frames, spacing] of [
    [1, 0.5],
    [2, 0.5],
    [72, 0.5],
    [216, 0.7],
    [240, 60],
  ] as const) {
    const at = keyframeFrames(frames, spacing, { num: 24, den: 1 })
    expect([at[0], at.at(-1)]).toEqual([0, frames - 1])
    for (let i = 1; i < at.length; i++) {
      expect(at[i]!).toBeGreaterThan(at[i - 1]!)
      expect(at[i]! - at[i - 1]!).toBeLessThanOrEqual(Math.ceil(spacing * 24))
    }
  }
})

const FILE = 'x'
const located = <T>(value: T) => ({ value, span: { file: FILE, start: 0, end: 1 } })

function shotOf(duration: Duration, transition: Transition): ScriptShot {
  const settings = { ...NO_SETTINGS, duration: located(duration), transition: located(transition) }
  return { id: null, content: { kind: 'prompt', prompt: located('a') }, settings, span: located(0).span }
}

const filmOf = (fps: FrameRate, shots: ScriptShot[]): Script => ({
  file: FILE,
  includes: [],
  title: null,
  size: null,
  fps: located(fps),
  interpolation: null,
  settings: NO_SETTINGS,
  cast: new Map(),
  places: new Map(),
  scenes: [
    {
      heading: null,
      place: null,
      time: null,
      weather: null,
      interior: null,
      year: null,
      settings: NO_SETTINGS,
      shots,
      span: located(0).span,
    },
  ],
})

/** What is wrong with the times of a storyboard; null when nothing is. */
function faultOf(board: Storyboard): string | null {
  const covered = new Uint8Array(board.frames)
  let overlaps = 0
  let end = 0
  for (const [i, { start, frames, transition }] of board.shots.entries()) {
    if (!Number.isInteger(frames) || frames < 1) return `shot ${i} has ${frames} frames`
    const overlap = transition.kind === 'dissolve' ? transition.frames : 0
    if (start !== end - overlap) return `shot ${i} starts at ${start}, not ${end - overlap}`
    if (i > 0 && start <= board.shots[i - 1]!.start) return `shot ${i} starts before the one before it`
    end = start + frames
    overlaps += overlap
    for (let frame = start; frame < end; frame++) covered[frame]!++
  }
  if (board.frames !== end) return `the film has ${board.frames} frames and its last shot ends at ${end}`
  if (board.frames !== board.shots.reduce((sum, shot) => sum + shot.frames, 0) - overlaps)
    return 'the sum is wrong'
  let doubles = 0
  for (let frame = 0; frame < board.frames; frame++) {
    if (covered[frame] === 2) doubles++
    else if (covered[frame] !== 1) return `frame ${frame} is covered ${covered[frame]} times`
  }
  return doubles === overlaps ? null : `${doubles} frames are covered twice, and dissolves have ${overlaps}`
}

test('10,000 random storyboards: every frame is covered, and twice only in dissolves', () => {
  const random = randomNumbers(20261122)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const rates = [
    [24, 1],
    [25, 1],
    [30, 1],
    [24000, 1001],
    [30000, 1001],
    [60000, 1001],
    [25, 2],
    [1, 1],
    [120, 1],
  ] as const
  const lengthOf = (ms: number): Duration =>
    pick([{ seconds: (1 + below(ms)) / 1000 }, { frames: 1 + below(ms / 40) }])
  const transitionOf = (): Transition => {
    const kind = pick(['cut', 'dissolve', 'fade'] as const)
    return {
      kind,
      duration: kind === 'cut' || random() < 0.2 ? null : lengthOf(2000),
      color: kind === 'fade' ? 0 : null,
    }
  }
  const lines = new LineIndex('a')
  let films = 0
  let dissolves = 0
  for (let i = 0; i < 10_000; i++) {
    const [num, den] = pick(rates)
    const shots = Array.from({ length: 1 + below(8) }, () => shotOf(lengthOf(4000), transitionOf()))
    const { value: board, diagnostics } = makeStoryboard(filmOf({ num, den }, shots), lines)
    const fault = faultOf(board)
    if (fault !== null) expect.fail(`film ${i}: ${fault}`)
    if (!hasErrors(diagnostics)) films++
    dissolves += board.shots.filter((shot) => shot.transition.kind === 'dissolve').length
  }
  expect(films).toBeGreaterThan(2_000)
  expect(dissolves).toBeGreaterThan(5_000)
})
