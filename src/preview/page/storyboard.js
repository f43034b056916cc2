// The shots as cards, grouped by scene. A card is made again only when its shot changed.

import { clock, element } from './elements.js'

/** Of a walk's many pictures, the first, the last and one between. */
const PICTURES_SHOWN = 3

const MARKS = { waiting: 'waiting', painting: 'painting…', encoding: 'encoding…', ready: null }

export function createStoryboard(section, { onChoose }) {
  /** Shot id → { shot, card }. */
  let cards = new Map()
  let layout = ''

  const show = (shots, fps) => {
    const next = new Map()
    for (const shot of shots) {
      const before = cards.get(shot.id)
      if (before?.shot === shot) {
        next.set(shot.id, before)
        continue
      }
      const card = before?.card ?? element('button', { type: 'button', class: 'shot', 'data-shot': shot.id })
      card.onclick = () => onChoose(shot)
      fill(card, shot, before?.shot, fps)
      next.set(shot.id, { shot, card })
    }
    cards = next
    const wanted = JSON.stringify(shots.map(({ id, scene }) => [id, scene]))
    if (wanted === layout) return
    layout = wanted
    section.replaceChildren(...scenesOf(shots).map(sceneElement))
  }
  const sceneElement = ({ name, shots }) =>
    element(
      'div',
      { class: 'scene' },
      name === '' ? null : element('h2', {}, name),
      element('ol', {}, ...shots.map(({ id }) => element('li', {}, cards.get(id).card))),
    )

  return {
    show,
    /** Marks the one under the editor's cursor and scrolls to it. */
    cursorAt(id) {
      mark('cursor', id)
      cards.get(id)?.card.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
    },
    /** Marks the one that the film shows. */
    shownAt: (id) => mark('shown', id),
    focus: (id) => cards.get(id)?.card.focus(),
  }

  function mark(name, id) {
    for (const [key, { card }] of cards) card.classList.toggle(name, key === id)
  }
}

function scenesOf(shots) {
  const scenes = []
  for (const shot of shots) {
    const last = scenes.at(-1)
    if (last && last.name === shot.scene) last.shots.push(shot)
    else scenes.push({ name: shot.scene, shots: [shot] })
  }
  return scenes
}

/** Card → the frame that it is to show. */
const wanted = new WeakMap()

function fill(card, shot, before, fps) {
  const pictures = chosen(shot.pictures)
  const seen = new Set((before ? chosen(before.pictures) : []).map((picture) => picture?.key))
  const frame = element(
    'span',
    { class: 'frame' },
    ...pictures.map((picture) =>
      picture === null
        ? null
        : element('img', {
            src: `picture/${picture.key}`,
            alt: '',
            class: `${picture.quality}${seen.has(picture.key) ? '' : ' fresh'}`,
          }),
    ),
    MARKS[shot.state] ? element('span', { class: 'mark' }, MARKS[shot.state]) : null,
  )
  const caption = element(
    'span',
    { class: 'caption' },
    element('b', {}, shot.id),
    element('span', { class: 'quiet', title: `line ${shot.line}` }, `:${shot.line}`),
    element('span', { class: 'time' }, `${clock(shot.start / fps)} + ${(shot.frames / fps).toFixed(1)} s`),
    element('span', { class: 'words' }, shot.text),
  )
  card.dataset.state = shot.state
  card.title = shot.text
  const old = card.querySelector('.frame')
  card.replaceChildren(frame, caption)
  // The old picture stays until the new one is there, or until a newer one is asked for.
  wanted.set(card, frame)
  const [image] = frame.querySelectorAll('img')
  if (old && image && !image.complete) {
    frame.replaceWith(old)
    const swap = () => wanted.get(card) === frame && old.replaceWith(frame)
    image.decode().then(swap, swap)
  }
}

function chosen(pictures) {
  if (pictures.length <= PICTURES_SHOWN) return pictures
  return [pictures[0], pictures[Math.floor(pictures.length / 2)], pictures.at(-1)]
}
