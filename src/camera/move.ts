// Camera moves: which part of a source picture the film sees at a time.

/** As the script has it: `rate` is the zoom ratio between the widest and the closest view, 1 or more. */
export type Move = {
  kind: 'hold' | 'push' | 'pull' | 'pan' | 'tilt'
  direction: 'left' | 'right' | 'up' | 'down' | null
  rate: number
}

export type Size = { width: number; height: number }

/** A part of a picture in source pixels, which need not be whole ones; (0, 0) is the corner of the first pixel. */
export type Window = { x: number; y: number; width: number; height: number }

/**
 * The window seen at time `t` (0 the shot's first frame, 1 its last), always of the film's proportions and inside the
 * source. The widest view is the source cropped around its middle to the film's proportions. `push` goes from it to one
 * `rate` times closer, `pull` the other way, by equal ratios in equal eased time, so that the speed looks even. `pan`
 * and `tilt` keep the close view and travel over the whole room that it has, towards `direction`.
 */
export function windowAt(move: Move, t: number, source: Size, film: Size): Window {
  const widest = coverWindow(source, film)
  const rate = Math.max(1, move.rate)
  const eased = easeInOut(t)
  switch (move.kind) {
    case 'hold':
      return widest
    case 'push':
      return closer(widest, rate ** eased, 0.5, 0.5)
    case 'pull':
      return closer(widest, rate ** (1 - eased), 0.5, 0.5)
    case 'pan':
      return closer(widest, rate, move.direction === 'left' ? 1 - eased : eased, 0.5)
    case 'tilt':
      return closer(widest, rate, 0.5, move.direction === 'up' ? 1 - eased : eased)
  }
}

/** Starts and ends at rest, 3t² - 2t³, clamped to [0, 1]: a cut never meets a picture that jerks into motion. */
export function easeInOut(t: number): number {
  const clamped = Math.min(1, Math.max(0, t))
  return clamped * clamped * (3 - 2 * clamped)
}

/** The largest window of the film's proportions, in the middle of the source. */
function coverWindow(source: Size, film: Size): Window {
  const scale = Math.min(source.width / film.width, source.height / film.height)
  const width = film.width * scale
  const height = film.height * scale
  return { x: (source.width - width) / 2, y: (source.height - height) / 2, width, height }
}

/** A window `zoom` times smaller, placed in the room left over: 0 is left or top, 1 right or bottom. */
function closer(window: Window, zoom: number, atX: number, atY: number): Window {
  const width = window.width / zoom
  const height = window.height / zoom
  return {
    x: window.x + (window.width - width) * atX,
    y: window.y + (window.height - height) * atY,
    width,
    height,
  }
}
