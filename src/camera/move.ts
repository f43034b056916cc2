// Camera moves: which part of a source picture the film sees at a time.

import { STEEPEST } from '../depth/depth-map.js'
import type { Camera } from '../story/types.js'
import { eased } from './ease.js'
import { SHAKE_REACH, tremorAt } from './shake.js'

export type Size = { width: number; height: number }

/** A part of a picture in source pixels, which need not be whole ones; (0, 0) is the corner of the first pixel. */
export type Window = { x: number; y: number; width: number; height: number }

/** A window turned around its middle by `roll`, radians, clockwise on the picture. */
export type View = Window & { roll: number; bend: Bend | null }

/**
 * How nearness bends a view; null for not at all. A thing of nearness n, 0 to 1, is seen as if the camera had gone
 * 1 + amount (n - 1/2) times as far: sideways, from the middle of the picture, and forwards, `zoom` times closer than where
 * the move is widest.
 */
export type Bend = { amount: number; zoom: number }

/** A frame of a shot: `t` is 0 at its first frame and 1 at its last, `seconds` runs from its first. */
export type Moment = { t: number; seconds: number }

/**
 * What is seen at a moment: always of the film's proportions and, turned and shaken, never outside of the source. A zoom of 1
 * is the largest view in the middle of the source for which that holds all through the shot, so a roll or shake makes it
 * somewhat closer. The view grows and shrinks by equal ratios in equal eased time, so that the speed looks even, and its
 * corners run along straight lines. `seed` is the shake's.
 */
export function viewAt(camera: Camera, seed: number, moment: Moment, source: Size, film: Size): View {
  const { zoom, roll, shake } = camera
  const path = pathOf(camera, source, film)
  const { from, to } = path
  const done = eased(camera.ease, moment.t)
  const scale = from.scale * (to.scale / from.scale) ** done
  // Room and needs are linear in the scale: so a path that is linear in it too stays inside where its ends do.
  const along = from.scale === to.scale ? done : (scale - from.scale) / (to.scale - from.scale)
  const between = (a: number, b: number, part: number) => a + (b - a) * part
  const tremor = shake > 0 ? tremorAt(seed, moment.seconds) : { across: 0, up: 0, roll: 0 }
  const reach = shake * film.width * scale
  const room = path.roomAt(scale)
  const inside = (value: number, most: number) => Math.min(most, Math.max(-most, value))
  const x = inside(between(from.x, to.x, along), room.x) + tremor.across * reach * SHAKE_REACH.across
  const y = inside(between(from.y, to.y, along), room.y) + tremor.up * reach * SHAKE_REACH.up
  const degrees = between(roll[0], roll[1], done) + tremor.roll * shake * SHAKE_REACH.degrees
  const [width, height] = [film.width * scale, film.height * scale]
  const closer = Math.max(from.scale, to.scale) / scale
  return {
    x: source.width / 2 + x - width / 2,
    y: source.height / 2 + y - height / 2,
    width,
    height,
    roll: radians(degrees),
    bend: path.amount > 0 && isMoved(zoom, x, y) ? { amount: path.amount, zoom: closer } : null,
  }
}

const isMoved = (zoom: Camera['zoom'], x: number, y: number): boolean =>
  zoom[0] !== zoom[1] || x !== 0 || y !== 0

type Place = { scale: number; x: number; y: number }

/** Both ends of a move: scales are in source pixels to a film pixel, places from the middle of the source. */
function pathOf({ zoom, pan, tilt, roll, shake, parallax }: Camera, source: Size, film: Size) {
  const turn = Math.max(Math.abs(roll[0]), Math.abs(roll[1])) + shake * SHAKE_REACH.degrees
  const needs = boxAround(film, radians(turn))
  const tremor = 2 * shake * film.width * (1 + (parallax * MOST_BEND) / 2)
  needs.width += tremor * SHAKE_REACH.across
  needs.height += tremor * SHAKE_REACH.up
  const widest = Math.min(source.width / needs.width, source.height / needs.height)
  const scales = zoom.map((closer) => widest / Math.max(1, closer))
  const widestMove = Math.max(...scales)
  const aside = Math.max(...pan.map(Math.abs), ...tilt.map(Math.abs)) / 2
  const across = aside * Math.max(0, source.width - film.width * Math.min(...scales))
  const amount = bendAmount(parallax, scales, across + tremor * SHAKE_REACH.across * widest, source, film)
  // What is farthest is seen through a window that is larger and less far from the middle than the view.
  const roomAt = (scale: number) => {
    const far = scale * (widestMove / scale) ** (amount / 2)
    const room = (side: 'width' | 'height') =>
      Math.max(0, source[side] - needs[side] * far) / 2 / (1 + amount / 2)
    return { x: room('width'), y: room('height') }
  }
  const end = (i: 0 | 1): Place => {
    const room = roomAt(scales[i]!)
    return { scale: scales[i]!, x: pan[i] * room.x, y: -tilt[i] * room.y }
  }
  return { from: end(0), to: end(1), roomAt, amount }
}

/** `amount` at a parallax of 1. */
const MOST_BEND = 0.8
/** Nearness may displace what is seen by this part of what would fold the picture. */
const UNFOLDED = 0.5

/** Less where the move is so long that what is seen would fold. */
function bendAmount(
  parallax: number,
  scales: readonly number[],
  across: number,
  source: Size,
  film: Size,
): number {
  if (parallax === 0) return 0
  const [close, wide] = [Math.min(...scales), Math.max(...scales)]
  const forwards = ((Math.hypot(film.width, film.height) * wide) / 2) * Math.log(wide / close)
  const reach = (across + forwards) / source.width
  return Math.min(parallax * MOST_BEND, UNFOLDED / (STEEPEST * Math.max(1e-9, reach)))
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
