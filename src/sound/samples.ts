// Sound as it flows here: 48,000 times a second a value for the left and one for the right, 1 being full scale.

export { SAMPLE_RATE as RATE } from '../story/track.js'

export const CHANNELS = 2

/** Interleaved left and right. A piece may be of any length. */
export type Sound = AsyncIterable<Float32Array> | Iterable<Float32Array>

/** Reads a sound in pieces of the reader's choice. */
export type SoundReader = {
  /** Fills `out` (interleaved) and gives how many samples of each channel it got: fewer only at the end. */
  read(out: Float32Array): Promise<number>
  close(): Promise<void>
}

/** `skip` samples are passed over at the start. */
export function openReader(sound: Sound, skip = 0): SoundReader {
  const pieces = Symbol.asyncIterator in sound ? sound[Symbol.asyncIterator]() : sound[Symbol.iterator]()
  let piece: Float32Array = new Float32Array(0)
  let at = 0
  let left = skip * CHANNELS
  const next = async (): Promise<boolean> => {
    const { value, done } = await pieces.next()
    if (done) return false
    piece = value
    at = Math.min(left, piece.length)
    left -= at
    return true
  }
  return {
    async read(out) {
      let filled = 0
      while (filled < out.length) {
        if (at === piece.length) {
          if (!(await next())) break
          continue
        }
        const part = piece.subarray(at, at + out.length - filled)
        out.set(part, filled)
        filled += part.length
        at += part.length
      }
      return filled / CHANNELS
    },
    async close() {
      await pieces.return?.()
    },
  }
}
