// A cursor over the fields of protobuf messages in a file, which reads nothing of what is skipped.
// https://protobuf.dev/programming-guides/encoding/

import { readSync } from 'node:fs'

/** The bytes are no protobuf message, or are cut off. */
export class DamagedError extends Error {}

const WINDOW_BYTES = 16 * 1024
const LONGEST_TEXT = 4096
const BYTES = 2

/** System errors of reading the file are thrown. */
export class ProtobufFile {
  readonly size: number
  readonly #file: number
  readonly #window = Buffer.alloc(WINDOW_BYTES)
  #windowStart = 0
  #windowEnd = 0
  #at = 0

  /** `file` is a descriptor of `size` bytes. */
  constructor(file: number, size: number) {
    this.#file = file
    this.size = size
  }

  /**
   * Calls back for each field of the message in `start`…`end`: with its value when it is a number, or where its body lies
   * when it is text, bytes, or another message.
   */
  read(
    start: number,
    end: number,
    onBytes: (number: number, start: number, end: number) => void,
    onVarint?: (number: number, value: number) => void,
  ): void {
    for (let next = start; next < end; ) {
      this.#at = next
      const tag = this.#varint(end)
      const number = Math.floor(tag / 8)
      const wire = tag % 8
      if (number === 0) throw new DamagedError()
      if (wire === 0) {
        const value = this.#varint(end)
        next = this.#at
        onVarint?.(number, value)
        continue
      }
      const length =
        wire === BYTES ? this.#varint(end) : wire === 1 ? 8 : wire === 5 ? 4 : Number.POSITIVE_INFINITY
      const body = this.#at
      next = body + length
      if (next > end) throw new DamagedError()
      if (wire === BYTES) onBytes(number, body, next)
    }
  }

  text(start: number, end: number): string {
    if (end - start > LONGEST_TEXT) throw new DamagedError()
    if (start < this.#windowStart || end > this.#windowEnd) this.#load(start)
    if (end > this.#windowEnd) throw new DamagedError()
    return this.#window.toString('utf8', start - this.#windowStart, end - this.#windowStart)
  }

  #varint(end: number): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      if (this.#at >= end) throw new DamagedError()
      if (this.#at < this.#windowStart || this.#at >= this.#windowEnd) this.#load(this.#at)
      const byte = this.#window[this.#at - this.#windowStart]!
      this.#at++
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new DamagedError()
  }

  #load(at: number): void {
    this.#windowStart = at
    this.#windowEnd = at + readSync(this.#file, this.#window, 0, WINDOW_BYTES, at)
    if (this.#windowEnd === at) throw new DamagedError()
  }
}
