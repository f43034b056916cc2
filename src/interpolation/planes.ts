// Between frames (8 bits, interleaved) and what networks take and give (float32, 0..1).

import type { Frame } from './interpolator.js'
import type { ChannelOrder } from './layout.js'

/** A rectangle of a frame; its right and bottom may lie beyond the frame, where the edge goes on. */
export type Window = { x: number; y: number; width: number; height: number }

/** v / 255 in float32, as torch and numpy divide. */
const UNIT = Float32Array.from({ length: 256 }, (_, value) => value / 255)

/**
 * Writes a window of a frame as 3 planes, or interleaved, to `out` from `at` on: 3 × width × height values of 0..1. The
 * window starts inside the frame.
 */
export function readWindow(
  frame: Frame,
  window: Window,
  channels: ChannelOrder,
  out: Float32Array,
  at: number,
): void {
  const rows = Math.min(window.height, frame.height - window.y)
  const columns = Math.min(window.width, frame.width - window.x)
  if (channels === 'first') {
    for (let c = 0; c < 3; c++) {
      const plane = at + c * window.width * window.height
      readPlane(frame, window, c, rows, columns, out, plane)
      repeatRow(out, plane, window.width, rows, window.height)
    }
  } else {
    readInterleaved(frame, window, rows, columns, out, at)
    repeatRow(out, at, 3 * window.width, rows, window.height)
  }
}

function readPlane(
  { data, width }: Frame,
  window: Window,
  channel: number,
  rows: number,
  columns: number,
  out: Float32Array,
  at: number,
): void {
  for (let y = 0; y < rows; y++) {
    let from = ((window.y + y) * width + window.x) * 3 + channel
    const start = at + y * window.width
    const end = start + columns
    for (let i = start; i < end; i++) {
      out[i] = UNIT[data[from]!]!
      from += 3
    }
    out.fill(out[end - 1]!, end, start + window.width)
  }
}

function readInterleaved(
  { data, width }: Frame,
  window: Window,
  rows: number,
  columns: number,
  out: Float32Array,
  at: number,
): void {
  for (let y = 0; y < rows; y++) {
    let from = ((window.y + y) * width + window.x) * 3
    const start = at + y * window.width * 3
    const end = start + columns * 3
    for (let i = start; i < end; i++) out[i] = UNIT[data[from++]!]!
    for (let i = end; i < start + window.width * 3; i++) out[i] = out[i - 3]!
  }
}

/**
 * A frame at 1/`factor` of its size, as 3 planes of 0..1: means of `factor` × `factor` pixels. Beyond the frame its edges go
 * on, as far as `width` × `height` of the reduced pixels reach.
 */
export function readReduced(frame: Frame, factor: number, width: number, height: number): Float32Array {
  const out = new Float32Array(3 * width * height)
  const line = new Float64Array(3 * width)
  for (let y = 0; y < height; y++) {
    line.fill(0)
    for (let k = 0; k < factor; k++) {
      addReducedLine(frame, Math.min(frame.height - 1, y * factor + k), factor, line)
    }
    for (let c = 0; c < 3; c++) {
      const at = (c * height + y) * width
      for (let x = 0; x < width; x++) out[at + x] = line[3 * x + c]! / (255 * factor * factor)
    }
  }
  return out
}

function addReducedLine({ data, width }: Frame, y: number, factor: number, line: Float64Array): void {
  const start = y * width * 3
  const last = start + (width - 1) * 3
  let from = start
  for (let i = 0; i < line.length; i += 3) {
    for (let k = 0; k < factor; k++) {
      const at = Math.min(from, last)
      line[i]! += data[at]!
      line[i + 1]! += data[at + 1]!
      line[i + 2]! += data[at + 2]!
      from += 3
    }
  }
}

/** Copies the last of `rows` rows down to row `height`. */
function repeatRow(out: Float32Array, at: number, length: number, rows: number, height: number): void {
  const last = at + (rows - 1) * length
  for (let y = rows; y < height; y++) out.copyWithin(at + y * length, last, last + length)
}

/** A picture as a network gives it. */
export type FloatPicture = {
  width: number
  height: number
  channels: ChannelOrder
  data: Float32Array
}

/** The top left `width` × `height` pixels as 8 bits, cut to 0..255 and rounded. False when a value is no finite number. */
export function writeBytes(picture: FloatPicture, width: number, height: number, out: Uint8Array): boolean {
  // A clamped view rounds and clamps by itself, which is several times faster than saying so.
  const bytes = new Uint8ClampedArray(out.buffer, out.byteOffset, out.length)
  const { data } = picture
  let sum = 0
  if (picture.channels === 'last') {
    for (let y = 0; y < height; y++) {
      let from = y * picture.width * 3
      for (let i = y * width * 3; i < (y + 1) * width * 3; i++) {
        const value = data[from++]!
        sum += value
        bytes[i] = value * 255
      }
    }
    return Number.isFinite(sum)
  }
  const plane = picture.width * picture.height
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      let from = c * plane + y * picture.width
      const end = from + width
      for (let i = y * width * 3 + c; from < end; i += 3) {
        const value = data[from++]!
        sum += value
        bytes[i] = value * 255
      }
    }
  }
  return Number.isFinite(sum)
}
