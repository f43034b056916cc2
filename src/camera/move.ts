// Camera moves: which part of a source picture the film sees at a time.

import type { Camera } from '../story/types.js'
import { eased } from './ease.js'
import { SHAKE_REACH, tremorAt } from './shake.js'

export type Size = { width: number; height: number }

/** A part of a picture in source pixels, which need not be whole ones; (0, 0) is the corner of the first pixel. */
export type Window = { x: number; y: number; width: number; height: number }

/** A window turned around its middle by `roll`, radians, clockwise on the picture. */
export type View = Window & { roll: number }

/** A frame of a shot: `t` is 0 at its first frame and 1 at its last, `seconds` runs from its first. */
export type Moment = { t: number; seconds: number }

/**
 * What is seen at a moment: always of the film's proportions and, turned and shaken, never outside of the source. A zoom of 1
 * is the largest view in the middle of the source for which that holds all through the shot, so a roll or shake makes it
 * somewhat closer. The view grows and shrinks by equal ratios in equal eased time, so that the speed looks even, and its
 * corners run along straight lines. `seed` is the shake's.
 */
export function viewAt(camera: Camera, seed: number, moment: Moment, source: Size, film: Size): View {
  const { zoom, pan, tilt, roll, shake } = camera
  const turn = Math.max(Math.abs(roll[0]), Math.abs(roll[1])) + shake * SHAKE_REACH.degrees
  const needs = boxAround(film, radians(turn))
  needs.width += 2 * shake * SHAKE_REACH.across * film.width
  needs.height += 2 * shake * SHAKE_REACH.up * film.width
  const widest = Math.min(source.width / needs.width, source.height / needs.height)

  // Where the view stands at an end of the move; `scale` is in source pixels to a film pixel.
  const end = (i: 0 | 1) => {
    const scale = widest / Math.max(1, zoom[i])
    return {
      scale,
      x: source.width / 2 + (pan[i] * (source.width - needs.width * scale)) / 2,
      y: source.height / 2 - (tilt[i] * (source.height - needs.height * scale)) / 2,
      roll: roll[i],
    }
  }
  const [from, to] = [end(0), end(1)]
  const done = eased(camera.ease, moment.t)
  const scale = from.scale * (to.scale / from.scale) ** done
  // Room and needs are linear in the scale: so a path that is linear in it too stays inside where its ends do.
  const along = from.scale === to.scale ? done : (scale - from.scale) / (to.scale - from.scale)
  const between = (a: number, b: number, part: number) => a + (b - a) * part
  const tremor = shake > 0 ? tremorAt(seed, moment.seconds) : { across: 0, up: 0, roll: 0 }
  const reach = shake * film.width * scale
  const x = between(from.x, to.x, along) + tremor.across * reach * SHAKE_REACH.across
  const y = between(from.y, to.y, along) + tremor.up * reach * SHAKE_REACH.up
  const degrees = between(from.roll, to.roll, done) + tremor.roll * shake * SHAKE_REACH.degrees
  const [width, height] = [film.width * scale, film.height * scale]
  return { x: x - width / 2, y: y - height / 2, width, height, roll: radians(degrees) }
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** The upright box that a rectangle stays inside of while it is turned by any angle up to `turn`, in radians. */
function boxAround({ width, height }: Size, turn: number): Size {
  const reach = (a: number, b: number) => {
    const widest = Math.min(turn, Math.atan2(b, a))
    return a * Math.cos(widest) + b * Math.sin(widest)
  }
  return { width: reach(width, height), height: reach(height, width) }
}
