// What runs inside a page: each function goes there alone.

export const filmTime = () => document.querySelector('video:not([hidden])').currentTime
export const filmSource = () => document.querySelector('video:not([hidden])').currentSrc
export const isFilmWide = (width) => document.querySelector('video:not([hidden])').videoWidth === width
export const isPast = (seconds) => document.querySelector('video:not([hidden])').currentTime > seconds
export const isNear = (seconds) =>
  Math.abs(document.querySelector('video:not([hidden])').currentTime - seconds) < 0.05
export const isOtherFilm = (source) => document.querySelector('video:not([hidden])').currentSrc !== source
export const isInView = (selector) => {
  const { top, bottom } = document.querySelector(selector).getBoundingClientRect()
  return top >= 0 && bottom <= innerHeight + 1
}
export const scrollToTop = () => scrollTo(0, 0)
export const hasStatus = (words) => document.querySelector('#status').textContent.includes(words)

/** What a page of another origin gets of the preview at `top`, by each way that there is. */
export async function tryToRead([top, picture]) {
  const loads = (name, source, good) =>
    new Promise((resolve) => {
      const element = document.createElement(name)
      element.addEventListener(good, () => resolve('loaded'))
      element.addEventListener('error', () => resolve('refused'))
      element.src = source
      document.body.append(element)
    })
  const asks = (path, init) =>
    fetch(top + path, init).then(
      async (response) => (await response.text()) || 'nothing',
      () => 'refused',
    )
  const hears = (source, good, bad) =>
    new Promise((resolve) => {
      source[good] = () => resolve('open')
      source[bad] = () => resolve('refused')
    })
  const frames = () =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe')
      frame.onload = () => resolve(frame.contentDocument === null ? 'refused' : 'open')
      frame.src = top
      document.body.append(frame)
    })
  const all = {
    fetch: asks(''),
    opaque: asks('', { mode: 'no-cors' }),
    post: asks('again', { method: 'POST', mode: 'no-cors', body: '{}' }),
    image: loads('img', top + picture, 'load'),
    film: loads('video', `${top}film/1.mp4`, 'loadeddata'),
    script: loads('script', `${top}page.js`, 'load'),
    events: hears(new EventSource(`${top}events`), 'onmessage', 'onerror'),
    socket: hears(new WebSocket(`${top.replace('http', 'ws')}events`), 'onopen', 'onerror'),
    frame: frames(),
  }
  const answers = await Promise.all(Object.values(all))
  return Object.fromEntries(Object.keys(all).map((name, i) => [name, answers[i]]))
}
