import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readFrames, writeFrames } from '../../src/image/frames-file.js'
import { openGrowth } from '../../src/image/growth.js'

const HEADER = { width: 17, height: 9, count: 4 }
const frame = (seed: number) =>
  Uint8Array.from({ length: 17 * 9 * 3 }, (_, i) => (Math.imul(i + seed * 99, 0x9e3779b1) >>> 20) & 0xff)
const FRAMES = [frame(1), frame(2), frame(2), new Uint8Array(17 * 9 * 3).fill(255)]

let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storyreel-frames-'))
  path = join(folder, 'run.frames')
  const buffer = new Uint8Array(FRAMES[0]!.length)
  async function* reusingOneBuffer() {
    for (const f of FRAMES) {
      buffer.set(f)
      yield buffer
    }
  }
  await writeFrames(path, HEADER, reusingOneBuffer())
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function readAll(file: string): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  const frames = await readFrames(file)
  try {
    for await (const f of frames) all.push(f.slice())
    return all
  } finally {
    await frames.close()
  }
}

const damaged = { name: 'Failure', exitCode: 4, message: expect.stringContaining('is damaged') }

describe('a frames file', () => {
  it('gives its frames back, as often as it is asked', async () => {
    const frames = await readFrames(path)
    expect(frames).toMatchObject(HEADER)
    for (let times = 0; times < 2; times++) {
      const all: Uint8Array[] = []
      for await (const f of frames) all.push(f.slice())
      expect(all).toEqual(FRAMES)
    }
    await frames.close()
  })

  it('can be read while it is written, and renamed', async () => {
    const growing = join(folder, 'growing')
    const allowed = openGrowth()
    const written = openGrowth()
    async function* slowly() {
      for (const [i, frame] of FRAMES.entries()) {
        await allowed.reached(i)
        yield frame
      }
    }
    const writing = writeFrames(growing, HEADER, slowly(), written.grow)
    await written.reached(0)
    const reader = await readFrames(growing, written.reached)
    const iterator = reader[Symbol.asyncIterator]()
    for (const [i, frame] of FRAMES.entries()) {
      const next = iterator.next()
      if (i === 2) await rename(growing, `${growing}.frames`)
      allowed.grow(i)
      expect((await next).value).toEqual(frame)
    }
    expect((await iterator.next()).done).toBe(true)
    await writing
    await reader.close()
  })

  it('whose writer fails, fails with it', async () => {
    const reason = new Error('no more')
    const written = openGrowth()
    written.grow(2)
    const reader = await readFrames(path, written.reached)
    const seen: number[] = []
    const reading = (async () => {
      for await (const f of reader) seen.push(f[0]!)
    })()
    await vi.waitFor(() => expect(seen.length).toBe(2))
    written.fail(reason)
    await expect(reading).rejects.toBe(reason)
    await expect(written.reached(3)).rejects.toBe(reason)
    await written.reached(2)
    expect(seen.length).toBe(2)
    await reader.close()
  })

  it('that is cut short anywhere is a failure', async () => {
    const bytes = await readFile(path)
    for (const length of [0, 7, 19, 20, 22, 30, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const cut = join(folder, `cut-${length}`)
      await writeFile(cut, bytes.subarray(0, length))
      await expect(readAll(cut)).rejects.toMatchObject(damaged)
    }
  })

  it('with wrong bytes is a failure', async () => {
    for (const at of [0, 8, 21, 23, 30]) {
      const bytes = await readFile(path)
      bytes[at]! ^= 0xff
      const wrong = join(folder, `wrong-${at}`)
      await writeFile(wrong, bytes)
      await expect(readAll(wrong)).rejects.toMatchObject(damaged)
    }
  })

  it('that is not there, or cannot be written, is a failure of exit 3', async () => {
    await expect(readFrames(join(folder, 'absent'))).rejects.toMatchObject({ exitCode: 3 })
    await expect(writeFrames(join(folder, 'no', 'folder'), HEADER, FRAMES)).rejects.toMatchObject({
      exitCode: 3,
    })
  })

  it('is not written with other frames than announced', async () => {
    const other = join(folder, 'other')
    await expect(writeFrames(other, HEADER, FRAMES.slice(1))).rejects.toThrow(RangeError)
    await expect(writeFrames(other, HEADER, [...FRAMES, frame(5)])).rejects.toThrow(RangeError)
    await expect(writeFrames(other, { ...HEADER, width: 18 }, FRAMES)).rejects.toThrow(RangeError)
  })
})
