// Protobuf's wire format, as far as ONNX files need it. https://protobuf.dev/programming-guides/encoding/
// Fields are read one by one from the file, so that weights are stepped over and never loaded.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Where a field lies in its file. `value` is what a varint field says; for all others the bytes are `body`…`end`. */
export type Field = { number: number; wire: Wire; start: number; body: number; end: number; value: number }

export type Wire = 0 | 1 | 2 | 5

/** Wire type of messages, texts, bytes and packed numbers. */
export const LENGTH_DELIMITED = 2

export type ProtobufFile = {
  readonly size: number
  /** The fields of the message whose bytes are `start`…`end`. @throws MalformedProtobuf. */
  fields(start: number, end: number): Generator<Field>
  /** A copy. @throws MalformedProtobuf beyond the end of the file. */
  bytes(start: number, end: number): Buffer
  /** UTF-8 of at most 64 KiB. @throws MalformedProtobuf for more, and beyond the end of the file. */
  text(start: number, end: number): string
  /** Varints one after the other, as packed repeated fields have them; those of 64 bits as signed. */
  varints(start: number, end: number): bigint[]
  close(): void
}

/** Not the format, or cut off. */
export class MalformedProtobuf extends Error {}

const WINDOW_BYTES = 64 * 1024
const LONGEST_VARINT = 10

/** Throws system errors. */
export function openProtobuf(path: string): ProtobufFile {
  const file = openSync(path, 'r')
  const { size } = fstatSync(file)
  const window = Buffer.alloc(WINDOW_BYTES)
  let windowStart = 0
  let windowEnd = 0

  /** Makes `at` lie in the window, with `length` bytes behind it where the file has them. */
  function look(at: number, length: number): void {
    if (at >= windowStart && at + length <= windowEnd) return
    windowStart = at
    windowEnd = at + readSync(file, window, 0, WINDOW_BYTES, at)
  }

  let next = 0
  /** The number at `at`; `next` is left behind it. Exact up to 2⁵³. */
  function varint(at: number, end: number): number {
    look(at, Math.min(LONGEST_VARINT, end - at))
    let value = 0
    for (let i = 0, from = at - windowStart; i < LONGEST_VARINT && at + i < end; i++) {
      if (from + i >= windowEnd - windowStart) break
      const byte = window[from + i]!
      value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) {
        next = at + i + 1
        return value
      }
    }
    throw new MalformedProtobuf()
  }

  function bytes(start: number, end: number): Buffer {
    const found = Buffer.alloc(end - start)
    if (found.length <= WINDOW_BYTES) {
      look(start, found.length)
      if (windowEnd < end) throw new MalformedProtobuf()
      window.copy(found, 0, start - windowStart, end - windowStart)
      return found
    }
    for (let done = 0; done < found.length; ) {
      const count = readSync(file, found, done, found.length - done, start + done)
      if (count === 0) throw new MalformedProtobuf()
      done += count
    }
    return found
  }

  function text(start: number, end: number): string {
    look(start, end - start)
    if (end > windowEnd) throw new MalformedProtobuf()
    return window.toString('utf8', start - windowStart, end - windowStart)
  }

  function* fields(start: number, end: number): Generator<Field> {
    for (let at = start; at < end; ) {
      const tag = varint(at, end)
      const number = Math.floor(tag / 8)
      const wire = (tag % 8) as Wire
      if (number === 0) throw new MalformedProtobuf()
      let body = next
      let value = 0
      let after = body
      if (wire === 0) {
        value = varint(body, end)
        after = next
      } else if (wire === LENGTH_DELIMITED) {
        const length = varint(body, end)
        body = next
        after = body + length
      } else if (wire === 1) after = body + 8
      else if (wire === 5) after = body + 4
      else throw new MalformedProtobuf()
      if (after > end) throw new MalformedProtobuf()
      yield { number, wire, start: at, body, end: after, value }
      at = after
    }
  }

  return {
    size,
    fields,
    bytes,
    text,
    varints(start, end) {
      const packed = bytes(start, end)
      const numbers: bigint[] = []
      let value = 0n
      let shift = 0n
      for (const byte of packed) {
        value |= BigInt(byte & 0x7f) << shift
        shift += 7n
        if (byte >= 0x80) continue
        numbers.push(BigInt.asIntN(64, value))
        value = 0n
        shift = 0n
      }
      if (shift !== 0n) throw new MalformedProtobuf()
      return numbers
    },
    close: () => closeSync(file),
  }
}

/** `value` is a whole number from 0. */
export function encodeVarint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) + 128 : rest)
    if (rest < 128) return Buffer.from(bytes)
  }
}

export const varintField = (number: number, value: number): Buffer =>
  Buffer.concat([encodeVarint(number * 8), encodeVarint(value)])

/** Tag and length of a field whose `length` bytes follow. */
export const fieldHead = (number: number, length: number): Buffer =>
  Buffer.concat([encodeVarint(number * 8 + LENGTH_DELIMITED), encodeVarint(length)])

export const field = (number: number, body: Buffer): Buffer =>
  Buffer.concat([fieldHead(number, body.length), body])

export const textField = (number: number, text: string): Buffer => field(number, Buffer.from(text))
