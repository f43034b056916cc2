import { describe, expect, test } from 'vitest'
import { draftOf } from '../../src/graph/draft.js'
import type { InbetweenNode, PictureNode } from '../../src/graph/node.js'
import { makePlan } from '../../src/graph/plan.js'
import { segmentFrames } from '../../src/render/segment-frames.js'
import type { Sources } from '../../src/render/sources.js'
import { planOf } from '../graph/plan-of.js'

const GREY: Record<string, number> = { a: 40, b: 200 }

/** Pictures of one grey each; runs count up from 100. */
function sourcesOf(opened: string[] = []): Sources {
  return {
    async picture(node: PictureNode) {
      const { width, height } = { width: 32, height: 20 }
      const word =
        node.kind === 'keyframe' ? node.prompt[0]!.prompt : node.kind === 'card' ? node.text : node.file
      return { width, height, data: new Uint8Array(width * height * 3).fill(GREY[word]!) }
    },
    depth: () => Promise.reject(new Error('nothing here has a depth')),
    async frames({ id, count }: InbetweenNode) {
      opened.push(id)
      const header = { width: 32, height: 20, count }
      return {
        ...header,
        async *[Symbol.asyncIterator]() {
          for (let i = 0; i < count; i++) yield new Uint8Array(32 * 20 * 3).fill(100 + i)
        },
        close: async () => void opened.push('closed'),
      }
    },
  }
}

/** How light the brightest pixel is in the rows of captions. */
async function brightest(first: string, second: string): Promise<number[]> {
  const text = `size: 160x96\nfps: 10\nshots:\n  - {prompt: a, duration: 10f${first}}\n  - {prompt: b, duration: 10f, transition: dissolve 5f${second}}`
  const { segment } = planOf(text).shots[1]!
  const values: number[] = []
  const dark: Sources = {
    ...sourcesOf(),
    picture: async () => ({ width: 160, height: 96, data: new Uint8Array(160 * 96 * 3).fill(20) }),
  }
  for await (const frame of segmentFrames(segment, dark, () => Promise.reject()))
    values.push(frame.subarray(160 * 60 * 3).reduce((most, v) => Math.max(most, v)))
  return values
}

async function greys(transition: string, facts = {}, opened: string[] = []): Promise<number[]> {
  const text = `size: 32x20\nfps: 10\nshots:\n  - {prompt: a, duration: 10f}\n  - {prompt: b, duration: 10f, transition: ${transition}}`
  const { segment } = planOf(text, facts).shots[1]!
  const values: number[] = []
  for await (const frame of segmentFrames(segment, sourcesOf(opened), () => Promise.reject())) {
    expect(new Set(frame).size).toBe(1)
    values.push(frame[0]!)
  }
  return values
}

const INTERPOLATION = { interpolation: { digest: 'i1' } }

describe('the frames of a segment', () => {
  test('dissolve evenly, with neither shot alone', async () => {
    expect(await greys('dissolve 3f')).toEqual([80, 120, 160, 200, 200, 200, 200, 200, 200, 200])
  })

  test('of a match cut and a morph are in-betweens first, and then the shot', async () => {
    for (const kind of ['match cut', 'morph']) {
      const opened: string[] = []
      expect(await greys(`${kind} 4f`, INTERPOLATION, opened)).toEqual([
        100, 101, 102, 103, 200, 200, 200, 200, 200, 200,
      ])
      expect(opened).toEqual([`1.2/${kind}`, 'closed'])
    }
  })

  test('of a match cut dissolve in a film without a model', async () => {
    expect(await greys('match cut 3f', { interpolation: null })).toEqual(await greys('dissolve 3f'))
  })

  test('fade in after the cut', async () => {
    expect(await greys('fade black 4f')).toEqual([50, 150, 200, 200, 200, 200, 200, 200, 200, 200])
  })
})

describe('captions', () => {
  test('go before the next one comes', async () => {
    const values = await brightest(', caption: one', ', caption: two')
    expect(values[0]!).toBeGreaterThan(values[1]!)
    expect(values[2]!).toBeLessThan(30)
    expect(values[4]!).toBeGreaterThan(values[3]!)
    expect(Math.min(...values.slice(5))).toBeGreaterThan(200)
  })

  test('stay where the next shot has the same words', async () => {
    const values = await brightest(', caption: one', ', caption: one')
    expect(Math.min(...values)).toBeGreaterThan(200)
  })

  test('of the shot before end with it', async () => {
    const values = await brightest(', caption: one', '')
    expect(values[0]!).toBeGreaterThan(100)
    expect(Math.max(...values.slice(5))).toBeLessThan(30)
  })

  test('do not stay on a picture that is held', async () => {
    expect(await brightest('', ', caption: two')).toEqual(await brightest('', ', caption: two'))
  })
})

describe('a picture of other proportions', () => {
  const middleRow = async (more: string) => {
    const { segment } = planOf(`size: 80x40\nshots:\n  - {prompt: a, duration: 2f${more}}`).shots[0]!
    for await (const frame of segmentFrames(segment, sourcesOf(), () => Promise.reject()))
      return Array.from({ length: 80 }, (_, x) => frame[(20 * 80 + x) * 3]!)
    return []
  }
  test('fills the film, or stands between bars', async () => {
    expect(await middleRow('')).toEqual(Array(80).fill(40))
    expect(await middleRow(', fit: letterbox')).toEqual([
      ...Array(8).fill(0),
      ...Array(64).fill(40),
      ...Array(8).fill(0),
    ])
  })
  test('has a look, and bars have none', async () => {
    const row = await middleRow(', fit: letterbox, look: faded')
    expect([row[0], row[7], row[72], row[79]]).toEqual([0, 0, 0, 0])
    expect(row[40]!).toBeGreaterThan(60)
  })
})

describe('a draft', () => {
  test('holds its pictures, also in an overlap, and shows none late', async () => {
    const { storyboard, facts } = planOf(
      'size: 96x60\nfps: 18\nshots:\n  - {prompt: a, duration: 10f}\n  - {prompt: b, duration: 10f, transition: dissolve 4f}',
    )
    const { segment } = makePlan(draftOf(storyboard), facts).shots[1]!
    const values: number[] = []
    for await (const frame of segmentFrames(segment, sourcesOf(), () => Promise.reject()))
      values.push(frame[0]!)
    expect(values).toEqual([72, 72, 72, 168, 200, 200, 200, 200, 200, 200])
  })

  test('shows each of its in-betweens in its time', async () => {
    const { storyboard, facts } = planOf(
      'size: 96x60\nfps: 18\nshots:\n  - {prompt: a, duration: 16f}\n  - {prompt: b, duration: 16f, transition: morph 11f}',
      INTERPOLATION,
    )
    const { segment } = makePlan(draftOf(storyboard), facts).shots[1]!
    const values: number[] = []
    for await (const frame of segmentFrames(segment, sourcesOf(), () => Promise.reject()))
      values.push(frame[0]!)
    expect(values).toEqual([100, 100, 100, 100, 100, 100, 101, 101, 101, 102, 102, 200, 200, 200, 200, 200])
  })
})
