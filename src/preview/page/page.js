// Binds the state that the server sends to the page.

import { element, post } from './elements.js'
import { createFilm } from './film.js'
import { createStoryboard } from './storyboard.js'

const find = (selector) => document.querySelector(selector)

let state = { shots: [], fps: 24, frames: 0 }
/** Of the film that is shown: the board it was made from. */
let filmed = { shots: [], fps: 24 }
let isConnected = true

const film = createFilm(find('#film'), showTime)
const storyboard = createStoryboard(find('#storyboard'), {
  onChoose(shot) {
    film.seek(shot.start / state.fps)
    post('jump', { line: shot.line })
  },
})
const timeline = find('#timeline')
const head = element('div', { class: 'head' })

function receive({ set, shots }) {
  const before = state
  state = { ...state, ...set }
  if (Object.keys(shots).length > 0) state.shots = state.shots.map((shot, i) => shots[i] ?? shot)
  if (state.shots !== before.shots || state.fps !== before.fps) {
    storyboard.show(state.shots, state.fps)
    showTimeline()
  }
  if (state.cursor !== before.cursor) {
    storyboard.cursorAt(state.cursor)
    showTimeline()
  }
  if (state.problems !== before.problems || state.failure !== before.failure) showProblems()
  if (state.film !== before.film && state.film !== null) {
    const [from, to] = [filmed, state]
    filmed = state
    film.change(state.film, (seconds) => sameMoment(seconds, from, to))
  }
  showStatus()
}

/** The same shot at the same time from its start, where it still is; else the same time. */
function sameMoment(seconds, from, to) {
  const shot = shotAt(seconds, from)
  const now = shot && to.shots.find(({ id }) => id === shot.id)
  if (!now) return seconds
  return now.start / to.fps + Math.min(seconds - shot.start / from.fps, (now.frames - 1) / to.fps)
}

const shotAt = (seconds, { shots, fps }) =>
  shots.findLast(({ start }) => start / fps <= seconds + 0.001) ?? null

function showStatus() {
  document.title = `${state.isBroken ? '✗ ' : ''}${state.title || state.script} · storyreel`
  find('#title').textContent = state.title || state.script
  const errors = state.problems.filter(({ severity }) => severity === 'error').length
  const working = state.shots.filter((shot) => shot.state !== 'ready').length
  const words = !isConnected
    ? 'watching has ended; this page waits for it'
    : state.phase === 'missing'
      ? `${state.script} is not there; waiting for it`
      : state.isBroken
        ? `${errors} ${errors === 1 ? 'error' : 'errors'}; this is the last good film`
        : state.phase === 'failed'
          ? 'failed'
          : state.phase === 'working'
            ? working > 0
              ? `making ${working} of ${state.shots.length} shots`
              : 'putting the film together'
            : `${state.shots.length} shots, up to date`
  find('#status').textContent = words
  const isWrong = !isConnected || state.isBroken || state.phase === 'failed'
  document.body.classList.toggle('is-wrong', isWrong)
  document.body.dataset.phase = state.phase
  const { keyframes, inbetweens, frames } = state.progress
  const part = (which) => (which.total === 0 ? 0 : Math.min(1, which.done / which.total) * which.total)
  const total = keyframes.total * 10 + inbetweens.total + frames.total
  find('#progress').value = total === 0 ? 0 : (part(keyframes) * 10 + part(inbetweens) + part(frames)) / total
  find('#film').classList.toggle('is-stale', state.phase === 'working' && working > 0 && state.film !== null)
}

function showTimeline() {
  const scenes = [...new Set(state.shots.map(({ scene }) => scene))]
  const spans = state.shots.map((shot, i) => {
    const end = state.shots[i + 1]?.start ?? state.frames
    const isOdd = scenes.indexOf(shot.scene) % 2 === 1
    const names = ['span', shot.state, isOdd ? 'odd' : '', shot.id === state.cursor ? 'cursor' : '']
    const span = element('div', { class: names.join(' '), title: `${shot.id} · ${shot.text}` })
    span.style.flexGrow = end - shot.start
    return span
  })
  timeline.replaceChildren(...spans, head)
  timeline.setAttribute('aria-valuemax', (state.frames / state.fps).toFixed(1))
}

function showTime(seconds) {
  const length = filmed.frames / filmed.fps || 1
  head.style.left = `${Math.min(100, (seconds / length) * 100)}%`
  timeline.setAttribute('aria-valuenow', seconds.toFixed(1))
  const shot = shotAt(seconds, filmed)
  storyboard.shownAt(shot?.id ?? null)
  find('#now').textContent = shot ? `${shot.id}  ${shot.text}` : ''
}

function showProblems() {
  const failure = state.failure
    ? [
        {
          severity: 'error',
          message: state.failure.message,
          hints: [state.failure.hint].filter(Boolean),
          line: null,
          source: null,
        },
      ]
    : []
  find('#problems').replaceChildren(...[...failure, ...state.problems].map(problemElement))
}

function problemElement({ severity, message, hints, line, column, endColumn, source }) {
  const place = line === null ? '' : `${line}:${column} `
  const end = Math.max(endColumn ?? 0, column + 1)
  return element(
    'button',
    { type: 'button', class: `problem ${severity}`, onclick: () => line !== null && post('jump', { line }) },
    element('b', {}, place),
    message,
    source === null
      ? null
      : element(
          'code',
          {},
          source.slice(0, column - 1),
          element('mark', {}, source.slice(column - 1, end - 1) || ' '),
          source.slice(end - 1),
        ),
    ...hints.map((hint) => element('div', { class: 'quiet' }, hint)),
  )
}

const seekTo = (event) => {
  const { left, width } = timeline.getBoundingClientRect()
  film.seek(((event.clientX - left) / width) * (filmed.frames / filmed.fps))
}
timeline.addEventListener('pointerdown', (event) => {
  timeline.setPointerCapture(event.pointerId)
  seekTo(event)
})
timeline.addEventListener('pointermove', (event) => event.buttons === 1 && seekTo(event))

function stepShot(by) {
  const { shots, fps } = filmed
  const at = shots.indexOf(shotAt(film.time, filmed)) + by
  const shot = shots[Math.max(0, Math.min(at, shots.length - 1))]
  if (!shot) return
  film.seek(shot.start / fps)
  storyboard.focus(shot.id)
}

function toggleKeys() {
  const dialog = find('#keys')
  if (dialog.open) dialog.close()
  else dialog.showModal()
}

const keys = {
  ' ': () => film.toggle(),
  ArrowLeft: () => stepShot(-1),
  ArrowRight: () => stepShot(1),
  ',': () => film.seek(film.time - 1 / filmed.fps),
  '.': () => film.seek(film.time + 1 / filmed.fps),
  r: () => post('again'),
  f: () => post('again', { isFinal: true }),
  '?': toggleKeys,
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return
  event.preventDefault()
  keys[event.key]()
})
// Space plays; on a focused button it would also press it.
document.addEventListener('keyup', (event) => event.key === ' ' && event.preventDefault())
find('#play').addEventListener('click', () => film.toggle())
find('#again').addEventListener('click', () => post('again'))
find('#final').addEventListener('click', () => post('again', { isFinal: true }))
find('#help').addEventListener('click', toggleKeys)

const events = new EventSource('events')
events.onmessage = ({ data }) => {
  isConnected = true
  receive(JSON.parse(data))
}
events.onerror = () => {
  isConnected = false
  showStatus()
}
