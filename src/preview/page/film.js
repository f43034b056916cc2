// The film. A new one is loaded behind the old one, set to the same place, and only then shown.

import { clock } from './elements.js'

const FRAME_TOLERANCE = 0.001

/** @param onTime called with the position in seconds, while it changes. */
export function createFilm(section, onTime) {
  let [shown, behind] = section.querySelectorAll('video')
  let number = null
  const empty = section.querySelector('#no-film')
  const play = document.querySelector('#play')
  const clockFace = document.querySelector('#clock')

  const tell = () => {
    play.textContent = shown.paused ? 'Play' : 'Pause'
    clockFace.textContent = `${clock(shown.currentTime)} / ${clock(shown.duration || 0)}`
    onTime(shown.currentTime)
  }
  const follow = () => {
    tell()
    if (!shown.paused) requestAnimationFrame(follow)
  }
  for (const video of [shown, behind]) {
    video.loop = true
    for (const name of ['seeked', 'pause', 'loadedmetadata']) {
      video.addEventListener(name, () => video === shown && tell())
    }
    video.addEventListener('play', () => video === shown && follow())
    video.addEventListener('click', () => toggle())
  }
  const toggle = () => {
    if (shown.paused) shown.play().catch(() => {})
    else shown.pause()
  }

  return {
    get time() {
      return shown.currentTime
    },
    toggle,
    seek(seconds) {
      shown.currentTime = Math.max(0, Math.min(seconds + FRAME_TOLERANCE, shown.duration || 0))
    },
    /** Shows film `next`; `place` moves a position of the old one to the new one. */
    async change(next, place = (seconds) => seconds) {
      if (next === number) return
      number = next
      if (next === null) return
      const source = `film/${next}.mp4`
      const isFirst = shown.src === ''
      const video = isFirst ? shown : behind
      video.src = source
      const isLoaded = await once(video, 'loadeddata')
      if (number !== next || !isLoaded) return
      empty.hidden = true
      if (isFirst) return tell()
      video.currentTime = Math.min(place(shown.currentTime), Math.max(0, video.duration - 0.05))
      await once(video, 'seeked')
      if (number !== next) return
      const wasPlaying = !shown.paused
      behind = shown
      shown = video
      shown.hidden = false
      behind.hidden = true
      behind.pause()
      if (wasPlaying) shown.play().catch(() => {})
      section.dispatchEvent(new CustomEvent('changed', { detail: next }))
      tell()
    },
  }
}

/** False for an error in its place. */
const once = (target, name) =>
  new Promise((resolve) => {
    const settle = (isGood) => () => {
      target.removeEventListener(name, good)
      target.removeEventListener('error', bad)
      resolve(isGood)
    }
    const good = settle(true)
    const bad = settle(false)
    target.addEventListener(name, good)
    target.addEventListener('error', bad)
  })
