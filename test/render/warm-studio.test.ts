import { describe, expect, test } from 'vitest'
import type { Painter } from '../../src/render/painter.js'
import type { Studio } from '../../src/render/studio.js'
import { keepOpen } from '../../src/render/warm-studio.js'

/** A studio whose painters are counted; `call` is what a picture waits for, `idle` what a graph still works on. */
function countingStudio(call: () => Promise<never>, idle: () => Promise<void> = async () => {}) {
  const counts = { opened: 0, closed: 0 }
  const openPainter = async (): Promise<Painter> => {
    counts.opened++
    return {
      device: 'cpu',
      vaeScale: 8,
      warnings: [],
      paint: (_, { signal } = {}) =>
        Promise.race([
          call(),
          new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
        ]),
      idle,
      close: async () => void counts.closed++,
    }
  }
  return { studio: { openPainter } as unknown as Studio, counts }
}

const never = () => new Promise<never>(() => {})
const request = {} as Parameters<Painter['paint']>[0]

describe('a studio that is kept open', () => {
  test('lends the same painter again, and closes it at the end', async () => {
    const { studio, counts } = countingStudio(never)
    const warm = keepOpen(studio)
    for (let i = 0; i < 3; i++) {
      const painter = await warm.openPainter('m', new AbortController().signal)
      await painter.close()
    }
    expect(counts).toEqual({ opened: 1, closed: 0 })
    await warm.close()
    expect(counts).toEqual({ opened: 1, closed: 1 })
  })

  test('gives the decoder for drafts a painter of its own', async () => {
    const { studio, counts } = countingStudio(never)
    const warm = keepOpen(studio)
    await warm.openPainter('m', new AbortController().signal, { decoder: 'preview' })
    await warm.openPainter('m', new AbortController().signal, { decoder: 'full' })
    await warm.openPainter('m', new AbortController().signal)
    expect(counts.opened).toBe(2)
  })

  test('keeps a few of many choices', async () => {
    const { studio, counts } = countingStudio(never)
    const warm = keepOpen(studio)
    const signal = new AbortController().signal
    const painters = []
    for (const file of ['a', 'b', 'c', 'd', 'e'])
      painters.push(await warm.openPainter('m', signal, { loras: [{ file, weight: 1, digest: file }] }))
    for (const painter of painters) await painter.close()
    expect(counts).toEqual({ opened: 5, closed: 2 })
    await (await warm.openPainter('m', signal, { loras: [{ file: 'e', weight: 1, digest: 'e' }] })).close()
    expect(counts.opened).toBe(5)
  })

  test.each([
    ['ends soon, keeps the painter', async () => {}, 0],
    ['goes on for long, ends the painter', never, 1],
  ])('a cancelled call that %s', async (_, idle, closed) => {
    const { studio, counts } = countingStudio(never, idle)
    const warm = keepOpen(studio)
    const abort = new AbortController()
    const painter = await warm.openPainter('m', abort.signal)
    const painting = painter.paint(request, { signal: abort.signal })
    abort.abort(new Error('stale'))
    await expect(painting).rejects.toThrow('stale')
    await painter.close()
    expect(counts.closed).toBe(closed)
    await warm.openPainter('m', new AbortController().signal)
    expect(counts.opened).toBe(1 + closed)
  })

  test('a painter that failed by itself is not lent again', async () => {
    const { studio, counts } = countingStudio(async () => {
      throw new Error('out of memory')
    })
    const warm = keepOpen(studio)
    const painter = await warm.openPainter('m', new AbortController().signal)
    await expect(painter.paint(request)).rejects.toThrow('out of memory')
    await painter.close()
    await warm.openPainter('m', new AbortController().signal)
    expect(counts).toEqual({ opened: 2, closed: 1 })
  })

  test('what is aborted while it opens is kept for the next one', async () => {
    let finish = () => {}
    const opening = new Promise<void>((resolve) => {
      finish = resolve
    })
    const { studio, counts } = countingStudio(never)
    const slow = { openPainter: async () => opening.then(() => studio.openPainter('m', never as never)) }
    const warm = keepOpen(slow as unknown as Studio)
    const abort = new AbortController()
    const first = warm.openPainter('m', abort.signal)
    abort.abort(new Error('stale'))
    await expect(first).rejects.toThrow('stale')
    finish()
    await warm.openPainter('m', new AbortController().signal)
    expect(counts.opened).toBe(1)
  })
})
