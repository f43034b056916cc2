// On a terminal: one line that says what is being made now, how far the film is, and how long it will take.

import ora from 'ora'
import type { RenderEvent } from '../render/events.js'
import type { Progress } from './progress.js'
import { formatClock, formatDone } from './progress-words.js'

const BAR_WIDTH = 24

/** Typical costs, only to weigh a picture against a frame until this render has shown its own. */
const TYPICAL_KEYFRAME_MS = 500
const TYPICAL_INBETWEEN_MS = 40
const TYPICAL_FRAME_MS = 15

type State = {
  keyframes: { done: number; total: number }
  inbetweens: { done: number; total: number }
  frames: { done: number; total: number; fps: number }
  painting: string | null
  step: string
  startedMs: number
}

export function openTerminalProgress(): Progress {
  const spinner = ora({ stream: process.stderr, discardStdin: false, text: 'planning' }).start()
  const state: State = {
    keyframes: { done: 0, total: 0 },
    inbetweens: { done: 0, total: 0 },
    frames: { done: 0, total: 0, fps: 0 },
    painting: null,
    step: '',
    startedMs: performance.now(),
  }
  return {
    on(event) {
      if (event.event === 'done') spinner.succeed(formatDone(event))
      else if (event.event === 'warning') {
        spinner.warn(event.message)
        spinner.start()
      } else {
        advance(state, event)
        spinner.text = describe(state, performance.now())
      }
    },
    aside(text) {
      spinner.stop()
      process.stderr.write(text)
      spinner.start()
    },
    close: () => spinner.stop(),
  }
}

export function advance(state: State, event: RenderEvent): void {
  switch (event.event) {
    case 'plan':
      state.keyframes.total = event.toRender.keyframe ?? 0
      state.inbetweens.total = event.toInterpolate
      state.frames.total = event.toEncode
      break
    case 'start':
      if (event.kind === 'keyframe' || event.kind === 'spacing') state.painting = event.shot
      break
    case 'step':
      state.step = event.steps > 1 ? ` ${event.step}/${event.steps}` : ''
      break
    case 'inbetweens':
      state.inbetweens = { done: event.done, total: event.total }
      break
    case 'frames':
      state.frames = { done: event.done, total: event.total, fps: event.fps }
      break
    case 'end':
      if (event.kind === 'keyframe') {
        state.keyframes.done++
        state.painting = null
        state.step = ''
      }
      break
  }
}

/** The line for a state, `nowMs` on the clock of `startedMs`. */
export function describe(state: State, nowMs: number): string {
  const { keyframes, inbetweens, frames } = state
  const cost = (which: 'done' | 'total') =>
    keyframes[which] * TYPICAL_KEYFRAME_MS +
    inbetweens[which] * TYPICAL_INBETWEEN_MS +
    frames[which] * TYPICAL_FRAME_MS
  const part = cost('total') === 0 ? 1 : cost('done') / cost('total')
  const filled = Math.round(part * BAR_WIDTH)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled)
  const elapsed = (nowMs - state.startedMs) / 1000
  const left = part > 0.02 ? ` · ${formatClock((elapsed * (1 - part)) / part)} left` : ''
  const now = state.painting
    ? `painting shot ${state.painting}${state.step}`
    : inbetweens.done < inbetweens.total
      ? 'making in-betweens'
      : frames.done < frames.total
        ? 'encoding'
        : 'joining'
  const pictures = keyframes.total > 0 ? ` · ${keyframes.done}/${keyframes.total} pictures` : ''
  const between = inbetweens.total > 0 ? ` · ${inbetweens.done}/${inbetweens.total} in-betweens` : ''
  const rate = frames.done > 0 ? ` · ${frames.fps} frames/s` : ''
  return `${bar} ${Math.round(part * 100)} % · ${now}${pictures}${between}${rate}${left}`
}
