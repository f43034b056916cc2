// Runs of RGB frames in one file, lossless: what in-betweens are kept as.
//
// "SRFRAMES", then width, height and count as 32-bit little-endian numbers; then for each frame a 32-bit length and
// that many bytes of zlib data: the difference to the frame before, less that of the pixel to the left, modulo 256. Of
// twelve ways tried on cross-fades and on motion (no, one or both differences; deflate level 1, run lengths, Huffman
// codes alone) both differences and Huffman codes alone were the smallest, 0.25 to 0.30 of the size, and the fastest.

import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, deflate, inflate } from 'node:zlib'
import { fileFailure, renderFailure } from '../diagnostic/failure.js'

const MAGIC = Buffer.from('SRFRAMES', 'latin1')
const HEADER_BYTES = 20
const MAX_SIDE = 16384

export type FramesHeader = { width: number; height: number; count: number }

/** Frames in order, as often as asked until it is closed. The yielded array is used again for the next frame. */
export type FramesReader = FramesHeader & AsyncIterable<Uint8Array> & { close(): Promise<void> }

const compress = promisify<Uint8Array, object, Buffer>(deflate)
const decompress = promisify<Uint8Array, object, Buffer>(inflate)

/**
 * Writes in place; rejects when the frames are not `count` or not of the size. Memory: two frames. `onWritten` is told how
 * many frames can be read so far, beginning with none.
 */
export async function writeFrames(
  path: string,
  header: FramesHeader,
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onWritten: (frames: number) => void = () => {},
): Promise<void> {
  const { width, height, count } = header
  let file: FileHandle | undefined
  try {
    file = await open(path, 'w')
    const head = Buffer.alloc(HEADER_BYTES)
    MAGIC.copy(head)
    for (const [i, value] of [width, height, count].entries()) head.writeUInt32LE(value, 8 + i * 4)
    await file.writeFile(head)
    onWritten(0)
    const before = new Uint8Array(width * height * 3)
    const difference = new Uint8Array(before.length)
    let written = 0
    for await (const frame of frames) {
      if (frame.length !== before.length) throw new RangeError('a frame of another size')
      takeDifference(frame, before, difference)
      before.set(frame)
      const packed = await compress(difference, { strategy: constants.Z_HUFFMAN_ONLY })
      const length = Buffer.alloc(4)
      length.writeUInt32LE(packed.length)
      await file.writeFile(Buffer.concat([length, packed]))
      onWritten(++written)
    }
    if (written !== count) throw new RangeError(`${written} frames were given, ${count} announced`)
  } catch (error) {
    throw isSystemError(error) ? fileFailure(error, `can't write ${path}`) : error
  } finally {
    await file?.close()
  }
}

function takeDifference(frame: Uint8Array, before: Uint8Array, out: Uint8Array): void {
  for (let i = 0; i < 3; i++) out[i] = frame[i]! - before[i]!
  for (let i = 3; i < out.length; i++) out[i] = frame[i]! - before[i]! - (frame[i - 3]! - before[i - 3]!)
}

/** Undoes takeDifference: `frame` holds the frame before, and then this one. `difference` is used up. */
function addDifference(difference: Uint8Array, frame: Uint8Array): void {
  for (let i = 3; i < frame.length; i++) difference[i]! += difference[i - 3]!
  for (let i = 0; i < frame.length; i++) frame[i]! += difference[i]!
}

const isSystemError = (error: unknown) => error instanceof Error && 'syscall' in error

/**
 * Opens a frames file. A file that is cut short or damaged is a Failure, at the frame that can't be read. Of a file that
 * is still being written `reached` says when a number of frames is there; the file may be renamed meanwhile.
 */
export async function readFrames(
  path: string,
  reached: (frames: number) => Promise<void> = async () => {},
): Promise<FramesReader> {
  const file = await openToRead(path)
  try {
    const head = await readExactly(file, HEADER_BYTES, 0)
    if (head === null || !head.subarray(0, 8).equals(MAGIC)) throw damaged(path)
    const [width, height, count] = [8, 12, 16].map((at) => head.readUInt32LE(at)) as [number, number, number]
    if (width === 0 || height === 0 || width > MAX_SIDE || height > MAX_SIDE) throw damaged(path)
    const frames = () => framesIn(file, path, { width, height, count }, reached)
    return { width, height, count, [Symbol.asyncIterator]: frames, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* framesIn(
  file: FileHandle,
  path: string,
  { width, height, count }: FramesHeader,
  reached: (frames: number) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const frame = new Uint8Array(width * height * 3)
  let position = HEADER_BYTES
  for (let index = 0; index < count; index++) {
    await reached(index + 1)
    const length = (await readExactly(file, 4, position))?.readUInt32LE(0)
    // zlib adds little to what it can't compress; more than that is no frame of this size.
    if (length === undefined || length > frame.length * 1.1 + 1024) throw damaged(path)
    const packed = await readExactly(file, length, position + 4)
    if (packed === null) throw damaged(path)
    position += 4 + length
    const difference = await decompress(packed, { maxOutputLength: frame.length }).catch((error) => {
      throw damaged(path, error)
    })
    if (difference.length !== frame.length) throw damaged(path)
    addDifference(difference, frame)
    yield frame
  }
}

const damaged = (path: string, cause?: unknown) =>
  renderFailure(`${path} is damaged`, 'remove it; it will be made again', cause)

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw fileFailure(error, `can't read ${path}`)
  }
}

/** Null when the file ends before. */
async function readExactly(file: FileHandle, length: number, position: number): Promise<Buffer | null> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  return bytesRead === length ? bytes : null
}
