import { describe, expect, test } from 'vitest'
import { draftOf, draftSteps, heldInbetweens, holdsOf } from '../../src/graph/draft.js'
import { makePlan } from '../../src/graph/plan.js'
import type { ModelFacts, PlanFacts } from '../../src/graph/plan-facts.js'
import { checkScript } from '../../src/story/check.js'
import { planOf } from './plan-of.js'

const model: ModelFacts = {
  digest: 'd',
  preview: 'p',
  upscaler: null,
  sizes: [{ width: 320, height: 192 }],
  steps: 30,
  guidance: 7,
  scheduler: 'ddim',
}

function keyframe(isDraft: boolean, change: Partial<ModelFacts> = {}, head = '') {
  const facts: PlanFacts = {
    models: new Map([['storybook', { ...model, ...change }]]),
    program: 'storyreel test',
    runtime: 'r',
    device: 'cpu',
    interpolation: null,
    encoder: 'e',
    font: 'f',
  }
  const { storyboard } = checkScript(`${head}shots: [a fox]`, 'film.yaml')
  return makePlan({ ...storyboard!, isDraft }, facts).shots[0]!.pictures[0]!
}

test('steps of a draft', () => {
  expect([1, 2, 4, 5, 12, 20, 25, 50].map(draftSteps)).toEqual([1, 2, 4, 4, 4, 7, 9, 17])
})

describe('a keyframe of a draft', () => {
  test('takes the preview decoder and fewer steps, and is another picture', () => {
    expect(keyframe(true)).toMatchObject({ diffusion: { decoder: 'preview', steps: 10 } })
    expect(keyframe(false)).toMatchObject({ diffusion: { decoder: 'full', steps: 30 } })
    expect(keyframe(true, {}, 'steps: 6\n')).toMatchObject({ diffusion: { steps: 4 } })
  })

  test('depends on the preview decoder, which nothing else does', () => {
    expect(keyframe(true, { preview: 'q' }).key).not.toBe(keyframe(true).key)
    expect(keyframe(false, { preview: 'q' }).key).toBe(keyframe(false).key)
  })

  test('is the picture itself when the model has no preview and few steps', () => {
    const small = { preview: null, steps: 1 }
    expect(keyframe(true, small).key).toBe(keyframe(false, small).key)
  })
})

describe('a film as a draft', () => {
  const script =
    'size: 960x576\nshots:\n  - {walk: [a fox, a cat], duration: 2s}\n  - {prompt: a dog, transition: morph 12f}\n'
  const full = planOf(script, { interpolation: { digest: 'i' } })
  const draft = makePlan(draftOf(full.storyboard), full.facts)

  test('has a third of the size, and the same times and seeds', () => {
    expect(draft.storyboard.size).toEqual({ width: 320, height: 192 })
    const timesOf = ({ shots }: typeof full) =>
      shots.map(({ segment, shot }) => [segment.frames, shot.start, shot.frames, shot.camera])
    expect(timesOf(draft)).toEqual(timesOf(full))
    const paintedOf = ({ shots }: typeof full) =>
      shots.flatMap(({ pictures }) =>
        pictures.map((node) => node.kind === 'keyframe' && [node.diffusion.seed, node.size]),
      )
    expect(paintedOf(draft)).toEqual(paintedOf(full))
  })

  test('holds pictures for a sixth of a second, and makes no in-between that is not seen', () => {
    expect([24, 25, 30, 60, 12, 6, 1].map((num) => holdsOf({ isDraft: true, fps: { num, den: 1 } }))).toEqual(
      [4, 4, 5, 10, 2, 1, 1],
    )
    expect(holdsOf({ isDraft: false, fps: { num: 24, den: 1 } })).toBe(1)
    expect([11, 12, 3, 1, 5].map((count) => heldInbetweens(count, 4))).toEqual([2, 2, 1, 1, 1])
    expect([11, 1].map((count) => heldInbetweens(count, 1))).toEqual([11, 1])
    const countsOf = ({ shots }: typeof full) =>
      shots.flatMap(({ inbetweens, across }) =>
        [...inbetweens, ...(across ? [across.inbetween] : [])].map((n) => n.count),
      )
    expect([Math.max(...countsOf(full)), Math.max(...countsOf(draft))]).toEqual([12, 2])
    expect([full, draft].map(({ shots }) => shots[0]!.segment.every)).toEqual([1, 4])
  })

  test('measures no walk', () => {
    const walk = 'shots: [{walk: [a fox, a cat], duration: 2s}]'
    const whole = planOf(walk)
    const quick = makePlan(draftOf(whole.storyboard), whole.facts)
    expect([whole.shots[0]!.spacing === null, quick.shots[0]!.spacing === null]).toEqual([false, true])
  })
})
