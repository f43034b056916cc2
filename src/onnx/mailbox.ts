// How large tensors cross between two processes: through a nameless file in memory that both have open. A pipe would take
// many turns and copies for the same bytes. One side writes, says so, and the other reads before anything else is written.

import { closeSync, existsSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor, TensorData } from './tensor.js'

/** A tensor on its way: its values, or where they lie in the mailbox. */
export type ParcelledTensor = {
  dims: readonly number[]
  values: TensorData | { type: 'float32' | 'int32'; offset: number; length: number }
}

/** Smaller ones travel with the message. */
const SMALLEST_MAILED_BYTES = 16 * 1024

/** A file descriptor, or null where there is no such file: then everything travels with the messages. */
export function openMailbox(): number | null {
  if (process.platform === 'win32') return null
  const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const path = join(folder, `storyreel-${process.pid}-${Math.random().toString(36).slice(2)}`)
  try {
    const mailbox = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    return mailbox
  } catch {
    return null
  }
}

export const closeMailbox = (mailbox: number | null): void => {
  if (mailbox !== null) closeSync(mailbox)
}

/** A full disk is no failure: what doesn't fit travels with the message. */
export function sendTensors(
  tensors: Readonly<Record<string, Tensor>>,
  mailbox: number | null,
): Record<string, ParcelledTensor> {
  let end = 0
  const parcel = ({ data, dims }: Tensor): ParcelledTensor => {
    if (mailbox === null || data.byteLength < SMALLEST_MAILED_BYTES) return { dims, values: data }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const offset = end
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(mailbox, bytes, done, bytes.length - done, offset + done)
      }
    } catch {
      return { dims, values: data }
    }
    end += bytes.length
    const type = data instanceof Float32Array ? 'float32' : 'int32'
    return { dims, values: { type, offset, length: data.length } }
  }
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, parcel(tensor)]))
}

export function receiveTensors(
  parcels: Readonly<Record<string, ParcelledTensor>>,
  mailbox: number | null,
): Record<string, Tensor> {
  const unpack = ({ dims, values }: ParcelledTensor): Tensor => {
    if (ArrayBuffer.isView(values)) return { dims, data: values }
    const data = values.type === 'float32' ? new Float32Array(values.length) : new Int32Array(values.length)
    const bytes = new Uint8Array(data.buffer)
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(mailbox!, bytes, done, bytes.length - done, values.offset + done)
      if (count === 0) throw new Error('the mailbox is cut short')
      done += count
    }
    return { dims, data }
  }
  return Object.fromEntries(Object.entries(parcels).map(([name, parcel]) => [name, unpack(parcel)]))
}
