import { describe, expect, test } from 'vitest'
import { hasErrors } from '../../src/diagnostic/diagnostic.js'
import { LineIndex } from '../../src/diagnostic/line-index.js'
import { NO_SETTINGS } from '../../src/script/read-shot.js'
import { parseTransition, TRANSITION_KINDS } from '../../src/script/transition.js'
import type { Duration, FrameRate, Script, ScriptShot, Transition } from '../../src/script/types.js'
import { makeStoryboard } from '../../src/story/storyboard.js'
import { keyframeFrames, shotFrames } from '../../src/story/timeline.js'
import type { ShotTransition, Storyboard } from '../../src/story/types.js'
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
  return {
    id: null,
    content: { kind: 'prompt', prompt: located('a') },
    caption: null,
    say: null,
    settings,
    span: located(0).span,
  }
}

const filmOf = (fps: FrameRate, shots: ScriptShot[]): Script => ({
  file: FILE,
  includes: [],
  title: null,
  size: null,
  fps: located(fps),
  interpolation: null,
  subtitles: null,
  depth: null,
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

/** Frames that the transition into a shot takes from it, and from the shot before. */
function takenBy(transition: ShotTransition): { inside: number; outside: number; overlap: number } {
  if (transition.kind === 'cut') return { inside: 0, outside: 0, overlap: 0 }
  const { kind, frames } = transition
  if (kind === 'fade') return { inside: Math.ceil(frames / 2), outside: Math.floor(frames / 2), overlap: 0 }
  return { inside: frames, outside: frames, overlap: frames }
}

/** What is wrong with the times of a storyboard; null when nothing is. */
function faultOf(board: Storyboard): string | null {
  const covered = new Uint8Array(board.frames)
  let overlaps = 0
  let end = 0
  for (const [i, { start, frames, transition }] of board.shots.entries()) {
    if (!Number.isInteger(frames) || frames < 1) return `shot ${i} has ${frames} frames`
    const { inside, overlap } = takenBy(transition)
    const next = board.shots[i + 1]
    const outside = next ? takenBy(next.transition).outside : 0
    if (inside + outside > frames)
      return `shot ${i} has ${frames} frames, its transitions ${inside}+${outside}`
    if (Math.max(inside, outside) >= frames) return `nothing of shot ${i} is seen without a transition`
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
  return doubles === overlaps ? null : `${doubles} frames are covered twice, and ${overlaps} overlap`
}

/** By how many frames the end of a shot is off what the lengths so far add up to, at most; in whole numbers, so exactly. */
function greatestDrift(board: Storyboard, durations: readonly Duration[]): number {
  const { num, den } = board.fps
  const unit = BigInt(den) * 1_000_000n
  let exact = 0n
  let counted = 0n
  let greatest = 0
  for (const [i, { frames }] of board.shots.entries()) {
    const duration = durations[i]!
    exact +=
      'frames' in duration
        ? BigInt(duration.frames) * unit
        : BigInt(Math.round(duration.seconds * 1e6)) * BigInt(num)
    counted += BigInt(frames) * unit
    greatest = Math.max(greatest, Math.abs(Number(counted - exact)) / Number(unit))
  }
  return greatest
}

test('10,000 random storyboards: every frame is covered, twice only where shots overlap, and nothing drifts', () => {
  const random = randomNumbers(20261122)
  const below = (n: number) => Math.floor(random() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const rateOf = (): FrameRate =>
    pick([
      { num: pick([24, 25, 30, 50, 60, 120, 1]), den: 1 },
      { num: pick([24_000, 30_000, 60_000]), den: 1001 },
      { num: 1_000 + below(119_000), den: 1_000 },
    ])
  const lengthOf = (us: number): Duration =>
    pick([{ seconds: (1 + below(us)) / 1e6 }, { frames: 1 + below(us / 40_000) }])
  const transitionOf = (): Transition => ({
    ...(parseTransition(pick(TRANSITION_KINDS)) as { value: Transition }).value,
    duration: random() < 0.2 ? null : lengthOf(2e6),
  })
  const lines = new LineIndex('a')
  let films = 0
  let exact = 0
  let overlaps = 0
  for (let i = 0; i < 10_000; i++) {
    const shots = Array.from({ length: 1 + below(8) }, () => shotOf(lengthOf(4e6), transitionOf()))
    const { value: board, diagnostics } = makeStoryboard(filmOf(rateOf(), shots), lines)
    const fault = faultOf(board)
    if (fault !== null) expect.fail(`film ${i}: ${fault}`)
    if (!hasErrors(diagnostics)) films++
    overlaps += board.shots.filter(({ transition }) => takenBy(transition).overlap > 0).length
    if (diagnostics.some(({ code }) => code === 'shot/too-short')) continue
    exact++
    const drift = greatestDrift(
      board,
      shots.map(({ settings }) => settings.duration!.value),
    )
    if (drift > 0.5) expect.fail(`film ${i}: a shot ends ${drift} frames beside its time`)
  }
  expect(films).toBeGreaterThan(2_000)
  expect(exact).toBeGreaterThan(5_000)
  expect(overlaps).toBeGreaterThan(5_000)
})
